"""Whatever people do with lines that are one order at the vendor, and however its calls and our workers fail: what is
accepted is bought once, at the right person, and nothing else is bought."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.fulfilment.vendor_api import OrderRequest, PlacedOrder, ReportedOrder
from domain.fulfilment.vendor_orders import VendorAttention, VendorOrder, VendorOrderStatus
from domain.quotes.statuses import FULFILLED, LineDecision, Verdict
from domain.shared.access import Scope
from domain.shared.errors import Conflict, InvalidInput
from domain.shared.ids import global_id
from domain.shared.jobs import JobStatus, RetryPolicy
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    CompleteOrder,
    ConfirmOrder,
    RetryOrder,
    cancel_order,
    complete_order,
    confirm_order,
    retry_order,
)
from domain.use_cases.fulfilment.vendor_prices import RequestPrices, request_vendor_prices
from domain.use_cases.jobs.dead_jobs import RetryJob, retry_job
from domain.use_cases.quotes.decisions import AcceptQuote, Decide, accept_quote, decide
from domain.use_cases.quotes.edits import RemoveItem, remove_item
from domain.use_cases.quotes.steps import OfferRef
from domain.use_cases.worker import dispatch
from tests.builders import a_caller, a_quote, a_recipient, line, priced
from tests.claiming import claim_one
from tests.examples import STATEFUL_EXAMPLES
from tests.fakes.storage import Clock, World

OPERATOR = a_caller(None, scopes=frozenset(Scope))
SETTLE = timedelta(seconds=60)


class Killed(BaseException):
    """The worker was killed."""


@dataclass
class OrderThere:
    """An order at the vendor, which its list shows some time after it was placed."""

    number: str
    lines: dict[str, str | None]
    shows_at: datetime
    status: str = "PENDING"


@dataclass
class Vendor:
    """A vendor that performs what it is asked for, and whose answer may get lost."""

    clock: Clock
    orders: list[OrderThere] = field(default_factory=list)
    failure: BaseException | None = None
    does: bool = False

    async def place_order(self, request: OrderRequest) -> PlacedOrder:
        ids = [it.external_item_id for it in (request, *request.more)]
        number, shows_at = f"V-{len(self.orders) + 1}", self.clock() + SETTLE / 2
        self._perform(
            lambda: self.orders.append(OrderThere(number, dict.fromkeys(ids, request.employee_email), shows_at))
        )
        return PlacedOrder(number, None, "PENDING", frozenset(ids))

    async def find_order(
        self, company_code: str, country_code: str, external_item_ids: Collection[str]
    ) -> PlacedOrder | None:
        shown = (
            it
            for it in self.orders
            if it.shows_at <= self.clock() and not it.lines.keys().isdisjoint(external_item_ids)
        )
        found = next(shown, None)
        return None if found is None else PlacedOrder(found.number, None, found.status, frozenset(found.lines))

    async def order(
        self, company_code: str, vendor_id: str, serial_numbers: Mapping[str, Collection[str]]
    ) -> Sequence[ReportedOrder]:
        order = self._order(vendor_id)
        assert order.lines.keys() == serial_numbers.keys(), "each line of an order is followed with it"
        price = None if order.status == "PENDING" else priced
        return [ReportedOrder(vendor_id, order.status, price) for _ in serial_numbers]

    async def confirm_order(self, company_code: str, vendor_id: str) -> None:
        self._move(vendor_id, ("QUOTED",), "ACCEPTED")

    async def cancel_order(self, company_code: str, vendor_id: str) -> None:
        self._move(vendor_id, ("PENDING", "QUOTED"), "CANCELLED")

    async def select_alternative(self, company_code: str, vendor_id: str, group_id: str, candidate_id: str) -> None:
        raise AssertionError("it offers none")

    def bought(self) -> list[str]:
        """Our ids of the lines that are bought, each as often as it is."""
        return [id_ for order in self.orders if order.status == "ACCEPTED" for id_ in order.lines]

    def _move(self, vendor_id: str, sources: tuple[str, ...], status: str) -> None:
        order = self._order(vendor_id)
        if order.status not in sources:
            raise Refused(f"400 it is {order.status}")
        self._perform(lambda: setattr(order, "status", status))

    def _perform(self, act: Any) -> None:
        failure, self.failure = self.failure, None
        if failure is None or self.does:
            act()
        if failure is not None:
            raise failure

    def _order(self, vendor_id: str) -> OrderThere:
        return next(it for it in self.orders if it.number == vendor_id)


numbers = st.integers(0, 4)
# What a call fails with, and whether it was carried out.
failures = st.sampled_from(
    [
        (Refused("400"), False),
        (Unavailable("no connection"), False),
        (Uncertain("timeout"), False),
        (Uncertain("timeout"), True),
        (Killed(), False),
        (Killed(), True),
    ]
)


class Batches(RuleBasedStateMachine):
    """A quote with lines to one person, and one to another, whose prices may be requested first."""

    @initialize(priced_first=st.booleans())
    def start(self, priced_first):
        policy = RetryPolicy(retry_delays=(10, 40), resend_after=SETTLE, poll_interval=timedelta(seconds=100))
        self.world = World(retry_policy=policy)
        self.vendor = self.world.external.orders = Vendor(self.world.clock)  # type: ignore[assignment]
        people = ("ana@x.example", "ana@x.example", "ana@x.example", "bruno@x.example")
        lines = [line(priced, recipients=[a_recipient(email=it)]) for it in people]
        self.quote_id = self.world.memory.keep(a_quote(*lines)).quote.id
        # Our ids at the vendor, and the item that each is for; removed lines take their orders with them.
        self.items: dict[str, str] = {}
        # What operators have cancelled, by global id.
        self.cancelled: set[str] = set()
        if priced_first:
            self.request_prices()

    @property
    def quote(self):
        return self.world.memory.quotes[self.quote_id]

    def orders(self) -> list[VendorOrder]:
        return list(self.world.memory.orders.values())

    def attempt(self, act: Coroutine[Any, Any, Any]) -> None:
        try:
            asyncio.run(act)
        except (InvalidInput, Conflict):
            return
        self.items |= {it.id: it.item_id for it in self.orders()}

    def item(self, number):
        return self.quote.lines[number % len(self.quote.lines)].item.id

    def order_id(self, number) -> str | None:
        ids = [it.id for it in self.orders()]
        return global_id("VendorOrder", ids[number % len(ids)]) if ids else None

    @rule()
    def request_prices(self):
        self.attempt(request_vendor_prices(self.world.deps, OPERATOR, RequestPrices(global_id("Quote", self.quote_id))))

    @rule()
    def accept_all(self):
        self.attempt(accept_quote(self.world.deps, OPERATOR, AcceptQuote(self.quote_id)))

    @rule(number=numbers, verdict=st.sampled_from([Verdict.ACCEPT, Verdict.ACCEPT, Verdict.REJECT]))
    def decide(self, number, verdict):
        offer = OfferRef(self.item(number), ("itemId",))
        self.attempt(decide(self.world.deps, OPERATOR, Decide(offer, verdict)))

    @rule(number=numbers)
    def remove(self, number):
        self.attempt(remove_item(self.world.deps, OPERATOR, RemoveItem(OfferRef(self.item(number), ("itemId",)))))
        # As the database does it.
        left = {of.item.id for of in self.quote.lines}
        for order in self.orders():
            if order.item_id not in left:
                del self.world.memory.orders[order.id]

    @rule(number=st.integers(0, 20))
    def cancel(self, number):
        if order_id := self.order_id(number):
            self.cancelled.add(order_id)
            self.attempt(cancel_order(self.world.deps, OPERATOR, CancelOrder(order_id)))

    @rule(number=st.integers(0, 20))
    def retry(self, number):
        if order_id := self.order_id(number):
            self.attempt(retry_order(self.world.deps, OPERATOR, RetryOrder(order_id)))

    @rule(number=st.integers(0, 20), person=st.sampled_from(["ana@x.example", "carla@x.example"]))
    def complete(self, number, person):
        if order_id := self.order_id(number):
            self.attempt(complete_order(self.world.deps, OPERATOR, CompleteOrder(order_id, person)))

    @rule(number=numbers)
    def retry_the_job(self, number):
        dead = [it.id for it in self.world.memory.jobs.values() if it.status == JobStatus.DEAD]
        if dead:
            self.attempt(retry_job(self.world.deps, OPERATOR, RetryJob(global_id("Job", dead[number % len(dead)]))))

    @rule()
    def the_vendor_quotes(self):
        for order in self.vendor.orders:
            order.status = "QUOTED" if order.status == "PENDING" else order.status

    @rule(failure=failures)
    def the_next_call_fails(self, failure):
        self.vendor.failure, self.vendor.does = failure

    @rule(seconds=st.sampled_from([0, 30, 200]))
    def work(self, seconds):
        self.world.clock.move(seconds=seconds)
        asyncio.run(self.all_that_is_due())
        self.items |= {it.id: it.item_id for it in self.orders()}

    async def all_that_is_due(self) -> None:
        for _ in range(20):
            if (job := await claim_one(self.world.deps.jobs, "worker", self.world.clock())) is None:
                return
            try:
                await dispatch.run(self.world.deps, job)
            except Killed:
                continue

    def repeat(self, order: VendorOrder) -> None:
        """An operator repeats what the vendor has refused."""
        order_id, deps = global_id("VendorOrder", order.id), self.world.deps
        if order.status == VendorOrderStatus.FAILED:
            self.attempt(retry_order(deps, OPERATOR, RetryOrder(order_id)))
        elif order.is_price_request:
            self.attempt(cancel_order(deps, OPERATOR, CancelOrder(order_id)))
        else:
            self.attempt(confirm_order(deps, OPERATOR, ConfirmOrder(order_id)))

    def bought(self, item_id: str) -> list[str]:
        return [it for it in self.vendor.bought() if self.items[it] == item_id]

    @invariant()
    def nothing_is_bought_twice_or_without_being_accepted(self):
        if not hasattr(self, "vendor"):
            return
        decisions = {of.item.id: of.item.decision for of in self.quote.lines}
        for item_id in {self.items[it] for it in self.vendor.bought()}:
            assert decisions[item_id] in FULFILLED
            assert len(self.bought(item_id)) == 1

    def teardown(self):
        """Everything is decided and all calls succeed: then what is accepted, and not cancelled, is bought."""
        if not hasattr(self, "vendor"):
            return
        self.vendor.failure = None
        for of in self.quote.lines:
            if of.item.decision == LineDecision.UNDECIDED:
                offer = OfferRef(of.item.id, ("itemId",))
                self.attempt(decide(self.world.deps, OPERATOR, Decide(offer, Verdict.REJECT)))
        for _ in range(8):
            for job in list(self.world.memory.jobs.values()):
                if job.status == JobStatus.DEAD:
                    self.attempt(retry_job(self.world.deps, OPERATOR, RetryJob(global_id("Job", job.id))))
            for order in self.orders():
                if order.attention == VendorAttention.REFUSED or order.status == VendorOrderStatus.FAILED:
                    self.repeat(order)
            self.the_vendor_quotes()
            self.work(4000)
        self.nothing_is_bought_twice_or_without_being_accepted()
        sent_to = {id_: email for order in self.vendor.orders for id_, email in order.lines.items()}
        for of in self.quote.lines:
            last = self.world.memory.orders.get(of.recipients[0].vendor_order_id or "")
            if of.item.decision not in FULFILLED:
                assert self.bought(of.item.id) == []
                continue
            assert last is not None
            if last.status == VendorOrderStatus.CANCELLED:
                assert global_id("VendorOrder", last.id) in self.cancelled, "nothing that was accepted is lost"
                assert self.bought(of.item.id) == []
            else:
                assert (last.status, self.bought(of.item.id)) == (VendorOrderStatus.ACCEPTED, [last.id])
                assert sent_to[last.id] == last.employee_email


Batches.TestCase.settings = settings(max_examples=STATEFUL_EXAMPLES, stateful_step_count=30, deadline=None)
TestBatches = Batches.TestCase
