"""Lines whose price requests end differently, prices that a person has set, and what is asked again."""

import pytest

from domain.fulfilment.vendor_api import AlternativeGroup, Candidate
from domain.fulfilment.vendor_orders import VendorAttention, VendorOrderStatus
from domain.quotes.drafts import RecipientDraft
from domain.quotes.edits import ItemChange
from domain.quotes.pricing import ItemPrices, QuotePrices
from domain.quotes.statuses import Verdict
from domain.shared.jobs import JobStatus, JobType
from domain.shared.money import Money, MoneyDraft
from domain.shared.outbound_errors import Refused, Uncertain
from domain.use_cases.fulfilment.vendor_orders import CancelOrder, cancel_order
from domain.use_cases.fulfilment.vendor_prices import RequestPrices, request_vendor_prices
from domain.use_cases.quotes.closings import Close, cancel_quote
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.edits import UpdateItem, update_item
from domain.use_cases.quotes.pricing import PriceOffer, PriceQuote, price, price_quote
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import a_caller, first, item_of, line, priced, unpriced
from tests.fakes.external import Answer
from tests.following import OPERATOR, follow, order_of, run, tell
from tests.use_cases.fulfilment.test_vendor_prices import a_world, asked, now_of

S = VendorOrderStatus
QUOTED = Money(1300_00, "USD")
AIR = Candidate("c", "Apple", "MacBook Air 13", None, "16 GB", None, None, Money(1099_00, "USD"))
DELL = Candidate("d", "Dell", "XPS 13", None, "16 GB", None, None, Money(999_00, "USD"))


async def two_places(placed: int = 2):
    """A world with an unpriced line to two people, for both of whom the vendor is asked, and has so many orders."""
    world, quote = a_world(line(unpriced, recipients=2))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    for _ in range(placed):
        await run(world, JobType.PLACE_VENDOR_ORDER)
    placed_first = sorted(world.memory.orders.values(), key=lambda it: it.vendor_order_id is None)
    return world, quote, placed_first


async def report(world, order, word, price=None, **said):
    """Let the vendor say this of one order, and follow that."""
    tell(world, word, price, **said)
    jobs, key = world.memory.jobs, f"follow:{order.id}"
    others = {id_: it for id_, it in jobs.items() if it.kind == JobType.FOLLOW_VENDOR_ORDER and it.dedupe_key != key}
    for id_ in others:
        del jobs[id_]
    await follow(world, 100)
    jobs.update(others)


def price_of(world, quote):
    return now_of(world, quote).lines[0].item.price


async def is_cancelled_by_the_vendor(world, quote, order):
    await report(world, order, "cancelled")


async def is_lost(world, quote, order):
    world.external.orders.looks = [Refused("400")]
    await report(world, order, "pending")


async def is_called_off_at_the_vendor(world, quote, order):
    await cancel_order(world.deps, OPERATOR, CancelOrder(order.id))
    await report(world, order, "pending")


ENDS = (is_cancelled_by_the_vendor, is_lost, is_called_off_at_the_vendor)


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("is_first", [True, False])
async def test_a_line_has_the_price_of_one_destination_when_the_request_of_the_other_ends(ends, is_first):
    world, quote, (one, other) = await two_places()
    if is_first:
        await ends(world, quote, other)
        assert price_of(world, quote) is None
    await report(world, one, "quoted", QUOTED)
    if not is_first:
        assert price_of(world, quote) is None
        await ends(world, quote, other)
    assert price_of(world, quote) == QUOTED
    assert [world.memory.orders[it.id].is_without_price for it in (one, other)] == [False, True]


async def fails(world, quote, order):
    world.external.orders.answers = [Answer(does=False, failure=Refused("400 brand"))]
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert world.memory.orders[order.id].status == S.FAILED


async def is_called_off_before_it_is_placed(world, quote, order):
    await cancel_order(world.deps, OPERATOR, CancelOrder(order.id))


@pytest.mark.parametrize("ends", [fails, is_called_off_before_it_is_placed])
async def test_a_line_has_the_price_of_one_destination_when_the_other_is_never_asked(ends):
    world, quote, (one, other) = await two_places(placed=1)
    await report(world, one, "quoted", QUOTED)
    assert price_of(world, quote) is None
    await ends(world, quote, other)
    assert price_of(world, quote) == QUOTED
    assert [world.memory.orders[it.id].is_without_price for it in (one, other)] == [False, True]


async def test_a_line_has_its_price_when_a_destination_was_changed_before_it_was_asked():
    world, quote, (one, _) = await two_places(placed=1)
    await report(world, one, "quoted", QUOTED)
    people = [RecipientDraft(it.name, it.country, email=it.email) for it in now_of(world, quote).lines[0].recipients]
    moved = next(n for n, it in enumerate(now_of(world, quote).lines[0].recipients) if it.vendor_order_id != one.id)
    people[moved] = RecipientDraft("Eva", "BR", email="eva@x.example")
    change = UpdateItem(OfferRef(item_of(quote), ("itemId",)), ItemChange(recipients=tuple(people)))
    await update_item(world.deps, a_caller(), change)
    await report(world, one, "quoted", QUOTED)
    assert price_of(world, quote) == QUOTED


async def test_the_price_of_the_destination_that_lacks_one_is_asked_for_again():
    world, quote, (one, other) = await two_places()
    await report(world, one, "quoted", QUOTED)
    await is_cancelled_by_the_vendor(world, quote, other)
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    [again] = [it for it in world.memory.orders.values() if it.id not in (one.id, other.id)]
    assert (again.employee_email, again.status) == (other.employee_email, S.QUEUED)
    assert {it.vendor_order_id for it in now_of(world, quote).lines[0].recipients} == {one.id, again.id}
    tell(world, "pending")
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await report(world, again, "quoted", Money(1350_00, "USD"))
    assert price_of(world, quote) == Money(1350_00, "USD")


async def by_hand(world, offer, amount):
    await price(world.deps, OPERATOR, PriceOffer(OfferRef(offer, ("offerId",)), MoneyDraft(amount, "USD")))


async def with_offers(world, *candidates, price=priced):
    tell(world, "quoted", price, alternatives=(AlternativeGroup("g", tuple(candidates)),))
    await follow(world, 100)


async def test_prices_that_a_person_has_set_stay_when_the_vendor_offers_another_device():
    world, quote = await asked(candidates=[AIR])
    await by_hand(world, item_of(quote), "1500.00")
    await by_hand(world, first(now_of(world, quote)), "1199.00")
    await with_offers(world, AIR, DELL)
    [of_quote] = now_of(world, quote).lines
    amounts = [it.price.minor for it in of_quote.offers]
    assert amounts == [1500_00, 1199_00, 999_00]
    assert world.memory.event_types[-1] == "QUOTE_ALTERNATIVE_PROPOSED"


async def test_a_price_that_a_person_has_set_stays_when_the_vendor_has_another_until_it_is_asked_for_again():
    world, quote = await asked()
    await by_hand(world, item_of(quote), "1500.00")
    tell(world, "quoted", Money(1400_00, "USD"))
    await follow(world, 100)
    assert (order_of(world).quoted_price, price_of(world, quote)) == (Money(1400_00, "USD"), Money(1500_00, "USD"))

    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    await follow(world, 100)
    assert price_of(world, quote) == Money(1500_00, "USD")
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(item_ids=(item_of(quote),)))
    await follow(world)
    assert price_of(world, quote) == Money(1400_00, "USD")
    assert len(world.external.orders.posts) == 1


async def test_a_price_from_before_the_vendor_was_asked_is_replaced_by_the_vendors():
    world, quote = await asked(line(Money(1, "USD")))
    assert price_of(world, quote) == priced
    assert world.memory.event_types[-1] == "QUOTE_ITEM_PRICED"


async def test_another_margin_changes_no_price_before_the_vendor_changes_its_own():
    world, quote = await asked()
    tenant = world.memory.tenants[quote.quote.tenant_id]
    world.memory.tenants[tenant.id] = tenant._replace(vendor_margin="10 %")
    await with_offers(world, AIR)
    [of_quote] = now_of(world, quote).lines
    assert [it.price for it in of_quote.offers] == [priced, Money(1208_90, "USD")]
    await with_offers(world, AIR, price=Money(1000_00, "USD"))
    assert price_of(world, quote) == Money(1100_00, "USD")


# ---- what failed and is called off


async def failed(failure, **answer):
    """A world whose only request became FAILED, after an attempt that was answered like this."""
    world, quote = a_world(line(priced))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    world.external.orders.answers = [Answer(failure=failure, **answer)]
    if not failure.final:
        world.external.orders.looks = [Uncertain("timeout")] * 9
    while order_of(world).status == S.QUEUED:
        world.clock.move(seconds=20)
        await run(world, JobType.PLACE_VENDOR_ORDER)
    return world, quote


def placing(world):
    [job] = [it for it in world.memory.jobs.values() if it.kind == JobType.PLACE_VENDOR_ORDER]
    return job


async def until_placing_ends(world):
    while placing(world).status == JobStatus.WAITING:
        world.clock.move(seconds=20)
        await run(world, JobType.PLACE_VENDOR_ORDER)


async def reject(world, quote):
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("offerId",)), Verdict.REJECT))


async def call_off(world, quote):
    await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id))


async def close(world, quote):
    await cancel_quote(world.deps, OPERATOR, Close(quote.quote.id))


@pytest.mark.parametrize("ends", [reject, call_off, close])
async def test_a_failed_order_that_is_called_off_is_looked_for_and_cancelled_at_the_vendor(ends):
    world, quote = await failed(Uncertain("timeout"))
    assert (order_of(world).status, placing(world).status) == (S.FAILED, JobStatus.DEAD)
    await ends(world, quote)
    await until_placing_ends(world)
    await follow(world)
    assert world.external.orders.calls == ["cancel V-1"]
    assert (order_of(world).status, placing(world).status) == (S.CANCELLED, JobStatus.DONE)
    assert len(world.external.orders.posts) == 1


@pytest.mark.parametrize("ends", [reject, call_off, close])
async def test_a_failed_order_that_the_vendor_does_not_have_leaves_no_dead_job_when_it_is_called_off(ends):
    world, quote = await failed(Refused("400 brand"), does=False)
    await ends(world, quote)
    await until_placing_ends(world)
    assert (order_of(world).status, placing(world).status) == (S.CANCELLED, JobStatus.DONE)
    assert (world.external.orders.calls, len(world.external.orders.posts)) == ([], 1)


@pytest.mark.parametrize("ends", [call_off, close])
async def test_a_failed_order_of_an_accepted_line_is_called_off_like_a_request(ends):
    world, quote = a_world(line(priced))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("offerId",)), Verdict.ACCEPT))
    world.external.orders.answers = [Answer(failure=Uncertain("timeout"))]
    world.external.orders.looks = [Uncertain("timeout")] * 9
    while order_of(world).status == S.QUEUED:
        world.clock.move(seconds=20)
        await run(world, JobType.PLACE_VENDOR_ORDER)
    before = now_of(world, quote).quote.fulfilment_status
    await ends(world, quote)
    await until_placing_ends(world)
    assert now_of(world, quote).quote.fulfilment_status == before
    await follow(world)
    assert (world.external.orders.calls, order_of(world).status) == (["cancel V-1"], S.CANCELLED)


# ---- prices that could not be taken over, and those that were removed


def with_margin(world, quote, margin):
    tenant = world.memory.tenants[quote.quote.tenant_id]
    world.memory.tenants[tenant.id] = tenant._replace(vendor_margin=margin)


async def test_a_price_that_was_refused_for_its_currency_is_taken_over_once_its_item_is_asked_for_again():
    world, quote = a_world()
    with_margin(world, quote, "25.00 EUR")
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await report(world, order_of(world), "quoted", QUOTED)
    assert (order_of(world).attention, price_of(world, quote)) == (VendorAttention.OTHER_CURRENCY, None)
    again = RequestPrices(item_ids=(item_of(quote),))

    await request_vendor_prices(world.deps, OPERATOR, again)
    await follow(world)
    assert order_of(world).attention == VendorAttention.OTHER_CURRENCY, "the margin is as it was"
    with_margin(world, quote, "25.00 USD")
    await request_vendor_prices(world.deps, OPERATOR, again)
    await follow(world)
    assert (order_of(world).attention, order_of(world).problem) == (None, None)
    assert price_of(world, quote) == Money(1325_00, "USD")
    assert len(world.external.orders.posts) == 1


async def test_a_refusal_stays_what_an_operator_looks_at_though_the_price_is_in_another_currency():
    world, quote = a_world()
    with_margin(world, quote, "25.00 EUR")
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    order = order_of(world)
    refused = order._replace(attention=VendorAttention.REFUSED, problem="Not cancelled.")
    world.memory.orders[order.id] = refused
    await report(world, refused, "quoted", QUOTED)
    assert (order_of(world).attention, order_of(world).problem) == (VendorAttention.REFUSED, "Not cancelled.")
    assert (order_of(world).quoted_price, price_of(world, quote)) == (QUOTED, None)


async def test_prices_of_one_line_in_two_currencies_are_for_an_operator_until_they_are_in_one():
    world, quote, (one, other) = await two_places()
    await report(world, one, "quoted", QUOTED)
    await report(world, other, "quoted", Money(1200_00, "EUR"))
    requests = [world.memory.orders[it.id] for it in (one, other)]
    assert {(it.attention, "EUR and USD" in it.problem) for it in requests} == {(VendorAttention.OTHER_CURRENCY, True)}
    assert price_of(world, quote) is None
    commits = world.memory.commits
    await report(world, other, "quoted", Money(1200_00, "EUR"))
    assert world.memory.commits == commits, "nothing is tried again while nothing changes"

    await report(world, other, "quoted", Money(1200_00, "USD"))
    assert price_of(world, quote) == QUOTED
    assert {world.memory.orders[it.id].attention for it in (one, other)} == {None}


@pytest.mark.parametrize("before", [None, "1500.00"])
async def test_a_price_that_a_person_removes_is_the_vendors_again(before):
    world, quote = await asked()
    if before is not None:
        await by_hand(world, item_of(quote), before)
    nothing = QuotePrices({}, (ItemPrices(item_of(quote), {"price": None}),))
    await price_quote(world.deps, OPERATOR, PriceQuote(quote.quote.id, nothing))
    assert price_of(world, quote) is None
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    await follow(world, 100)
    assert price_of(world, quote) == priced
