"""Lines that wait for the others of their order at the vendor, and alternatives that were selected of an order that is
replaced: both can be seen, and nothing else is bought meanwhile."""

import pytest

from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from domain.quotes.statuses import Verdict
from domain.shared.jobs import JobType
from domain.shared.outbound_errors import Refused
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    ConfirmOrder,
    SelectAlternative,
    cancel_order,
    confirm_order,
    select_alternative,
)
from domain.use_cases.quotes.decisions import AcceptQuote, accept_quote
from tests.batches import decided, every_order_is_followed, orders, quoted
from tests.builders import a_caller, priced
from tests.fakes.external import Answer
from tests.following import GROUP, OPERATOR, run, tell

S = VendorOrderStatus


async def test_an_accepted_line_says_which_items_it_waits_for_until_they_are_decided():
    world, quote = await quoted(3)
    await decided(world, quote, 0)
    for _ in range(3):
        await every_order_is_followed(world, 100)
    waits = orders(world)[0]
    assert (waits.asked, waits.attention) == (VendorAction.CONFIRM, None)
    assert "2 (" in (waits.problem or "")
    assert "3 (" in (waits.problem or "")
    said = len(world.memory.events)
    await every_order_is_followed(world, 100)
    assert len(world.memory.events) == said, "it is said once"
    for number in (1, 2):
        await decided(world, quote, number)
        await every_order_is_followed(world, 100)
    assert {(it.status, it.problem) for it in orders(world)} == {(S.ACCEPTED, None)}


async def test_an_accepted_line_is_flagged_when_the_vendor_does_not_cancel_its_order_for_a_rejected_one():
    world, quote = await quoted(2)
    await decided(world, quote, 0)
    await decided(world, quote, 1, Verdict.REJECT)
    world.external.orders.answers = [Answer(does=False, failure=Refused("400"))]
    for _ in range(3):
        await every_order_is_followed(world, 100)
    assert [it.attention for it in orders(world)] == [VendorAttention.REFUSED] * 2
    await cancel_order(world.deps, OPERATOR, CancelOrder(orders(world)[1].id))
    for _ in range(2):
        await every_order_is_followed(world, 100)
    assert world.external.orders.calls == ["cancel V-1"] * 2
    assert [it.status for it in orders(world)] == [S.CANCELLED, S.CANCELLED, S.QUEUED]


@pytest.mark.parametrize("is_sent", [False, True], ids=["requested", "selected"])
async def test_an_order_that_replaces_one_with_a_selected_alternative_waits_for_an_operator(is_sent):
    world, quote = await quoted(2)
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    first, second = orders(world)
    for order in (first, second):
        # Before the vendor is asked to confirm.
        world.memory.orders[order.id] = order._replace(asked=None, alternatives=(GROUP,))
    tell(world, "quoted", priced, alternatives=(GROUP,))
    await select_alternative(world.deps, OPERATOR, SelectAlternative(first.id, "g", "c"))
    if is_sent:
        await every_order_is_followed(world, 100)
        assert orders(world)[0].selected is not None
    await cancel_order(world.deps, OPERATOR, CancelOrder(second.id))
    for _ in range(3):
        await every_order_is_followed(world, 100)
    again = orders(world)[2]
    assert (again.attention, again.item_id) == (VendorAttention.ALTERNATIVE_DROPPED, first.item_id)
    assert "Apple" in (again.notice or "")
    tell(world, "quoted", priced)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    for _ in range(3):
        await every_order_is_followed(world, 100)
    held = orders(world)[2]
    assert (held.status, held.asked, held.attention) == (S.QUOTED, None, VendorAttention.ALTERNATIVE_DROPPED)
    await confirm_order(world.deps, OPERATOR, ConfirmOrder(held.id))
    await every_order_is_followed(world, 100)
    assert (orders(world)[2].status, world.external.orders.calls[-1]) == (S.ACCEPTED, "confirm V-2")
