"""Orders that the vendor does not cancel stay before an operator, whatever it reports: none is bought by itself."""

import pytest

from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from domain.quotes.statuses import Verdict
from domain.shared.money import Money
from domain.shared.outbound_errors import Refused
from domain.use_cases.fulfilment.vendor_orders import CancelOrder, ConfirmOrder, cancel_order, confirm_order
from domain.use_cases.quotes.decisions import AcceptQuote, accept_quote
from tests.batches import a_batch, decided, every_order_is_followed, orders, quoted
from tests.builders import a_caller, priced
from tests.fakes.external import Answer
from tests.following import OPERATOR, a_placed_order, follow, order_of, tell

S, REFUSED = VendorOrderStatus, VendorAttention.REFUSED
CHEAPER, DEARER = Money(priced.minor - 1, priced.currency), Money(priced.minor + 1, priced.currency)


async def refused(world):
    world.external.orders.answers = [Answer(does=False, failure=Refused("400"))]
    await every_order_is_followed(world, 100)
    world.external.orders.answers = []
    assert [it.attention for it in orders(world)] == [REFUSED] * len(orders(world))


async def reported(world, *prices):
    for price in prices:
        tell(world, "quoted", price)
        for _ in range(2):
            await every_order_is_followed(world, 100)
        assert [(it.status, it.attention, it.asked) for it in orders(world)] == [(S.QUOTED, REFUSED, None)] * 2
    assert world.external.orders.calls == ["cancel V-1"]


async def test_an_accepted_line_beside_one_that_is_not_cancelled_stays_flagged_when_both_are_quoted():
    world, quote = await a_batch(lines=2)
    await decided(world, quote, 0)
    await decided(world, quote, 1, Verdict.REJECT)
    await refused(world)
    await reported(world, priced, DEARER, CHEAPER)


async def both_accepted_and_one_cancelled(world, quote):
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    await cancel_order(world.deps, OPERATOR, CancelOrder(orders(world)[1].id))
    await refused(world)


async def test_a_line_that_an_operator_cancelled_is_not_bought_when_it_is_quoted_or_gets_another_price():
    world, quote = await a_batch(lines=2)
    await both_accepted_and_one_cancelled(world, quote)
    await reported(world, priced, DEARER, CHEAPER)
    for order in orders(world):
        await confirm_order(world.deps, OPERATOR, ConfirmOrder(order.id))
    await every_order_is_followed(world, 100)
    assert {(it.status, it.attention) for it in orders(world)} == {(S.ACCEPTED, None)}


async def test_a_confirmation_that_waits_beside_a_refusal_is_dropped_if_the_price_rises():
    world, quote = await quoted(2)
    await both_accepted_and_one_cancelled(world, quote)
    await reported(world, DEARER, CHEAPER)


@pytest.mark.parametrize("price", [priced, CHEAPER])
async def test_a_single_order_that_is_not_cancelled_is_not_bought_when_it_is_quoted(price):
    world = await a_placed_order()
    await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id))
    world.external.orders.answers = [Answer(does=False, failure=Refused("400"))]
    await follow(world, 100)
    tell(world, "quoted", price)
    await follow(world, 100)
    assert (order_of(world).status, order_of(world).attention, order_of(world).asked) == (S.QUOTED, REFUSED, None)
    await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id))
    assert (order_of(world).attention, order_of(world).asked) == (None, VendorAction.CANCEL)


async def test_a_refusal_is_still_there_after_the_vendor_lost_the_order_for_a_while():
    world, quote = await a_batch(lines=2)
    await both_accepted_and_one_cancelled(world, quote)
    world.external.orders.looks = [Refused("404")]
    await every_order_is_followed(world, 100)
    assert [(it.attention, it.problem) for it in orders(world)] == [(REFUSED, "404")] * 2
