"""Prices that a quote or its lines are entered with: as if they were set afterwards, in one unit of work."""

from dataclasses import replace

import pytest

from domain.catalogue.device_selection import CustomDevice, KitDevices
from domain.catalogue.products import ProductType, Specification
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.details import Details
from domain.quotes.discounts import DiscountType
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.price_options import PriceOptionDraft
from domain.quotes.pricing import (
    DiscountDraft,
    GivenItemPrices,
    GivenQuotePrices,
    ItemPrices,
    QuotePrices,
    ShippingDraft,
)
from domain.shared.access import Scope
from domain.shared.errors import ErrorCode, InvalidInput
from domain.shared.money import Money, MoneyDraft
from domain.use_cases.quotes.creation import CreateQuote, create_quote
from domain.use_cases.quotes.edits import AddItems, add_items
from domain.use_cases.quotes.price_options import SetPriceOptions, set_price_options
from domain.use_cases.quotes.pricing import PriceQuote, price_quote
from tests.builders import a_caller, a_kit
from tests.fakes.storage import World
from tests.use_cases.quotes.support import CUSTOMER

OPERATOR = a_caller(scopes=CUSTOMER.scopes | {Scope.QUOTES_MANAGE})
ITEM = ItemDraft(
    CustomDevice(ProductType.LAPTOP, Specification(brand="Dell", model="Pro 14")), (RecipientDraft("Ana", "UY"),), 3
)
TEN_PER_CENT = DiscountDraft(DiscountType.PERCENTAGE, "10", "Volume")
FIVE = DiscountDraft(DiscountType.FIXED_AMOUNT, "5.00")


def usd(amount: str) -> MoneyDraft:
    return MoneyDraft(amount, "USD")


OF_ITEMS: dict[str, list[GivenItemPrices]] = {
    "nothing": [{}, {}],
    "one price": [{"price": usd("1450.00")}, {}],
    "all prices": [{"price": usd("1450.00")}, {"price": usd("0.10")}],
    "discounts and taxes": [
        {"price": usd("333.33"), "discount": TEN_PER_CENT, "tax_rate": "24"},
        {"price": usd("75.05"), "discount": FIVE, "taxable": False},
    ],
    "a tax only": [{}, {"tax_rate": "8.875"}],
}
OF_QUOTES: dict[str, GivenQuotePrices] = {
    "nothing": {},
    "tax included": {"prices_include_tax": True},
    "everything": {
        "prices_include_tax": False,
        "shipping": ShippingDraft("Express", usd("25.00")),
        "discount": TEN_PER_CENT,
    },
    "a discount": {"discount": DiscountDraft(DiscountType.PERCENTAGE, "2.5")},
}
OPTIONS: dict[str, tuple[PriceOptionDraft, ...]] = {
    "no options": (),
    "two options": (
        PriceOptionDraft("Purchase", usd("2900.00")),
        PriceOptionDraft("Lease", usd("3000.00"), usd("500.00")),
    ),
}


def plain(quote: QuoteAggregate) -> QuoteAggregate:
    """The quote without the ids of its parts, for a comparison with another."""
    lines = tuple(_without_ids(line) for line in quote.lines)
    options = tuple(it._replace(id="", quote_id="") for it in quote.options)
    return QuoteAggregate(quote.quote._replace(id="", order_id=""), lines, options)


def _without_ids(line: Line) -> Line:
    people = tuple(it._replace(id="", quote_id="", item_id="") for it in line.recipients)
    return Line(line.item._replace(id="", quote_id=""), line.alternatives, people)


def only_quote(world: World) -> QuoteAggregate:
    [quote] = world.memory.quotes.values()
    return quote


def told(world: World) -> list[object]:
    """What was recorded, without ids."""
    return [
        (
            event.type,
            [(it.node.type, it.from_status, it.to_status, it.field) for it in event.changes],
            [(it.node.type, it.field, it.before, it.after) for it in event.field_changes],
            event.cause.type if event.cause else None,
        )
        for event in world.memory.events
    ]


async def in_steps(
    world: World,
    draft: QuoteDraft,
    items: list[GivenItemPrices],
    own: GivenQuotePrices,
    options: tuple[PriceOptionDraft, ...],
) -> None:
    """The quote made, then priced, then offered at its price options, each in a unit of work of its own."""
    await create_quote(world.deps, OPERATOR, CreateQuote(draft))
    quote = only_quote(world)
    pairs = zip(quote.lines, items, strict=True)
    prices = tuple(ItemPrices(line.item.id, given) for line, given in pairs if given)
    if prices or own:
        await price_quote(world.deps, OPERATOR, PriceQuote(quote.quote.id, QuotePrices(own, prices)))
    if options:
        await set_price_options(world.deps, OPERATOR, SetPriceOptions(quote.quote.id, options))


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("own", OF_QUOTES.values(), ids=OF_QUOTES)
@pytest.mark.parametrize("items", OF_ITEMS.values(), ids=OF_ITEMS)
@pytest.mark.parametrize("currency", [None, "USD"])
async def test_a_quote_made_with_prices_is_that_which_is_priced_afterwards(items, own, options, currency):
    at_once, afterwards = World(), World()
    details: Details = {"currency": currency} if currency else {}
    draft = QuoteDraft("it@austral.example", (ITEM, ITEM), details=details)
    priced_items = tuple(replace(ITEM, prices=given) for given in items)
    await create_quote(
        at_once.deps, OPERATOR, CreateQuote(replace(draft, items=priced_items, prices=own, price_options=options))
    )
    await in_steps(afterwards, draft, items, own, options)
    assert plain(only_quote(at_once)) == plain(only_quote(afterwards))
    assert told(at_once) == told(afterwards)
    assert at_once.memory.commits == 1


@pytest.mark.parametrize("items", OF_ITEMS.values(), ids=OF_ITEMS)
async def test_lines_added_with_prices_are_those_that_are_priced_afterwards(items):
    at_once, afterwards = World(), World()
    first = CreateQuote(QuoteDraft("it@austral.example", (replace(ITEM, prices={"price": usd("10.00")}),)))
    for world in (at_once, afterwards):
        await create_quote(world.deps, OPERATOR, first)
    added = tuple(replace(ITEM, prices=given) for given in items)
    await add_items(at_once.deps, OPERATOR, AddItems(only_quote(at_once).quote.id, added))
    quote_id = only_quote(afterwards).quote.id
    await add_items(afterwards.deps, OPERATOR, AddItems(quote_id, (ITEM, ITEM)))
    pairs = zip(only_quote(afterwards).lines[1:], items, strict=True)
    prices = tuple(ItemPrices(line.item.id, given) for line, given in pairs if given)
    if prices:
        await price_quote(afterwards.deps, OPERATOR, PriceQuote(quote_id, QuotePrices({}, prices)))
    assert plain(only_quote(at_once)) == plain(only_quote(afterwards))
    assert told(at_once) == told(afterwards)


async def problems_of(world: World, caller, draft: QuoteDraft) -> set[tuple[str, ErrorCode]]:
    with pytest.raises(InvalidInput) as refused:
        await create_quote(world.deps, caller, CreateQuote(draft))
    assert (world.memory.commits, world.memory.quotes, world.memory.jobs) == (0, {}, {})
    return {(".".join(it.path), it.code) for it in refused.value.problems}


async def test_who_may_not_price_is_told_every_price_that_was_sent():
    items = (
        ITEM,
        replace(ITEM, prices={"price": usd("1.00"), "discount": FIVE, "taxable": True, "tax_rate": "21"}),
    )
    draft = QuoteDraft(
        "it@", items, prices=OF_QUOTES["everything"], price_options=(PriceOptionDraft("Purchase", usd("1.00")),)
    )
    refused = ("items.1.price", "items.1.discount", "items.1.isTaxable", "items.1.taxRate")
    whole = ("isTaxIncluded", "shipping", "discount", "priceOptions")
    assert await problems_of(World(), CUSTOMER, draft) == {
        ("requesterEmail", ErrorCode.INVALID_EMAIL),
        *((path, ErrorCode.NOT_ALLOWED) for path in (*refused, *whole)),
    }


async def test_who_may_not_price_adds_no_line_with_a_price():
    world = World()
    await create_quote(world.deps, CUSTOMER, CreateQuote(QuoteDraft("it@austral.example", (ITEM,))))
    item = replace(ITEM, prices={"price": usd("1.00")})
    with pytest.raises(InvalidInput) as refused:
        await add_items(world.deps, CUSTOMER, AddItems(only_quote(world).quote.id, (item,)))
    [problem] = refused.value.problems
    assert (problem.path, problem.code) == (("items", "0", "price"), ErrorCode.NOT_ALLOWED)
    assert "quotes:manage" in problem.message


async def test_every_wrong_price_is_told_by_its_place_beside_what_else_is_wrong():
    items = (
        replace(ITEM, prices={"price": usd("ten")}),
        ITEM,
        replace(ITEM, prices={"price": MoneyDraft("1.00", "USD"), "tax_rate": "101"}),
        replace(ITEM, quantity=2_000, prices={"price": MoneyDraft("1.00", "EUR")}),
    )
    own: GivenQuotePrices = {
        "shipping": ShippingDraft(" ", usd("1.00")),
        "discount": DiscountDraft(DiscountType.PERCENTAGE, "200"),
    }
    options = (PriceOptionDraft("Purchase", usd("1.00")), PriceOptionDraft("purchase", usd("1.00"), usd("2.00")))
    draft = QuoteDraft("it@austral.example", items, prices=own, price_options=options)
    assert await problems_of(World(), OPERATOR, draft) == {
        ("items.0.price.amount", ErrorCode.INVALID_AMOUNT),
        ("items.2.taxRate", ErrorCode.INVALID_PERCENTAGE),
        ("items.3.quantity", ErrorCode.OUT_OF_RANGE),
        ("items.3.price.currencyCode", ErrorCode.CURRENCY_MISMATCH),
        ("shipping.name", ErrorCode.REQUIRED),
        ("discount.value", ErrorCode.INVALID_PERCENTAGE),
        ("priceOptions.1.name", ErrorCode.ALREADY_EXISTS),
        ("priceOptions.1.upfront.amount", ErrorCode.OUT_OF_RANGE),
    }


async def test_a_kit_takes_taxes_and_no_amounts():
    world = World()
    kit = a_kit(1, 2)
    world.memory.kits[kit.kit.id] = kit
    item = ItemDraft(KitDevices(kit.kit.id), prices={"price": usd("1.00"), "discount": FIVE, "tax_rate": "21"})
    draft = QuoteDraft("it@austral.example", (item,))
    assert {("items.0.price", ErrorCode.NOT_ALLOWED), ("items.0.discount", ErrorCode.NOT_ALLOWED)} <= (
        await problems_of(world, OPERATOR, draft)
    )
    taxed = replace(draft, items=(replace(item, prices={"tax_rate": "21"}),))
    await create_quote(world.deps, OPERATOR, CreateQuote(taxed))
    assert [line.item.tax_percentage for line in only_quote(world).lines] == ["21", "21"]


async def test_a_dry_run_tells_the_totals_and_saves_nothing():
    world = World()
    item = replace(ITEM, prices={"price": usd("100.00"), "tax_rate": "21"})
    command = CreateQuote(QuoteDraft("it@austral.example", (item,)), dry_run=True)
    outcome = await create_quote(world.deps, OPERATOR, command)
    assert outcome.sums is not None
    assert (outcome.sums.total, world.memory.quotes, world.memory.jobs) == (Money(363_00, "USD"), {}, {})
