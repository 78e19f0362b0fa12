"""Pricing items: what is written, what is recorded, and what is refused."""

import pytest

from domain.shared.errors import ErrorCode
from domain.shared.events import StatusChange
from domain.shared.money import MoneyDraft
from domain.use_cases.quotes.pricing import PriceOffer, price
from tests.builders import a_quote, item_of, line, priced, unpriced
from tests.fakes.storage import World
from tests.use_cases.quotes.support import PLATFORM, item_ref, refused

PRICE = MoneyDraft("1450.00", "USD")


async def test_pricing_the_last_line_records_that_the_prices_are_ready():
    world = World()
    quote = world.memory.keep(a_quote(line(unpriced)))
    outcome = await price(world.deps, PLATFORM, PriceOffer(item_ref(item_of(quote)), PRICE))
    assert outcome.changes == (StatusChange(quote.lines[0].item.ref, "PENDING", "SOURCED"),)
    assert world.memory.quotes[quote.quote.id].lines[0].item.price == priced
    assert world.memory.event_types == ["QUOTE_ITEM_PRICED", "QUOTE_PENDING"]


async def test_correcting_a_price_does_not_say_again_that_prices_are_ready():
    world = World()
    quote = world.memory.keep(a_quote(line(unpriced)))
    for _ in range(2):
        await price(world.deps, PLATFORM, PriceOffer(item_ref(item_of(quote)), PRICE))
    assert world.memory.event_types == ["QUOTE_ITEM_PRICED", "QUOTE_PENDING", "QUOTE_ITEM_PRICED"]


@pytest.mark.parametrize(
    ("money", "problem"),
    [
        (MoneyDraft("-1", "USD"), (ErrorCode.INVALID_AMOUNT, ("price", "amount"))),
        (MoneyDraft("1.005", "USD"), (ErrorCode.INVALID_AMOUNT, ("price", "amount"))),
        (MoneyDraft("1", "XYZ"), (ErrorCode.INVALID_CURRENCY, ("price", "currencyCode"))),
    ],
)
async def test_an_impossible_price_is_refused_where_it_stands(money, problem):
    world = World()
    quote = world.memory.keep(a_quote(line(unpriced)))
    assert await refused(price(world.deps, PLATFORM, PriceOffer(item_ref(item_of(quote)), money))) == problem
    assert world.memory.commits == 0
