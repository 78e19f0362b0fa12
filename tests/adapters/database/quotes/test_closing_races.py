"""Quotes that end while others decide on them or a worker places their orders: on both databases, one is first."""

import asyncio

from adapters.database.jobs.queue import SqlJobQueue
from domain.ports.unit_of_work import Outcome
from domain.quotes.lifecycle import Expired, WrongStatus
from domain.quotes.statuses import Verdict
from domain.shared.access import Environment
from domain.shared.jobs import DEFAULT_RETRY_POLICY
from domain.use_cases.quotes.closings import AlreadyOrdered, Close, cancel_quote, expire_quotes
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import LATER, NOW, a_caller, a_quote, item_of, line, priced
from tests.claiming import claim_one
from tests.databases import a_company, dependencies_on, rows_of, write_quotes
from tests.fakes.storage import Clock

MANY = 6


async def quotes_of(database, **given):
    company = await a_company(database)
    quotes = [a_quote(line(priced), tenant_id=company.live, priced_at=NOW, **given) for _ in range(MANY)]
    await write_quotes(database, *quotes)
    return a_caller(company.live), quotes


def accepting(quote):
    return Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT)


async def test_an_order_is_either_begun_by_a_worker_or_cancelled_with_its_quote(database):
    caller, quotes = await quotes_of(database)
    deps, queue = dependencies_on(database), SqlJobQueue(database, DEFAULT_RETRY_POLICY.lease)
    for quote in quotes:
        await decide(deps, caller, accepting(quote))
    waiting = len(await rows_of(database, "SELECT id FROM jobs"))

    answers = await asyncio.gather(
        *(cancel_quote(deps, caller, Close(it.quote.id)) for it in quotes),
        *(claim_one(queue, f"worker {number}", NOW) for number in range(waiting)),
        return_exceptions=True,
    )

    cancelled = {it.quote.id for it, answer in zip(quotes, answers, strict=False) if isinstance(answer, Outcome)}
    assert all(isinstance(it, Outcome | AlreadyOrdered) for it in answers[:MANY]), answers
    job = "JOIN jobs j ON j.dedupe_key = 'vendor-order:' || o.id"
    found = await rows_of(database, f"SELECT o.quote_id, o.status, j.attempts FROM vendor_orders o {job}")
    assert {(quote_id in cancelled, status, attempts) for quote_id, status, attempts in found} <= {
        (True, "CANCELLED", 0),
        (False, "QUEUED", 1),
    }
    assert len(found) == MANY


async def test_a_quote_that_is_accepted_and_cancelled_at_once_ends_cancelled_with_its_orders(database):
    caller, quotes = await quotes_of(database)
    deps = dependencies_on(database)

    answers = await asyncio.gather(
        *(decide(deps, caller, accepting(it)) for it in quotes),
        *(cancel_quote(deps, caller, Close(it.quote.id)) for it in quotes),
        return_exceptions=True,
    )

    assert all(isinstance(it, Outcome | WrongStatus) for it in answers[:MANY]), answers
    assert all(isinstance(it, Outcome) for it in answers[MANY:]), answers
    accepted = sum(isinstance(it, Outcome) for it in answers[:MANY])
    assert set(await rows_of(database, "SELECT status FROM quotes")) == {("CANCELLED",)}
    assert await rows_of(database, "SELECT status FROM vendor_orders") == [("CANCELLED",)] * accepted


async def test_workers_that_sweep_at_once_let_each_quote_expire_once_and_nobody_accepts_it(database):
    caller, quotes = await quotes_of(database, expires_at=LATER)
    deps = dependencies_on(database, Clock(LATER))

    answers = await asyncio.gather(
        *(expire_quotes(deps, Environment.LIVE) for _ in range(3)),
        *(decide(deps, caller, accepting(it)) for it in quotes),
        return_exceptions=True,
    )

    assert sum(it for it in answers[:3] if isinstance(it, int)) == MANY
    assert all(isinstance(it, Expired) for it in answers[3:]), answers
    assert await rows_of(database, "SELECT count(*) FROM events WHERE type = 'QUOTE_EXPIRED'") == [(MANY,)]
