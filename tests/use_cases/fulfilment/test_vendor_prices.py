"""The vendor's prices before anyone decides: asked for once, taken over, and confirmed or called off."""

import pytest

from domain.fulfilment.vendor_api import AlternativeGroup, Candidate
from domain.fulfilment.vendor_orders import VendorAttention, VendorOrderStatus
from domain.fulfilment.vendor_reports import WrongOrderStatus
from domain.quotes.edits import ItemChange
from domain.quotes.lifecycle import Expired, WrongStatus
from domain.quotes.recipients import Destination
from domain.quotes.statuses import FulfilmentStatus, LineDecision, Verdict
from domain.shared.errors import InvalidInput, NotFound
from domain.shared.jobs import JobType, RetryPolicy
from domain.shared.money import Money
from domain.shared.outbound_errors import Uncertain
from domain.use_cases.fulfilment.vendor_orders import CompleteOrder, RetryOrder, complete_order, retry_order
from domain.use_cases.fulfilment.vendor_prices import RequestPrices, request_vendor_prices
from domain.use_cases.quotes.closings import AlreadyOrdered, Close, cancel_quote, decline_quote, delete_quote
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.edits import RemoveItem, UpdateItem, UpdateQuote, remove_item, update_item, update_quote
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import NOW, a_caller, a_quote, a_recipient, first, item_of, line, priced, unpriced
from tests.fakes.external import Answer
from tests.fakes.storage import World
from tests.following import LOOK, OPERATOR, SETTLE, follow, order_of, run, tell

S = VendorOrderStatus
AIR = Candidate(
    "c", "Apple", "MacBook Air 13", None, "16 GB", None, None, Money(1099_00, "USD"), "https://x.example/air"
)


def a_world(*lines, **given):
    world = World(retry_policy=RetryPolicy(retry_delays=(10,) * 9, resend_after=SETTLE, poll_interval=LOOK))
    return world, world.memory.keep(a_quote(*lines or (line(unpriced),), **given))


async def asked(*lines, price=priced, candidates=(), **given):
    """A world where the vendor was asked for the prices of a quote and has answered."""
    world, quote = a_world(*lines, **given)
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    for _ in world.memory.orders:
        await run(world, JobType.PLACE_VENDOR_ORDER)
    tell(world, "quoted", price, alternatives=(AlternativeGroup("g", tuple(candidates)),) if candidates else ())
    for _ in world.memory.orders:
        await follow(world, 100)
    return world, quote


def now_of(world, quote):
    return world.memory.quotes[quote.quote.id]


async def decided(world, quote, verdict=Verdict.ACCEPT, offer=None):
    command = Decide(OfferRef(offer or item_of(quote), ("offerId",)), verdict)
    return await decide(world.deps, a_caller(), command)


async def test_the_vendor_is_asked_for_every_open_line_it_sells_and_not_twice():
    world, quote = a_world(line(unpriced), line(priced), line(unpriced, brand="Framework"))
    for _ in range(2):
        outcome = await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    assert outcome.id_of("Quote") == quote.quote.id
    orders = list(world.memory.orders.values())
    assert [(it.item_id, it.status, it.is_price_request) for it in orders] == [
        (item_of(quote, number), S.QUEUED, True) for number in (0, 1)
    ]
    assert world.memory.event_types == ["QUOTE_PRICES_REQUESTED"]
    assert world.memory.job_keys == [f"vendor-order:{orders[0].id}"], "both go to the same person"


async def test_a_dry_run_asks_nobody():
    world, quote = a_world()
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id, dry_run=True))
    assert (world.memory.orders, world.memory.jobs, world.memory.commits) == ({}, {}, 0)


async def test_what_cannot_be_asked_for_is_told_by_item_and_nothing_is_asked_then():
    other = line(priced)
    world, quote = a_world(line(unpriced), line(unpriced, brand="Framework"), other)
    await decided(world, quote, Verdict.REJECT, item_of(quote, 2))
    foreign = world.memory.keep(a_quote())
    items = (item_of(quote), item_of(quote, 2), item_of(foreign))
    with pytest.raises(InvalidInput) as refused:
        await request_vendor_prices(world.deps, OPERATOR, RequestPrices(item_ids=items))
    found = {it.path: it.code for it in refused.value.problems}
    assert found == {("itemIds", "1"): "ALREADY_DECIDED", ("itemIds", "2"): "UNKNOWN_REFERENCE"}
    with pytest.raises(InvalidInput, match="no laptops of “Framework”"):
        await request_vendor_prices(world.deps, OPERATOR, RequestPrices(item_ids=(item_of(quote, 1),)))
    assert world.memory.orders == {}


async def test_a_quote_of_which_the_vendor_sells_nothing_is_refused_and_so_is_input_without_a_place():
    world, quote = a_world(line(unpriced, brand="Framework"))
    for command, code in (
        (RequestPrices(quote.quote.id), "NOT_SUPPORTED"),
        (RequestPrices(), "REQUIRED"),
        (RequestPrices(quote.quote.id, (item_of(quote),)), "REQUIRED"),
        (RequestPrices(item_ids=()), "REQUIRED"),
        (RequestPrices(item_ids=(item_of(quote),) * 201), "TOO_MANY"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await request_vendor_prices(world.deps, OPERATOR, command)
        assert [it.code for it in refused.value.problems] == [code]
    nobody = item_of(a_quote())
    for command in (RequestPrices(nobody), RequestPrices(item_ids=(nobody,))):
        with pytest.raises(NotFound):
            await request_vendor_prices(world.deps, OPERATOR, command)


async def test_a_quote_that_is_over_is_asked_for_by_nobody():
    world, quote = a_world(expires_at=NOW)
    with pytest.raises(Expired):
        await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    world, quote = a_world(line(priced))
    await decided(world, quote)
    with pytest.raises(WrongStatus):
        await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))


async def test_the_answer_prices_the_line_and_the_order_is_not_confirmed():
    world, quote = await asked(candidates=[AIR])
    order, [of_quote] = order_of(world), now_of(world, quote).lines
    assert (order.status, order.asked, order.attention) == (S.QUOTED, None, None)
    assert (of_quote.item.price, [it.image_url for it in of_quote.alternatives]) == (priced, [AIR.image_url])
    assert (world.external.orders.calls, now_of(world, quote).quote.fulfilment_status) == ([], FulfilmentStatus.NONE)
    assert world.memory.event_types[-3:] == ["VENDOR_ORDER_UPDATED", "QUOTE_ITEM_PRICED", "QUOTE_PENDING"]


async def test_news_without_a_new_price_change_no_price_and_another_price_does():
    world, quote = await asked()
    tell(world, "quoted", priced, eta=NOW.date())
    await follow(world, 100)
    assert (order_of(world).eta, now_of(world, quote).lines[0].item.price) == (NOW.date(), priced)
    assert world.memory.event_types[-1] == "VENDOR_ORDER_UPDATED"
    tell(world, "quoted", Money(1400_00, "USD"))
    await follow(world, 100)
    assert now_of(world, quote).lines[0].item.price == Money(1400_00, "USD")


async def test_accepting_the_item_confirms_that_very_order():
    world, quote = await asked()
    await decided(world, quote)
    order = order_of(world)
    assert (order.is_price_request, now_of(world, quote).lines[0].recipients[0].vendor_order_id) == (False, order.id)
    await follow(world)
    assert (world.external.orders.calls, len(world.external.orders.posts)) == (["confirm V-1"], 1)
    assert (order_of(world).status, now_of(world, quote).quote.fulfilment_status) == (
        S.ACCEPTED,
        FulfilmentStatus.ORDERED,
    )


async def test_accepting_before_the_vendor_has_answered_takes_the_request_as_the_order():
    world, quote = a_world(line(priced))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    await decided(world, quote)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    tell(world, "quoted", priced)
    await follow(world, 100)
    assert (order_of(world).status, len(world.external.orders.posts)) == (S.ACCEPTED, 1)
    assert now_of(world, quote).quote.fulfilment_status == FulfilmentStatus.ORDERED


async def test_an_accepted_candidate_is_selected_and_then_confirmed():
    world, quote = await asked(candidates=[AIR])
    await decided(world, quote, offer=first(now_of(world, quote)))
    await follow(world)
    tell(world, "quoted", AIR.price, device=AIR)
    await follow(world, 100)
    assert world.external.orders.calls == ["select g c V-1", "confirm V-1"]
    assert (order_of(world).status, len(world.external.orders.posts)) == (S.ACCEPTED, 1)


async def test_a_rejected_item_cancels_its_order_at_the_vendor():
    world, quote = await asked()
    await decided(world, quote, Verdict.REJECT)
    await follow(world)
    assert (world.external.orders.calls, order_of(world).status) == (["cancel V-1"], S.CANCELLED)
    assert now_of(world, quote).lines[0].item.decision == LineDecision.REJECTED


@pytest.mark.parametrize("end", [decline_quote, cancel_quote])
async def test_a_quote_that_ends_cancels_what_was_asked_for_it(end):
    world, quote = await asked()
    await end(world.deps, OPERATOR, Close(quote.quote.id))
    await follow(world)
    assert (world.external.orders.calls, order_of(world).status) == (["cancel V-1"], S.CANCELLED)


async def test_an_edited_item_cancels_its_order_and_its_acceptance_places_another():
    world, quote = await asked()
    offer = OfferRef(item_of(quote), ("itemId",))
    await update_item(world.deps, a_caller(), UpdateItem(offer, ItemChange(comments="With a dock")))
    assert now_of(world, quote).lines[0].recipients[0].vendor_order_id is None
    await follow(world)
    assert world.external.orders.calls == ["cancel V-1"]

    tell(world, "quoted", priced)
    await decided(world, quote)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert len(world.external.orders.posts) == 2
    assert sorted(it.status for it in world.memory.orders.values()) == [S.CANCELLED, S.QUOTED]


async def test_a_change_that_the_vendor_is_not_told_of_keeps_the_order_and_another_number_does_not():
    world, quote = await asked()
    await update_quote(world.deps, a_caller(), UpdateQuote(quote.quote.id, {"requester_name": "Bo"}))
    assert order_of(world).asked is None
    await update_quote(world.deps, a_caller(), UpdateQuote(quote.quote.id, {"po_number": "PO-8"}))
    assert order_of(world).asked == "CANCEL"


async def test_a_line_can_be_removed_once_the_vendor_has_no_order_for_it():
    world, quote = await asked(line(unpriced), line(priced, brand="Framework"))
    command = RemoveItem(OfferRef(item_of(quote), ("itemId",)))
    with pytest.raises(AlreadyOrdered):
        await remove_item(world.deps, a_caller(), command)
    with pytest.raises(AlreadyOrdered):
        await delete_quote(world.deps, OPERATOR, Close(quote.quote.id))
    order = order_of(world)
    world.memory.orders[order.id] = order._replace(status=S.CANCELLED)
    await remove_item(world.deps, a_caller(), command)
    assert len(now_of(world, quote).lines) == 1


async def test_an_order_whose_fate_was_unknown_when_it_was_called_off_is_cancelled_at_the_vendor():
    world, quote = a_world(line(priced))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    world.external.orders.answers = [Answer(shows=False, failure=Uncertain("timeout"))]
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await decided(world, quote, Verdict.REJECT)
    assert order_of(world).status == S.CANCELLED
    world.external.orders.reveal()
    world.clock.move(seconds=10)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await follow(world)
    assert (world.external.orders.calls, len(world.external.orders.posts)) == (["cancel V-1"], 1)


async def test_an_order_that_never_reached_the_vendor_is_not_placed_once_it_is_called_off():
    world, quote = a_world(line(priced))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    world.external.orders.answers = [Answer(does=False, failure=Uncertain("timeout"))]
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await decided(world, quote, Verdict.REJECT)
    for _ in range(9):
        world.clock.move(seconds=20)
        await run(world, JobType.PLACE_VENDOR_ORDER)
    assert (order_of(world).status, len(world.external.orders.posts)) == (S.CANCELLED, 1)


async def test_a_price_in_another_currency_is_for_an_operator():
    world, quote = await asked(line(unpriced), line(Money(10, "EUR"), brand="Framework"), currency="EUR")
    assert order_of(world).attention == VendorAttention.OTHER_CURRENCY
    assert now_of(world, quote).lines[0].item.price is None
    assert world.memory.event_types[-1] == "VENDOR_ORDER_FLAGGED"
    await follow(world, 100)
    assert order_of(world).attention == VendorAttention.OTHER_CURRENCY


async def test_a_request_that_lacks_data_is_completed_and_then_stands_for_the_order():
    world, quote = a_world(line(priced, recipients=[a_recipient(email=None)]))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    assert order_of(world).status == S.NEEDS_DATA
    await complete_order(world.deps, OPERATOR, CompleteOrder(order_of(world).id, "bruno@austral.example"))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await decided(world, quote)
    assert (order_of(world).is_price_request, order_of(world).vendor_order_id) == (False, "V-1")


async def test_a_cancelled_request_is_not_retried_but_asked_for_again():
    world, quote = await asked()
    order = order_of(world)
    world.memory.orders[order.id] = order._replace(status=S.CANCELLED)
    with pytest.raises(WrongOrderStatus):
        await retry_order(world.deps, OPERATOR, RetryOrder(order.id))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    assert [it.status for it in world.memory.orders.values()] == [S.CANCELLED, S.QUEUED]


async def test_an_order_for_a_price_only_is_never_confirmed():
    nowhere = a_recipient(email=None, destination=Destination.QUOTE_ONLY)
    world, quote = await asked(line(unpriced, recipients=[nowhere]))
    await decided(world, quote)
    await follow(world)
    assert (world.external.orders.calls, order_of(world).status) == ([], S.QUOTED)
