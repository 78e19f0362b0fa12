"""Whatever people and the vendor do with orders: what reaches the vendor is what it sells, and complete."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.catalogue.products import NOT_ORDERED, WARRANTIES, ProductType
from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, HardwareType, ReportedOrder
from domain.fulfilment.vendor_orders import VendorOrder, VendorOrderStatus
from domain.fulfilment.vendor_people import EmployeeDraft
from domain.quotes.recipients import Destination
from domain.quotes.statuses import Verdict
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
    SelectAlternative,
    cancel_order,
    complete_order,
    confirm_order,
    retry_order,
    select_alternative,
)
from domain.use_cases.jobs.dead_jobs import RetryJob, retry_job
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from domain.use_cases.worker import dispatch
from tests.builders import a_caller, a_quote, a_recipient, line, priced
from tests.claiming import claim_one
from tests.examples import STATEFUL_EXAMPLES
from tests.fakes.external import Answer
from tests.fakes.storage import World

S = VendorOrderStatus
OPERATOR = a_caller(None, scopes=frozenset(Scope))
PERSON = EmployeeDraft("Ana", "Paz", "ana@x.example", "+598", "1.2", "Main St 1", "Montevideo", "11000", "Uruguay")
GROUP = AlternativeGroup("g", (Candidate("c", "Apple", None, None, None, None, None, None),))
BRANDS = ("Apple", "lenovo", "Framework", "", None)

# What the vendor sells, said once more and in another way than by the rules.
SOLD = {
    (ProductType.LAPTOP, "Apple"): HardwareType.MACBOOK,
    (ProductType.LAPTOP, "lenovo"): HardwareType.PC,
    **{(ProductType.WARRANTY_MAC, brand): HardwareType.EXTENDED_WARRANTY_MAC for brand in BRANDS},
    **{(ProductType.WARRANTY_WINDOWS, brand): HardwareType.EXTENDED_WARRANTY_WINDOWS for brand in BRANDS},
}

recipients = st.builds(
    lambda email, destination: a_recipient(email=email, destination=destination),
    st.sampled_from(["ana@x.example", None, None]),
    st.sampled_from([Destination.EMPLOYEE, Destination.EMPLOYEE, Destination.OFFICE, Destination.STORAGE]),
)
lines = st.builds(
    lambda product_type, brand, people: line(priced, recipients=people, product_type=product_type, brand=brand),
    st.sampled_from(sorted(ProductType)) | st.just(ProductType.LAPTOP),
    st.sampled_from(BRANDS),
    st.lists(recipients, min_size=1, max_size=2),
)
failures = st.sampled_from([Refused("400 no"), Uncertain("401 Unauthorized access"), Unavailable("no connection")])
numbers = st.integers(0, 5)


class Orders(RuleBasedStateMachine):
    """Lines of every product type, accepted, and what becomes of their orders."""

    @initialize(made=st.lists(lines, min_size=1, max_size=3))
    def start(self, made):
        self.world = World(retry_policy=RetryPolicy(retry_delays=(10, 10), resend_after=timedelta(seconds=20)))
        self.world.memory.keep(a_quote(*made))

    @property
    def quote(self):
        [quote] = self.world.memory.quotes.values()
        return quote

    def orders(self) -> list[VendorOrder]:
        return list(self.world.memory.orders.values())

    def attempt(self, act: Coroutine[Any, Any, Any]) -> None:
        """Do it, or have it refused with nothing changed."""
        memory = self.world.memory
        before = (dict(memory.orders), len(memory.events))
        try:
            asyncio.run(act)
        except (InvalidInput, Conflict):
            assert (memory.orders, len(memory.events)) == before

    def on(self, use_case: Any, command: Any, number: int, *given: Any) -> None:
        if ids := [it.id for it in self.orders()]:
            order_id = global_id("VendorOrder", ids[number % len(ids)])
            self.attempt(use_case(self.world.deps, OPERATOR, command(order_id, *given)))

    @rule(number=numbers)
    def accept(self, number):
        item = self.quote.lines[number % len(self.quote.lines)].item.id
        self.attempt(decide(self.world.deps, OPERATOR, Decide(OfferRef(item, ("itemId",)), Verdict.ACCEPT)))

    @rule(number=numbers)
    def cancel(self, number):
        self.on(cancel_order, CancelOrder, number)

    @rule(number=numbers)
    def retry(self, number):
        self.on(retry_order, RetryOrder, number)

    @rule(number=numbers, described=st.booleans())
    def complete(self, number, described):
        given = (None, PERSON) if described else ("ana@x.example", None)
        self.on(complete_order, CompleteOrder, number, *given)

    @rule(number=numbers)
    def confirm(self, number):
        self.on(confirm_order, ConfirmOrder, number)

    @rule(number=numbers)
    def select(self, number):
        self.on(select_alternative, SelectAlternative, number, "g", "c")

    @rule(number=numbers)
    def retry_the_job(self, number):
        dead = [it.id for it in self.world.memory.jobs.values() if it.status == JobStatus.DEAD]
        if dead:
            self.attempt(retry_job(self.world.deps, OPERATOR, RetryJob(global_id("Job", dead[number % len(dead)]))))

    @rule(word=st.sampled_from(["pending", "quoted", "accepted", "in_transit", "delivered", "cancelled"]))
    def the_vendor_says(self, word):
        self.world.external.orders.word = word
        self.world.external.orders.report = ReportedOrder("", "", priced, alternatives=(GROUP,))

    @rule(failure=failures, does=st.booleans())
    def the_next_call_fails(self, failure, does):
        self.world.external.orders.answers = [Answer(does=does and isinstance(failure, Uncertain), failure=failure)]

    @rule(seconds=st.sampled_from([0, 30, 4000]))
    def work(self, seconds):
        self.world.clock.move(seconds=seconds)
        asyncio.run(self.all_that_is_due())

    async def all_that_is_due(self) -> None:
        for _ in range(20):
            if (job := await claim_one(self.world.deps.jobs, "worker", self.world.clock())) is None:
                return
            await dispatch.run(self.world.deps, job)

    def sold(self, order: VendorOrder) -> HardwareType | None:
        item = self.quote.line_of(order.item_id).item
        return SOLD.get((item.product_type, item.brand))

    @invariant()
    def what_the_vendor_is_sent_is_what_was_accepted_and_complete(self):
        known = {it.id: it for it in self.orders()}
        for sent in self.world.external.orders.posts:
            if (order := known.get(getattr(sent, "external_item_id", ""))) is None:
                continue
            item = self.quote.line_of(order.item_id).item
            assert sent.hardware_type == self.sold(order) is not None
            # A warranty is ordered without a brand (docs/domain.md#warranties).
            assert item.product_type in WARRANTIES or sent.brand == (item.brand or "").upper()
            assert sent.send_to != Destination.EMPLOYEE or sent.employee_email or sent.employee

    @invariant()
    def only_what_can_be_ordered_is_in_the_queue_or_with_the_vendor(self):
        for order in self.orders():
            if order.status == S.NOT_ORDERABLE:
                assert self.sold(order) is None
                assert (order.hardware_type, order.vendor_order_id, bool(order.problem)) == (None, None, True)
            elif order.status == S.NEEDS_DATA:
                assert (order.employee_email, order.employee, bool(order.problem)) == (None, None, True)
            elif order.status != S.CANCELLED:
                assert order.hardware_type == self.sold(order) is not None
                assert order.send_to != Destination.EMPLOYEE or order.employee_email or order.employee

    @invariant()
    def each_device_of_an_accepted_line_has_exactly_one_order(self):
        for of in self.quote.lines:
            if of.accepted_offer is not None and of.item.product_type not in NOT_ORDERED:
                theirs = {it.vendor_order_id for it in of.recipients}
                present = [it for it in self.orders() if it.id in theirs]
                assert sum(it.amount for it in present) == of.item.quantity


Orders.TestCase.settings = settings(max_examples=STATEFUL_EXAMPLES, stateful_step_count=30, deadline=None)
TestOrders = Orders.TestCase
