"""`QUOTE_PENDING` is recorded exactly when the last line of an open quote gets its price, by whichever way."""

import asyncio
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalogue.device_selection import CustomDevice
from domain.catalogue.products import ProductType, Specification
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.alternatives import AlternativeDraft
from domain.quotes.drafts import ItemDraft, RecipientDraft
from domain.quotes.edits import ItemChange
from domain.quotes.pricing import ItemPrices, QuotePrices
from domain.quotes.statuses import DecisionStatus, LineDecision, OfferStatus, QuoteOfferStatus, Verdict
from domain.shared.errors import Conflict, InvalidInput
from domain.shared.money import MoneyDraft
from domain.use_cases.quotes.alternatives import ProposeAlternative, propose_alternative
from domain.use_cases.quotes.closings import Close, cancel_quote, decline_quote
from domain.use_cases.quotes.decisions import DecideItems, OneDecision, decide, decide_items
from domain.use_cases.quotes.edits import AddItems, RemoveItem, UpdateItem, add_items, remove_item, update_item
from domain.use_cases.quotes.pricing import PriceOffer, PriceQuote, price, price_quote
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import a_quote, item_of, line, priced, unpriced
from tests.fakes.storage import World
from tests.use_cases.quotes.support import CUSTOMER, PLATFORM, accepting, item_ref, rejecting

PRICE = MoneyDraft("1450.00", "USD")
DESK = ItemDraft(
    CustomDevice(ProductType.ACCESSORY, Specification(model="Standing desk")), (RecipientDraft("B", "UY"),)
)
ACTIONS = (
    *("price", "price", "price all", "remove price", "add item", "remove item", "change device"),
    *("propose", "propose priced", "accept", "reject", "reject two", "decline", "cancel"),
)


def waits_for_a_decision_only(quote: QuoteAggregate) -> bool:
    """Whether a quote is open, undecided, and each line that is not decided can be accepted."""
    head = quote.quote
    if head.offer_status == QuoteOfferStatus.CANCELLED or head.decision_status != DecisionStatus.PENDING:
        return False
    undecided = [it for it in quote.lines if it.item.decision == LineDecision.UNDECIDED]
    return all(
        it.item.status == OfferStatus.SOURCED
        or (it.item.status == OfferStatus.REJECTED and any(of.status == OfferStatus.SOURCED for of in it.alternatives))
        for it in undecided
    )


async def act(world: World, quote: QuoteAggregate, action: str, data: st.DataObject) -> None:
    deps, quote_id = world.deps, quote.quote.id
    items = [it.item.id for it in quote.lines]
    item_id = data.draw(st.sampled_from(items))
    offers = [it.id for it in quote.line_of(item_id).offers]
    offer = OfferRef(data.draw(st.sampled_from(offers)), ("offerId",))
    match action:
        case "price":
            await price(deps, PLATFORM, PriceOffer(offer, PRICE))
        case "price all":
            prices = tuple(ItemPrices(it, {"price": PRICE}) for it in items)
            await price_quote(deps, PLATFORM, PriceQuote(quote_id, QuotePrices({}, prices)))
        case "remove price":
            await price_quote(
                deps, PLATFORM, PriceQuote(quote_id, QuotePrices({}, (ItemPrices(item_id, {"price": None}),)))
            )
        case "add item":
            await add_items(deps, CUSTOMER, AddItems(quote_id, (DESK,)))
        case "remove item":
            await remove_item(deps, CUSTOMER, RemoveItem(item_ref(item_id)))
        case "change device":
            other = Specification(model=f"Desk {len(world.memory.events)}")
            await update_item(deps, CUSTOMER, UpdateItem(item_ref(item_id), ItemChange(specification=other)))
        case "propose" | "propose priced":
            draft = AlternativeDraft(Specification(brand="Lenovo"))
            amount = PRICE if action == "propose priced" else None
            await propose_alternative(deps, PLATFORM, ProposeAlternative(item_ref(item_id), draft, amount))
        case "accept":
            await decide(deps, CUSTOMER, accepting(offer.given))
        case "reject":
            await decide(deps, CUSTOMER, rejecting(offer.given))
        case "reject two":
            both = tuple(OneDecision(it, Verdict.REJECT) for it in (items[0], items[-1]))
            await decide_items(deps, CUSTOMER, DecideItems(quote_id, both))
        case "decline":
            await decline_quote(deps, CUSTOMER, Close(quote_id))
        case "cancel":
            await cancel_quote(deps, CUSTOMER, Close(quote_id))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_prices_are_ready_exactly_when_the_last_line_gets_its_price(data: st.DataObject):
    async def story() -> None:
        world = World()
        lines = [line(data.draw(st.sampled_from([priced, unpriced])), alternatives=1) for _ in range(2)]
        quote_id = world.memory.keep(a_quote(*lines)).quote.id
        for action in data.draw(st.lists(st.sampled_from(ACTIONS), max_size=12)):
            before, told = world.memory.quotes[quote_id], world.memory.event_types.count("QUOTE_PENDING")
            with suppress(Conflict, InvalidInput):
                await act(world, before, action, data)
            becomes = not waits_for_a_decision_only(before) and waits_for_a_decision_only(world.memory.quotes[quote_id])
            assert world.memory.event_types.count("QUOTE_PENDING") - told == becomes, action

    asyncio.run(story())


async def test_a_quote_that_gets_another_item_is_ready_again_when_that_has_its_price():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    await add_items(world.deps, CUSTOMER, AddItems(quote.quote.id, (DESK,)))
    await price(world.deps, PLATFORM, PriceOffer(item_ref(item_of(world.memory.quotes[quote.quote.id], 1)), PRICE))
    assert world.memory.event_types == ["QUOTE_ITEMS_ADDED", "QUOTE_ITEM_PRICED", "QUOTE_PENDING"]


async def test_removing_the_last_item_without_a_price_makes_the_prices_ready():
    world = World()
    quote = world.memory.keep(a_quote(line(priced), line(unpriced)))
    await remove_item(world.deps, CUSTOMER, RemoveItem(item_ref(item_of(quote, 1))))
    assert world.memory.event_types == ["QUOTE_ITEM_REMOVED", "QUOTE_PENDING"]


async def test_rejecting_the_last_item_without_a_price_makes_the_prices_of_the_others_ready():
    world = World()
    quote = world.memory.keep(a_quote(line(priced), line(unpriced)))
    await decide(world.deps, CUSTOMER, rejecting(item_of(quote, 1)))
    assert world.memory.event_types == ["QUOTE_ITEM_REJECTED", "QUOTE_PENDING"]


async def test_an_alternative_with_a_price_makes_the_prices_of_a_rejected_item_ready():
    world = World()
    quote = world.memory.keep(a_quote(line(unpriced, alternatives=[unpriced])))
    await decide(world.deps, CUSTOMER, rejecting(item_of(quote)))
    draft = AlternativeDraft(Specification(brand="Lenovo"))
    await propose_alternative(world.deps, PLATFORM, ProposeAlternative(item_ref(item_of(quote)), draft, PRICE))
    await price(world.deps, PLATFORM, PriceOffer(OfferRef(quote.lines[0].alternatives[0].id, ("offerId",)), PRICE))
    assert world.memory.event_types == [
        *("QUOTE_ITEM_REJECTED", "QUOTE_ALTERNATIVE_PROPOSED", "QUOTE_PENDING", "QUOTE_ALTERNATIVE_PRICED")
    ]
