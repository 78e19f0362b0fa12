"""Several at once on one line, one tenant or one promise: with real connections, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import cycle
from typing import Any

import pytest_asyncio

from adapters.database.core.engine import Database, open_database
from adapters.database.history.events import SqlEventLog
from domain.catalogue.device_selection import CustomDevice
from domain.catalogue.products import ProductType, Specification
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.decisions import LineClosed
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.statuses import OfferStatus, Verdict
from domain.shared.access import Caller, IdempotencyKey
from domain.shared.money import MoneyDraft
from domain.use_cases.quotes.creation import CreateQuote, create_quote
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.pricing import PriceOffer, price
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import a_caller, a_quote, first, item_of, line, priced
from tests.databases import a_company, dependencies_on, rows_of, write_quotes

AT_ONCE = 8


@pytest_asyncio.fixture
async def houses(database: Database) -> AsyncIterator[list[Dependencies]]:
    """Two processes' worth of houses over one database: they share nothing but it."""
    other = open_database(database.url.render_as_string(hide_password=False))
    yield [dependencies_on(database), dependencies_on(other)]
    await other.close()


async def all_at_once(acts: list[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """What each of them answers or raises, when all start together."""
    start = asyncio.Event()

    async def run(act: Callable[[], Awaitable[Any]]) -> Any:
        await start.wait()
        return await act()

    tasks = [asyncio.create_task(run(act)) for act in acts]
    start.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def a_stored_quote(database: Database) -> tuple[Caller, QuoteAggregate]:
    company = await a_company(database)
    quote = a_quote(line(priced, alternatives=2, recipients=2), tenant_id=company.live)
    await write_quotes(database, quote)
    return a_caller(company.live), quote


def deciding(deps: Dependencies, caller: Caller, offer_id: str, verdict: Verdict) -> Callable[[], Awaitable[Outcome]]:
    return lambda: decide(deps, caller, Decide(OfferRef(offer_id, ("offerId",)), verdict))


def creating(deps: Dependencies, caller: Caller) -> Callable[[], Awaitable[Outcome]]:
    return lambda: create_quote(deps, caller, CreateQuote(a_draft()))


def a_draft() -> QuoteDraft:
    device = CustomDevice(ProductType.LAPTOP, Specification(brand="Dell"))
    return QuoteDraft("it@austral.example", (ItemDraft(device, (RecipientDraft("Ana", "UY"),)),))


async def test_of_many_who_accept_different_offers_of_a_line_exactly_one_wins(database, houses):
    caller, quote = await a_stored_quote(database)
    offers = [item_of(quote), *(it.id for it in quote.lines[0].alternatives)]

    answers = await all_at_once(
        [deciding(deps, caller, offer, Verdict.ACCEPT) for deps, offer in zip(cycle(houses), offers, strict=False)]
    )

    won = [it for it in answers if isinstance(it, Outcome)]
    lost = [it for it in answers if isinstance(it, LineClosed)]
    assert (len(won), len(lost)) == (1, len(offers) - 1), answers
    assert {it.current_status for it in lost} == {OfferStatus.REJECTED}, "losers hear where their offer stands now"
    accepted = await rows_of(database, "SELECT count(*) FROM events WHERE type LIKE '%ACCEPTED'")
    assert accepted == [(1,)]


async def test_accept_and_reject_of_one_offer_at_once_never_both_succeed(database, houses):
    company = await a_company(database)
    quotes = [a_quote(line(priced), tenant_id=company.live) for _ in range(4)]
    await write_quotes(database, *quotes)
    caller = a_caller(company.live)
    verdicts = [Verdict.ACCEPT, Verdict.REJECT]

    for quote in quotes:
        answers = await all_at_once(
            [deciding(deps, caller, item_of(quote), each) for deps, each in zip(houses, verdicts, strict=True)]
        )
        [lost] = [it for it in answers if not isinstance(it, Outcome)]
        [won] = [verdict for verdict, it in zip(verdicts, answers, strict=True) if isinstance(it, Outcome)]
        assert isinstance(lost, LineClosed)
        assert lost.current_status == f"{won}ED"


async def test_the_same_acceptance_many_times_at_once_happens_once_and_the_others_change_nothing(database, houses):
    caller, quote = await a_stored_quote(database)

    answers = await all_at_once(
        [deciding(deps, caller, item_of(quote), Verdict.ACCEPT) for deps in houses] * (AT_ONCE // 2)
    )

    assert sorted(len(it.changes) > 0 for it in answers) == [False] * (AT_ONCE - 1) + [True]
    assert await rows_of(database, "SELECT count(*) FROM vendor_orders") == [(2,)]
    assert await rows_of(database, "SELECT count(*) FROM events WHERE type = 'QUOTE_ITEM_ACCEPTED'") == [(1,)]
    assert await rows_of(database, "SELECT count(*) FROM jobs WHERE kind = 'SEND_ITEM_ACCEPTED'") == [(1,)]


async def test_a_price_set_while_an_offer_is_accepted_is_either_agreed_to_or_refused(database, houses):
    caller, quote = await a_stored_quote(database)
    offer = OfferRef(item_of(quote), ("itemId",))

    answers = await all_at_once(
        [
            lambda: price(houses[0], caller, PriceOffer(offer, MoneyDraft("1.00", "USD"))),
            deciding(houses[1], caller, item_of(quote), Verdict.ACCEPT),
        ]
    )

    [(price_minor, agreed)] = await rows_of(database, "SELECT price_minor, agreed_price_minor FROM quote_items")
    assert price_minor == agreed
    assert isinstance(answers[0], LineClosed) == (agreed == priced.minor)


async def test_quotes_created_at_once_get_different_order_numbers(database, houses):
    company = await a_company(database)
    caller = a_caller(company.live)

    answers = await all_at_once([creating(deps, caller) for deps in houses] * (AT_ONCE // 2))

    assert [it for it in answers if not isinstance(it, Outcome)] == []
    assert len({number for (number,) in await rows_of(database, "SELECT order_id FROM quotes")}) == AT_ONCE


async def test_of_concurrent_duplicates_one_is_carried_out_and_the_others_replay_it(database, houses):
    company = await a_company(database)
    promise = IdempotencyKey("once", "createQuote", "hash")
    caller = a_caller(company.live, idempotency=promise)

    answers = await all_at_once([creating(deps, caller) for deps in houses] * (AT_ONCE // 2))

    assert [it for it in answers if not isinstance(it, Outcome)] == []
    assert len({it.id_of("Quote") for it in answers}) == 1
    assert await rows_of(database, "SELECT count(*) FROM quotes") == [(1,)]


async def test_events_are_numbered_without_gaps_however_many_are_recorded_at_once(database, houses):
    company = await a_company(database)
    quotes = [a_quote(line(priced, alternatives=1), tenant_id=company.live) for _ in range(AT_ONCE)]
    await write_quotes(database, *quotes)
    caller = a_caller(company.live)
    new = [creating(deps, caller) for deps in houses] * (AT_ONCE // 2)
    rejecting = [deciding(deps, caller, first(quotes[0]), Verdict.REJECT) for deps in houses]
    accepting = [
        deciding(deps, caller, item_of(it), Verdict.ACCEPT) for deps, it in zip(cycle(houses), quotes[1:], strict=False)
    ]

    await all_at_once([*new, *rejecting, *accepting])

    events = await SqlEventLog(database).after(company.live, 0, None, 1000)
    # Each acceptance also approves its quote; of two equal rejections one is recorded.
    assert len(events) == AT_ONCE + 1 + 2 * (AT_ONCE - 1)
    assert [it.number for it in events] == list(range(1, len(events) + 1))
    assert await SqlEventLog(database).last_number(company.live) == len(events)


async def test_tenants_count_their_events_apart(database, houses):
    one, other = await a_company(database), await a_company(database, "NORDLICHT")

    await all_at_once([creating(deps, a_caller(it.live)) for deps in houses for it in (one, other)] * 2)

    for company in (one, other):
        events = await SqlEventLog(database).after(company.live, 0, None, 1000)
        assert [(it.tenant_id, it.number) for it in events] == [(company.live, n) for n in (1, 2, 3, 4)]
