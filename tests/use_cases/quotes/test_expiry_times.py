"""Until when a quote can be decided: a time in any offset, or a day, which lasts to its end where the company is."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.lifecycle import Expired
from domain.quotes.statuses import QuoteOfferStatus, Verdict
from domain.shared.errors import InvalidInput
from domain.use_cases.quotes.closings import expire_quotes
from domain.use_cases.quotes.creation import CreateQuote, create_quote
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.edits import UpdateQuote, update_quote
from tests.builders import NOW, TENANT, a_caller, a_quote, line, priced
from tests.fakes.storage import World
from tests.use_cases.quotes.test_edits import DESK, the_item

CUSTOMER = a_caller()
DAY = "2026-12-31"
LAST = datetime(2026, 12, 31, 23, 59, 59, 999_999, UTC)


def a_world(zone="UTC"):
    world = World()
    world.memory.tenants[TENANT] = world.memory.tenants[TENANT]._replace(time_zone=zone)
    return world, world.memory.keep(a_quote(line(priced), line(priced), priced_at=NOW, currency="USD"))


async def until(world, quote, given):
    await update_quote(world.deps, CUSTOMER, UpdateQuote(quote.quote.id, {"expires_at": given}))
    return world.memory.quotes[quote.quote.id].quote


def acceptance(quote, number):
    return Decide(the_item(quote, number), Verdict.ACCEPT)


async def test_a_day_can_be_decided_on_until_it_is_over():
    world, quote = a_world()
    head = await until(world, quote, DAY)
    assert (head.expires_at, head.valid_until) == (LAST, "31 December 2026 (UTC)")

    world.clock.at = LAST - timedelta(microseconds=1)
    assert await expire_quotes(world.deps, CUSTOMER.environment) == 0
    assert (await decide(world.deps, CUSTOMER, acceptance(quote, 0))).changes

    world.clock.at = LAST
    with pytest.raises(Expired):
        await decide(world.deps, CUSTOMER, acceptance(quote, 1))
    assert await expire_quotes(world.deps, CUSTOMER.environment) == 1
    assert world.memory.quotes[quote.quote.id].quote.offer_status == QuoteOfferStatus.EXPIRED


@pytest.mark.parametrize(
    ("zone", "last"),
    [("America/Montevideo", LAST + timedelta(hours=3)), ("Asia/Tokyo", LAST - timedelta(hours=9))],
)
async def test_a_day_is_over_where_the_company_is(zone, last):
    world, quote = a_world(zone)
    head = await until(world, quote, DAY)
    assert (head.expires_at, head.valid_until) == (last, f"31 December 2026 ({zone})")


async def test_today_is_in_the_future_until_it_is_over_and_yesterday_is_not():
    world, quote = a_world()
    assert (await until(world, quote, f"{NOW:%Y-%m-%d}")).expires_whole_day
    with pytest.raises(InvalidInput):
        await until(world, quote, f"{NOW - timedelta(days=1):%Y-%m-%d}")


async def test_a_time_keeps_the_offset_that_it_was_given_in_and_without_one_is_that_of_the_company():
    world, quote = a_world("America/Montevideo")
    told = {
        "2026-12-31T23:59:59-03:00": "31 December 2026, 23:59:59 (UTC-03:00)",
        "2026-12-31T23:59:59+09:00": "31 December 2026, 23:59:59 (UTC+09:00)",
        "2026-12-31T23:59Z": "31 December 2026, 23:59 (UTC)",
        "2026-12-31T23:59": "31 December 2026, 23:59 (America/Montevideo)",
    }
    for given, printed in told.items():
        assert (await until(world, quote, given)).valid_until == printed
    cleared = await until(world, quote, None)
    assert (cleared.expires_at, cleared.expires_zone, cleared.expires_whole_day) == (None, None, False)
    assert cleared.valid_until is None


async def test_a_new_quote_has_the_days_of_its_company():
    world, _ = a_world("America/Montevideo")
    item = ItemDraft(DESK, (RecipientDraft("Bruno", "UY"),))
    made = await create_quote(
        world.deps, CUSTOMER, CreateQuote(QuoteDraft("it@x.example", (item,), details={"expires_at": DAY}))
    )
    assert world.memory.quotes[made.ids_of("Quote")[0]].quote.expires_at == LAST + timedelta(hours=3)
