"""What fails is told from the first failure on: by the job, and by what it is about; a success takes it off."""

from datetime import timedelta

import pytest

from domain.fulfilment.vendor_orders import VendorAttention, VendorOrderStatus
from domain.quotes.statuses import Verdict
from domain.shared.jobs import JobResult, JobStatus, JobType, NewJob, RetryPolicy
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from domain.use_cases.fulfilment.vendor_orders import CancelOrder, cancel_order
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from domain.use_cases.worker import dispatch
from tests.builders import TENANT, a_caller, a_quote, item_of, line, priced
from tests.claiming import claim_one
from tests.fakes.external import Answer
from tests.fakes.storage import World
from tests.following import OPERATOR, a_placed_order, follow, job_of, order_of, run

S = VendorOrderStatus
UNAUTHORIZED = Uncertain("Tecspal POST /orders/quote: 401 Unauthorized access", 401)
FAILURES = [
    UNAUTHORIZED,
    Uncertain("Tecspal POST /orders/quote: 403 Forbidden", 403),
    Uncertain("Tecspal POST /orders/quote: 503", 503),
    Uncertain("Tecspal POST /orders/quote: no answer within 10 seconds"),
    Uncertain("Tecspal POST /orders/quote: 201 with an answer that is not JSON", 201),
    Unavailable("Tecspal POST /orders/quote: no connection"),
]


async def an_accepted_line() -> World:
    world = World(retry_policy=RetryPolicy(retry_delays=(10, 10, 10), resend_after=timedelta(seconds=5)))
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    return world


def placing(world: World):
    [job] = [it for it in world.memory.jobs.values() if it.kind == JobType.PLACE_VENDOR_ORDER]
    return job


@pytest.mark.parametrize("failure", FAILURES, ids=str)
async def test_an_order_says_what_is_in_its_way_after_the_first_failure_and_no_longer_after_a_success(failure):
    world = await an_accepted_line()
    world.external.orders.answers = [Answer(does=False, failure=failure)]
    await run(world, JobType.PLACE_VENDOR_ORDER)
    order, job = order_of(world), placing(world)
    assert (order.status, order.problem) == (S.QUEUED, f"{type(failure).__name__}: {failure}")
    assert (job.status, job.failures, job.last_error, job.next_run_at) == (
        JobStatus.WAITING,
        1,
        order.problem,
        world.clock() + timedelta(seconds=10),
    )
    assert world.memory.event_types[-1] == "VENDOR_ORDER_UPDATED"

    world.clock.move(seconds=10)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert (order_of(world).status, order_of(world).problem) == (S.PENDING, None)
    assert (placing(world).failures, placing(world).last_error) == (0, None)


async def test_the_same_failure_again_is_counted_and_told_once():
    world = await an_accepted_line()
    for failed in (1, 2):
        world.external.orders.looks = [UNAUTHORIZED] if failed > 1 else []
        world.external.orders.answers = [Answer(does=False, failure=UNAUTHORIZED)]
        await run(world, JobType.PLACE_VENDOR_ORDER)
        world.clock.move(seconds=10)
        assert placing(world).failures == failed
    assert world.memory.event_types.count("VENDOR_ORDER_UPDATED") == 1


async def test_an_order_that_cannot_be_looked_at_says_so_until_it_can():
    world = await a_placed_order()
    world.external.orders.looks = [UNAUTHORIZED]
    await follow(world, 100)
    assert (order_of(world).status, order_of(world).problem) == (S.PENDING, f"Uncertain: {UNAUTHORIZED}")
    assert job_of(world).failures == 1
    await follow(world, 200)
    assert (order_of(world).problem, job_of(world).failures, job_of(world).last_error) == (None, 0, None)


async def test_a_wish_the_vendor_does_not_take_says_so_until_it_does_although_the_order_can_be_looked_at():
    world = await a_placed_order("quoted", priced)
    refusal = Unavailable("Tecspal POST /orders/confirm: no connection")
    for _ in range(2):
        world.external.orders.answers = [Answer(does=False, failure=refusal)]
        await follow(world, 100)
        assert order_of(world).problem == f"Unavailable: {refusal}"
    events = len(world.memory.events)
    world.external.orders.answers = [Answer(does=False, failure=refusal)]
    await follow(world, 100)
    assert (len(world.memory.events), job_of(world).failures) == (events, 3)
    await follow(world, 100)
    assert (order_of(world).status, order_of(world).problem, job_of(world).failures) == (S.ACCEPTED, None, 0)


async def test_what_an_operator_has_to_look_at_is_not_hidden_by_a_failure():
    world = await a_placed_order("quoted", priced)
    world.external.orders.answers = [Answer(does=False, failure=Refused("400 The Order cannot be confirmed"))]
    await follow(world, 100)
    world.external.orders.looks = [UNAUTHORIZED]
    await follow(world, 200)
    order = order_of(world)
    assert (order.attention, order.problem) == (VendorAttention.REFUSED, "400 The Order cannot be confirmed")
    assert job_of(world).failures == 1


async def test_an_order_that_was_called_off_meanwhile_stays_without_a_problem():
    world = await an_accepted_line()
    await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id))
    assert await dispatch.put_off(world.deps, placing(world), UNAUTHORIZED) == JobResult.FAILED
    assert (order_of(world).status, order_of(world).problem) == (S.CANCELLED, None)


async def test_letters_that_fail_are_failing_jobs_too():
    world = await an_accepted_line()
    world.external.mail.failures = [Uncertain("401")]
    await told_to_fail(world, JobType.SEND_ITEM_ACCEPTED)


async def test_tasks_that_fail_are_failing_jobs_too():
    world = await an_accepted_line()
    [quote_id] = world.memory.quotes
    task = NewJob(JobType.CREATE_TASK, f"task:{quote_id}", {"quoteId": quote_id})
    world.memory.enqueue(TENANT, task, world.clock())
    world.external.tasks.answers = [Answer(does=False, failure=Uncertain("401"))]
    await told_to_fail(world, JobType.CREATE_TASK)


async def told_to_fail(world: World, kind: JobType) -> None:
    job = await claimed(world, kind)
    assert await dispatch.run(world.deps, job) == JobResult.FAILED
    stored = world.memory.jobs[job.id]
    assert (stored.failures, stored.last_error, stored.status) == (1, "Uncertain: 401", JobStatus.WAITING)


async def claimed(world: World, kind: JobType):
    while (job := await claim_one(world.deps.jobs, "worker", world.clock())) is not None:
        if job.kind == kind:
            return job
        await world.deps.jobs.finish(job, world.clock())
    raise AssertionError(f"no job of kind {kind}")
