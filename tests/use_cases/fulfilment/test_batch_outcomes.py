"""Orders of several lines that do not end at the vendor as expected: nothing waits unseen, is lost or bought twice."""

import pytest

from domain.fulfilment.vendor_api import ReportedOrder
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from domain.quotes.statuses import FulfilmentStatus, Verdict
from domain.shared.jobs import JobStatus, JobType, NewJob, RetryPolicy
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    ConfirmOrder,
    RetryOrder,
    cancel_order,
    confirm_order,
    retry_order,
)
from domain.use_cases.fulfilment.vendor_prices import RequestPrices, request_vendor_prices
from domain.use_cases.jobs.dead_jobs import RetryJob, retry_job
from domain.use_cases.quotes.closings import AlreadyOrdered, Close, delete_quote
from domain.use_cases.quotes.decisions import AcceptQuote, accept_quote
from domain.use_cases.quotes.edits import RemoveItem, remove_item
from domain.use_cases.quotes.steps import OfferRef
from tests.batches import (
    a_batch,
    decided,
    every_order_is_followed,
    now_of,
    orders,
    run_until_dead,
)
from tests.builders import NOW, a_caller, a_quote, a_recipient, item_of, line, priced
from tests.fakes.external import Answer
from tests.fakes.storage import World
from tests.following import LOOK, OPERATOR, SETTLE, run, tell

S = VendorOrderStatus


async def accepted(*answers, lines=2):
    """A world where the lines were accepted while their prices were being requested."""
    world, quote = await a_batch(*answers, lines=lines)
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    return world, quote


async def test_an_order_that_has_no_price_for_one_line_is_for_an_operator_to_look_at(monkeypatch):
    world, _ = await accepted()
    warranty = orders(world)[1]

    async def answer(_code, vendor_id, ids):
        return [ReportedOrder(vendor_id, "QUOTED", None if it == warranty.id else priced) for it in ids]

    with monkeypatch.context() as patched:
        patched.setattr(world.external.orders, "order", answer)
        for _ in range(2):
            await every_order_is_followed(world, 100)
        assert [(it.asked, it.attention) for it in orders(world)] == [
            (VendorAction.CONFIRM, None),
            (None, VendorAttention.UNREADABLE_PRICE),
        ]
        await confirm_order(world.deps, OPERATOR, ConfirmOrder(warranty.id))
        await every_order_is_followed(world, 100)
    assert world.external.orders.calls == ["confirm V-1"]
    assert {it.status for it in orders(world)} == {S.ACCEPTED}


async def found_cancelled(world):
    """The vendor has cancelled the order of an attempt whose outcome was not known."""
    world.external.orders.reveal()
    world.external.orders.word = "cancelled"
    world.clock.move(seconds=10)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await every_order_is_followed(world)


async def test_an_order_that_is_found_cancelled_at_the_vendor_is_for_an_operator_to_look_at():
    world, quote = await accepted(Answer(shows=False, failure=Uncertain("timeout")))
    await found_cancelled(world)
    assert {(it.status, it.attention) for it in orders(world)} == {(S.CANCELLED, VendorAttention.CANCELLED_BY_VENDOR)}
    assert now_of(world, quote).quote.fulfilment_status != FulfilmentStatus.ORDERED


async def test_what_is_wanted_of_an_order_that_is_found_cancelled_is_ordered_again_if_a_line_was_called_off():
    world, quote = await a_batch(Answer(shows=False, failure=Uncertain("timeout")), lines=2)
    await decided(world, quote, 0, Verdict.REJECT)
    await decided(world, quote, 1)
    await found_cancelled(world)
    rejected, ended, again = orders(world)
    assert [(it.status, it.attention) for it in (rejected, ended)] == [(S.CANCELLED, None), (S.CANCELLED, None)]
    assert (again.item_id, again.status) == (ended.item_id, S.QUEUED)
    assert now_of(world, quote).lines[1].recipients[0].vendor_order_id == again.id


async def placed_twice(world):
    """The second line was placed alone, and then the order of both turns up."""
    await run_until_dead(world)
    first, second = orders(world)
    there = world.external.orders
    await retry_order(world.deps, OPERATOR, RetryOrder(second.id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    placed = world.memory.orders[second.id]
    assert placed.vendor_order_id not in (None, "V-1")
    there.done = dict.fromkeys((first.id, second.id), "V-1")
    there.reveal()
    await retry_order(world.deps, OPERATOR, RetryOrder(first.id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    return first, second, placed


async def test_an_order_that_turns_up_after_one_of_its_lines_was_placed_alone_is_cancelled():
    world, _ = await accepted(Answer(shows=False, failure=Uncertain("timeout")))
    first, second, placed = await placed_twice(world)
    there = world.external.orders
    assert [(it.item_id, it.vendor_order_id, it.asked) for it in orders(world)] == [
        (first.item_id, "V-1", None),
        (second.item_id, placed.vendor_order_id, None),
        (second.item_id, "V-1", VendorAction.CANCEL),
    ]
    await every_order_is_followed(world)
    assert there.calls == ["cancel V-1"]
    assert [(it.item_id, it.status) for it in orders(world) if it.vendor_order_id in (None, "V-1")] == [
        (first.item_id, S.CANCELLED),
        (second.item_id, S.CANCELLED),
        (first.item_id, S.QUEUED),
    ]


async def test_a_price_request_that_the_vendor_has_twice_orders_nothing():
    world, quote = await a_batch(Answer(shows=False, failure=Uncertain("timeout")), lines=2)
    await placed_twice(world)
    tell(world, "quoted", priced)
    for _ in range(3):
        await every_order_is_followed(world, 100)
    assert [it for it in world.external.orders.calls if it.startswith("confirm")] == []
    assert {it.is_price_request for it in orders(world)} == {True}
    assert now_of(world, quote).quote.fulfilment_status == FulfilmentStatus.NONE


async def test_an_order_that_the_vendor_has_twice_and_does_not_cancel_names_the_one_that_is_wanted():
    world, _ = await accepted(Answer(shows=False, failure=Uncertain("timeout")))
    _, _, placed = await placed_twice(world)
    world.external.orders.answers = [Answer(does=False, failure=Refused("400"))]
    await every_order_is_followed(world)
    world.external.orders.answers = []
    tell(world, "quoted")
    for _ in range(2):
        await every_order_is_followed(world, 100)
    surplus = orders(world)[2]
    assert (surplus.status, surplus.attention, surplus.asked) == (S.QUOTED, VendorAttention.REFUSED, None)
    assert f"order {placed.order_number or placed.vendor_order_id} is the wanted one" in (surplus.notice or "")
    assert "confirm V-1" not in world.external.orders.calls


async def one_request(*answers):
    """A price request of one line beside another line, whose job is dead."""
    world = World(retry_policy=RetryPolicy(retry_delays=(10,), resend_after=SETTLE, poll_interval=LOOK))
    other = line(priced, recipients=[a_recipient(email="other@x.example")])
    quote = world.memory.keep(a_quote(line(priced), other))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(item_ids=(item_of(quote),)))
    world.external.orders.answers = list(answers)
    for _ in answers:
        await run(world, JobType.PLACE_VENDOR_ORDER)
        world.clock.move(seconds=SETTLE.seconds)
    assert orders(world)[0].status == S.FAILED
    return world, quote


async def gone(world, quote, deletes):
    if deletes:
        await delete_quote(world.deps, OPERATOR, Close(quote.quote.id))
    else:
        await remove_item(world.deps, a_caller(), RemoveItem(OfferRef(item_of(quote), ("itemId",))))


@pytest.mark.parametrize("deletes", [False, True])
async def test_a_request_that_may_have_reached_the_vendor_keeps_its_item_until_it_is_looked_for(deletes):
    world, quote = await one_request(*[Answer(shows=False, failure=Uncertain("timeout"))] * 2)
    with pytest.raises(AlreadyOrdered, match="FAILED"):
        await gone(world, quote, deletes)
    [request] = orders(world)
    await cancel_order(world.deps, OPERATOR, CancelOrder(request.id))
    with pytest.raises(AlreadyOrdered, match="looked for"):
        await gone(world, quote, deletes)
    world.external.orders.reveal()
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await every_order_is_followed(world, 100)
    assert len(world.external.orders.calls) == 1
    await gone(world, quote, deletes)


@pytest.mark.parametrize("deletes", [False, True])
async def test_a_request_that_was_not_sent_goes_with_its_item(deletes):
    world, quote = await one_request(*[Answer(does=False, failure=Unavailable("no connection"))] * 2)
    await gone(world, quote, deletes)


async def test_a_dry_run_that_retries_the_job_of_a_line_of_a_batch_changes_nothing():
    world, _ = await a_batch(Answer(does=False, failure=Refused("400")), lines=2)
    second = orders(world)[1]
    one = NewJob(JobType.PLACE_VENDOR_ORDER, f"vendor-order:{second.id}", {"vendorOrderId": second.id})
    world.memory.enqueue(second.tenant_id, one, NOW)
    [old] = [it for it in world.memory.jobs.values() if "vendorOrderId" in it.payload]
    world.memory.jobs[old.id] = old._replace(status=JobStatus.DEAD)
    before, commits = dict(world.memory.jobs), world.memory.commits
    await retry_job(world.deps, OPERATOR, RetryJob(old.id, dry_run=True))
    assert (world.memory.jobs, world.memory.commits) == (before, commits)
    world.clock.move(seconds=SETTLE.seconds)
    await retry_job(world.deps, OPERATOR, RetryJob(old.id))
    assert world.memory.commits == commits + 1
