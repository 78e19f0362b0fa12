"""Several at once on one vendor order or one recipient: with real connections, on both databases."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest_asyncio

from adapters.database.core.engine import Database, open_database
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from domain.fulfilment.vendor_api import ReportedOrder
from domain.fulfilment.vendor_reports import ActionUnderWay
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.statuses import Verdict
from domain.shared.access import Caller
from domain.shared.ids import new_id
from domain.shared.jobs import JobType, RetryPolicy
from domain.use_cases.fulfilment.shipments import DeliverRecipient, deliver_recipient
from domain.use_cases.fulfilment.vendor_orders import CancelOrder, ConfirmOrder, cancel_order, confirm_order
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from domain.use_cases.worker import dispatch
from tests.adapters.database.quotes.test_races import all_at_once
from tests.builders import NOW, a_caller, a_quote, a_recipient, item_of, line, priced
from tests.claiming import claim_one
from tests.databases import a_company, given_up, rows_of, write_quotes
from tests.fakes.external import FakeExternalServices
from tests.fakes.storage import Clock

PATIENCE = RetryPolicy(poll_interval=timedelta(seconds=100))


@pytest_asyncio.fixture
async def houses(database: Database) -> AsyncIterator[list[Dependencies]]:
    """Two processes' worth of houses over one database and one vendor, with the database's own job queue."""
    other = open_database(database.url.render_as_string(hide_password=False))
    external, clock = FakeExternalServices(), Clock(NOW)

    def deps(over: Database) -> Dependencies:
        ledger = SqlUnitOfWorkFactory(over, dispatch.jobs_for, clock)
        return Dependencies(ledger.begin, SqlJobQueue(over, PATIENCE.lease), external, clock, new_id, PATIENCE)

    yield [deps(database), deps(other)]
    await other.close()


async def an_order(database: Database, houses: list[Dependencies]) -> tuple[Caller, QuoteAggregate, str]:
    """An accepted quote whose order the vendor has."""
    company = await a_company(database)
    quote = a_quote(line(priced, recipients=[a_recipient()]), tenant_id=company.live)
    await write_quotes(database, quote)
    caller = a_caller(company.live)
    await decide(houses[0], caller, Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    await run(houses[0], JobType.PLACE_VENDOR_ORDER)
    [(order_id,)] = await rows_of(database, "SELECT id FROM vendor_orders")
    return caller, quote, str(order_id)


async def run(deps: Dependencies, kind: JobType) -> bool:
    """Claim what is due, run what is of this kind and end the rest; whether there was any of it."""
    found = False
    while (job := await claim_one(deps.jobs, new_id(), deps.now())) is not None:
        if job.kind == kind:
            await dispatch.run(deps, job)
            found = True
        else:
            await deps.jobs.finish(job, deps.now())
    return found


def vendor_of(deps: Dependencies) -> Any:
    external: Any = deps.external
    return external.orders


def wait(deps: Dependencies, seconds: float) -> None:
    clock: Any = deps.now
    clock.move(seconds=seconds)


def at_once(*acts: Callable[[], Awaitable[Any]]) -> Awaitable[list[Any]]:
    return all_at_once(list(acts))


async def test_of_many_workers_exactly_one_looks_at_an_order_and_it_is_confirmed_once(database, houses):
    await an_order(database, houses)
    vendor = vendor_of(houses[0])
    vendor.word, vendor.report = "quoted", ReportedOrder("", "", priced)
    wait(houses[0], 100)

    looked = await at_once(*[lambda deps=deps: run(deps, JobType.FOLLOW_VENDOR_ORDER) for deps in houses * 3])

    assert looked.count(True) == 1, looked
    assert vendor.calls == ["confirm V-1"]
    assert await rows_of(database, "SELECT status, asked FROM vendor_orders") == [("ACCEPTED", None)]


async def test_confirming_and_cancelling_at_once_never_lead_to_both(database, houses):
    caller, _, order_id = await an_order(database, houses)
    vendor = vendor_of(houses[0])
    vendor.word, vendor.report = "quoted", ReportedOrder("", "", priced._replace(minor=priced.minor + 1))
    wait(houses[0], 100)
    await run(houses[0], JobType.FOLLOW_VENDOR_ORDER)

    answers = await at_once(
        lambda: confirm_order(houses[0], caller, ConfirmOrder(order_id)),
        lambda: cancel_order(houses[1], caller, CancelOrder(order_id)),
    )
    assert isinstance(answers[1], Outcome), "calling off wins"
    assert isinstance(answers[0], Outcome | ActionUnderWay), answers
    await run(houses[0], JobType.FOLLOW_VENDOR_ORDER)

    assert vendor.calls == ["cancel V-1"]
    assert await rows_of(database, "SELECT status, asked FROM vendor_orders") == [("CANCELLED", None)]


async def test_a_wish_written_while_a_worker_looks_is_carried_out_at_the_next_look_which_is_due_at_once(
    database, houses
):
    caller, _, order_id = await an_order(database, houses)
    vendor = vendor_of(houses[0])
    wait(houses[0], 100)
    look = vendor.order

    async def meanwhile(*asked: Any) -> ReportedOrder:
        wait(houses[1], 1)
        vendor.order = look
        found: ReportedOrder = await look(*asked)
        await cancel_order(houses[1], caller, CancelOrder(order_id))
        return found

    vendor.order = meanwhile
    assert await run(houses[0], JobType.FOLLOW_VENDOR_ORDER)
    await run(houses[1], JobType.FOLLOW_VENDOR_ORDER)
    assert vendor.calls == ["cancel V-1"]


async def test_a_delivery_told_by_the_vendor_and_by_an_operator_at_once_makes_one_asset(database, houses):
    caller, quote, _ = await an_order(database, houses)
    vendor = vendor_of(houses[0])
    vendor.word, vendor.report = "delivered", ReportedOrder("", "", serials=("C02",))
    wait(houses[0], 100)
    recipient = quote.lines[0].recipients[0].id

    answers = await at_once(
        lambda: run(houses[0], JobType.FOLLOW_VENDOR_ORDER),
        lambda: deliver_recipient(houses[1], caller, DeliverRecipient(recipient)),
    )

    assert not [it for it in answers if isinstance(it, BaseException)], answers
    assert await rows_of(database, "SELECT serial_number, status FROM assets") == [("C02", "IN_USE")]
    assert await rows_of(database, "SELECT status, fulfilment_status FROM quotes") == [("DELIVERED", "DELIVERED")]
    assert await rows_of(database, "SELECT count(*) FROM events WHERE type = 'QUOTE_DELIVERED'") == [(1,)]


async def test_devices_delivered_at_once_deliver_the_quote_once(database, houses):
    company = await a_company(database)
    quote = a_quote(line(priced, recipients=4), tenant_id=company.live)
    await write_quotes(database, quote)
    caller = a_caller(company.live)
    await decide(houses[0], caller, Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    refs = [it.id for it in quote.lines[0].recipients]

    answers = await at_once(
        *[
            lambda deps=deps, ref=ref: deliver_recipient(deps, caller, DeliverRecipient(ref))
            for deps in houses
            for ref in refs
        ]
    )

    assert sorted(len(it.changes) > 0 for it in answers) == [False] * 4 + [True] * 4
    assert await rows_of(database, "SELECT count(*) FROM events WHERE type = 'QUOTE_DELIVERED'") == [(1,)]
    assert await rows_of(database, "SELECT status FROM quotes") == [("DELIVERED",)]


async def test_a_woken_job_is_due_and_a_dead_one_lives_again(database, houses):
    caller, _, order_id = await an_order(database, houses)
    job = await claim_one(houses[0].jobs, "a worker", NOW + timedelta(days=1))
    assert job is not None
    await given_up(database, job, "400 Order request not found")
    await cancel_order(houses[0], caller, CancelOrder(order_id))
    assert await run(houses[1], JobType.FOLLOW_VENDOR_ORDER)
    assert await rows_of(database, "SELECT status FROM vendor_orders") == [("CANCELLED",)]
