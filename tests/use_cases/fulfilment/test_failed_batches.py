"""Orders of several lines that fail, killed workers and jobs of an earlier version: each line is ordered once."""

import pytest

from domain.fulfilment.vendor_orders import VendorOrderStatus
from domain.quotes.statuses import Verdict
from domain.shared.jobs import JobStatus, JobType, NewJob, RetryPolicy
from domain.shared.outbound_errors import Refused, Uncertain
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    CompleteOrder,
    RetryOrder,
    cancel_order,
    complete_order,
    retry_order,
)
from domain.use_cases.fulfilment.vendor_placing import place_vendor_order
from domain.use_cases.fulfilment.vendor_prices import RequestPrices, request_vendor_prices
from domain.use_cases.jobs.dead_jobs import RetryJob, retry_job
from domain.use_cases.quotes.closings import AlreadyOrdered
from domain.use_cases.quotes.decisions import (
    AcceptQuote,
    Decide,
    accept_quote,
    decide,
)
from domain.use_cases.quotes.edits import RemoveItem, remove_item
from domain.use_cases.quotes.steps import OfferRef
from tests.batches import (
    Killed,
    a_batch,
    dispatch_following,
    now_of,
    orders,
    quoted,
    run_until_dead,
)
from tests.builders import NOW, a_caller, a_quote, item_of, line, priced
from tests.claiming import claim_one
from tests.fakes.external import Answer
from tests.fakes.storage import World
from tests.following import LOOK, OPERATOR, SETTLE, follow, run

S = VendorOrderStatus


async def test_an_order_that_the_vendor_refuses_fails_with_all_its_lines_and_is_retried_with_them():
    world, _ = await a_batch(Answer(does=False, failure=Refused("400")), lines=2)
    assert {it.status for it in orders(world)} == {S.FAILED}
    [dead] = [it for it in world.memory.jobs.values() if it.status == JobStatus.DEAD]
    world.clock.move(seconds=SETTLE.seconds)
    await retry_job(world.deps, OPERATOR, RetryJob(dead.id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert {(it.status, it.vendor_order_id) for it in orders(world)} == {(S.PENDING, "V-2")}


async def test_one_line_of_a_failed_order_is_placed_alone_by_the_job_that_knows_what_was_sent():
    world, _ = await a_batch(Answer(does=False, failure=Refused("400")), lines=2)
    second = orders(world)[1]
    world.clock.move(seconds=SETTLE.seconds)
    await retry_order(world.deps, OPERATOR, RetryOrder(second.id))
    assert sum(key.startswith("vendor-order:") for key in world.memory.job_keys) == 1
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert [it.status for it in orders(world)] == [S.FAILED, S.PENDING]
    assert orders(world)[1].batch_id is None


@pytest.mark.parametrize("number", [0, 1])
async def test_a_line_of_a_failed_order_stays_as_long_as_the_others_can_be_retried(number):
    world, quote = await a_batch(Answer(does=False, failure=Refused("400")), lines=2)
    this, other = (item_of(quote, it) for it in (number, 1 - number))
    with pytest.raises(AlreadyOrdered):
        await remove_item(world.deps, a_caller(), RemoveItem(OfferRef(this, ("itemId",))))
    await decide(world.deps, a_caller(), Decide(OfferRef(other, ("offerId",)), Verdict.REJECT))
    # What the vendor has refused is looked for nevertheless before its item goes.
    await cancel_order(world.deps, OPERATOR, CancelOrder(orders(world)[number].id))
    world.clock.move(seconds=SETTLE.seconds)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await remove_item(world.deps, a_caller(), RemoveItem(OfferRef(this, ("itemId",))))
    assert [it.item.id for it in now_of(world, quote).lines] == [other]


async def test_a_worker_that_is_killed_after_it_cancelled_loses_no_line_and_orders_none_twice():
    world, quote = await quoted(2)
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    await cancel_order(world.deps, OPERATOR, CancelOrder(orders(world)[1].id))
    world.external.orders.answers = [Answer(failure=Killed())]
    with pytest.raises(Killed):
        await dispatch_following(world)
    for _ in range(3):
        await dispatch_following(world)
        world.clock.move(seconds=100)
    assert world.external.orders.calls == ["cancel V-1"]
    assert [(it.item_id, it.status) for it in orders(world)] == [
        (item_of(quote, 0), S.CANCELLED),
        (item_of(quote, 1), S.CANCELLED),
        (item_of(quote, 0), S.QUEUED),
    ]


async def test_a_worker_that_is_killed_after_it_placed_an_order_finds_it_with_all_its_lines():
    world = World(retry_policy=RetryPolicy(retry_delays=(10,) * 9, resend_after=SETTLE, poll_interval=LOOK))
    quote = world.memory.keep(a_quote(line(priced), line(priced)))
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    world.external.orders.answers = [Answer(failure=Killed())]
    with pytest.raises(Killed):
        await place_vendor_order(world.deps, await claim_one(world.deps.jobs, "killed", world.clock()))
    await place_vendor_order(world.deps, await claim_one(world.deps.jobs, "worker", world.clock()))
    assert len(world.external.orders.posts) == 1
    assert {(it.status, it.vendor_order_id) for it in orders(world)} == {(S.PENDING, "V-1")}


async def test_a_line_that_goes_to_another_person_leaves_a_failed_order():
    world, quote = await a_batch(Answer(does=False, failure=Refused("400")), lines=3)
    same = orders(world)[1].employee_email
    for order, address in zip(orders(world)[:2], ("bruno@x.example", same), strict=True):
        await complete_order(world.deps, OPERATOR, CompleteOrder(order.id, employee_email=address))
    world.clock.move(seconds=SETTLE.seconds)
    for _ in range(2):
        await run(world, JobType.PLACE_VENDOR_ORDER)
    sent = {it.external_item_id: (it.employee_email, len(it.more)) for it in world.external.orders.posts[1:]}
    first, second, third, another = orders(world)
    assert (first.status, third.status, another.item_id) == (S.CANCELLED, S.FAILED, item_of(quote, 0))
    assert sent == {another.id: ("bruno@x.example", 0), second.id: (same, 0)}
    assert now_of(world, quote).lines[0].recipients[0].vendor_order_id == another.id
    assert another.is_price_request
    assert another.price_basis is not None


async def test_a_line_that_was_placed_before_it_went_to_another_person_is_not_ordered_twice():
    world, _ = await a_batch(Answer(shows=False, failure=Uncertain("timeout")), lines=2)
    await run_until_dead(world)
    await complete_order(world.deps, OPERATOR, CompleteOrder(orders(world)[0].id, employee_email="bruno@x.example"))
    world.external.orders.reveal()
    await retry_order(world.deps, OPERATOR, RetryOrder(orders(world)[1].id))
    for _ in range(2):
        await run(world, JobType.PLACE_VENDOR_ORDER)
    first, second, another = orders(world)
    assert [(it.vendor_order_id, it.asked) for it in (first, second)] == [("V-1", "CANCEL"), ("V-1", None)]
    last = world.external.orders.posts[-1]
    assert (last.external_item_id, last.employee_email, last.more) == (another.id, "bruno@x.example", ())


async def test_a_line_that_joins_the_next_attempt_does_not_place_the_others_again():
    world, _ = await a_batch(Answer(does=False, failure=Refused("400")), lines=2)
    world.external.orders.answers = [Answer(failure=Uncertain("timeout"))]
    world.clock.move(seconds=SETTLE.seconds)
    await retry_order(world.deps, OPERATOR, RetryOrder(orders(world)[1].id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    await retry_order(world.deps, OPERATOR, RetryOrder(orders(world)[0].id))
    for _ in range(3):
        world.clock.move(seconds=SETTLE.seconds)
        await run(world, JobType.PLACE_VENDOR_ORDER)
    assert [(it.external_item_id, len(it.more)) for it in world.external.orders.posts[1:]] == [
        (orders(world)[1].id, 0),
        (orders(world)[0].id, 0),
    ]
    assert [it.vendor_order_id for it in orders(world)] == ["V-3", "V-2"]


async def test_a_line_that_cannot_be_placed_does_not_keep_the_others_from_it():
    world = World()
    quote = world.memory.keep(a_quote(*(line(priced) for _ in range(3))))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    first = orders(world)[0]
    world.memory.orders[first.id] = first._replace(employee_email=None)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert [it.status for it in orders(world)] == [S.NEEDS_DATA, S.PENDING, S.PENDING]
    [sent] = world.external.orders.posts
    assert [it.external_item_id for it in (sent, *sent.more)] == [it.id for it in orders(world)[1:]]


async def test_a_job_of_a_version_without_batches_leaves_a_batch_to_its_own_job():
    world = World()
    quote = world.memory.keep(a_quote(line(priced), line(priced)))
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    [job] = [it for it in world.memory.jobs.values() if it.kind == JobType.PLACE_VENDOR_ORDER]
    first, second = orders(world)
    # The earlier version had a job for each order, and its worker reads the id of an order.
    assert "vendorOrderId" not in job.payload
    one = NewJob(job.kind, f"vendor-order:{second.id}", {"vendorOrderId": second.id})
    world.memory.enqueue(second.tenant_id, one, NOW)
    for _ in range(2):
        await run(world, JobType.PLACE_VENDOR_ORDER)
    [sent] = world.external.orders.posts
    assert [it.external_item_id for it in (sent, *sent.more)] == [first.id, second.id]


async def test_the_jobs_of_a_version_without_batches_place_and_follow_their_orders():
    world = World()
    quote = world.memory.keep(a_quote(line(priced), line(priced)))
    await accept_quote(world.deps, a_caller(), AcceptQuote(quote.quote.id))
    world.memory.jobs.clear()
    for order in orders(world):
        world.memory.orders[order.id] = order._replace(batch_id=None)
        payload = {"vendorOrderId": order.id}
        one = NewJob(JobType.PLACE_VENDOR_ORDER, f"vendor-order:{order.id}", payload)
        world.memory.enqueue(order.tenant_id, one, NOW)
    for _ in range(2):
        await run(world, JobType.PLACE_VENDOR_ORDER)
    assert {it.vendor_order_id for it in orders(world)} == {"V-1", "V-2"}
    for _ in range(2):
        await follow(world, 100)
    assert sum(key.startswith("follow:") for key in world.memory.job_keys) == 2
