"""Lines that wait for the others of their order at the vendor, and alternatives that were selected of an order that is
replaced: both can be seen, and nothing else is bought meanwhile."""

import pytest

from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from domain.quotes.statuses import Verdict
from domain.shared.jobs import JobType
from domain.shared.outbound_errors import Refused
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    CompleteOrder,
    ConfirmOrder,
    RetryOrder,
    SelectAlternative,
    cancel_order,
    complete_order,
    confirm_order,
    retry_order,
    select_alternative,
)
from domain.use_cases.quotes.decisions import AcceptQuote, accept_quote
from tests.batches import decided, every_order_is_followed, orders, quoted
from tests.builders import a_caller, priced
from tests.fakes.external import Answer
from tests.following import GROUP, OPERATOR, a_placed_order, follow, order_of, run, tell

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


async def replaced(is_sent):
    """A world with an order that replaces one for which an alternative was selected."""
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
    return world, first, orders(world)[2]


@pytest.mark.parametrize("is_sent", [False, True], ids=["requested", "selected"])
async def test_an_order_that_replaces_one_with_a_selected_alternative_waits_for_an_operator(is_sent):
    world, first, again = await replaced(is_sent)
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


DROPPED = VendorAttention.ALTERNATIVE_DROPPED


async def placed_and_quoted(world):
    world.external.orders.word = "quoted"
    for _ in range(2):
        await run(world, JobType.PLACE_VENDOR_ORDER)
    for _ in range(3):
        await every_order_is_followed(world, 100)


@pytest.mark.parametrize("of_batch", [False, True])
async def test_an_order_without_its_alternative_waits_for_an_operator_after_it_was_completed(of_batch):
    world, _, again = await replaced(True)
    failed = again._replace(status=S.FAILED, batch_id=again.id if of_batch else None)
    world.memory.orders[again.id] = failed
    await complete_order(world.deps, OPERATOR, CompleteOrder(again.id, "other@x.example"))
    completed = orders(world)[-1]
    assert (completed.status, completed.attention, completed.id != again.id) == (S.QUEUED, DROPPED, of_batch)
    assert "Apple" in (completed.notice or "")
    await placed_and_quoted(world)
    held = orders(world)[-1]
    assert (held.status, held.asked, held.attention) == (S.QUOTED, None, DROPPED)


async def test_an_order_that_is_retried_after_the_vendor_cancelled_it_waits_without_its_alternative():
    world = await a_placed_order("quoted", None, alternatives=(GROUP,))
    await follow(world, 100)
    await select_alternative(world.deps, OPERATOR, SelectAlternative(order_of(world).id, "g", "c"))
    await follow(world, 100)
    tell(world, "cancelled", priced)
    await follow(world, 100)
    await retry_order(world.deps, OPERATOR, RetryOrder(order_of(world).id))
    again = orders(world)[-1]
    assert (again.status, again.attention) == (S.QUEUED, DROPPED)
    assert "Apple" in (again.notice or "")


async def test_an_order_without_its_alternative_waits_for_an_operator_after_it_was_lost_for_a_while():
    world, _, again = await replaced(True)
    await placed_and_quoted(world)
    world.external.orders.looks = [Refused("404")]
    await every_order_is_followed(world, 100)
    lost = world.memory.orders[again.id]
    assert (lost.status, lost.attention, lost.problem) == (S.QUOTED, DROPPED, "404")
