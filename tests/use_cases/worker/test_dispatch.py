"""What follows from events: which jobs they cause, and that a call which must not happen twice does not."""

from datetime import timedelta

import pytest

from domain.fulfilment.vendor_orders import VendorOrderStatus
from domain.quotes.statuses import Verdict
from domain.shared.errors import InvalidInput, NotFound
from domain.shared.ids import new_id
from domain.shared.jobs import JobStatus, JobType, NewJob, RetryPolicy
from domain.shared.messages import EmailKind
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from domain.use_cases.fulfilment.vendor_orders import RetryOrder, retry_order
from domain.use_cases.jobs.dead_jobs import DiscardJob, NotDead, RetryJob, discard_job, retry_job
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from domain.use_cases.worker import dispatch
from tests.builders import TENANT, a_caller, a_quote, item_of, line, priced
from tests.claiming import claim_one
from tests.fakes.external import Answer
from tests.fakes.storage import MemoryUnitOfWork, World

SETTLE = timedelta(seconds=60)
OPERATOR = a_caller(None)


async def an_accepted_quote(**quote_fields):
    """A world where one line was accepted; its order is queued and nothing was sent yet."""
    world = World(retry_policy=RetryPolicy(retry_delays=(10, 10, 100, 10), resend_after=SETTLE))
    quote = world.memory.keep(a_quote(line(priced), **quote_fields))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    return world


async def run_due(world: World, kind: JobType = JobType.PLACE_VENDOR_ORDER) -> None:
    """Run what is due of one kind once; other kinds are put out of the way."""
    world.memory.jobs = {key: job for key, job in world.memory.jobs.items() if job.kind == kind}
    if (job := await claim_one(world.deps.jobs, "worker", world.clock())) is not None:
        await dispatch.run(world.deps, job)


async def run_after(world: World, seconds: float, kind: JobType = JobType.PLACE_VENDOR_ORDER) -> None:
    world.clock.move(seconds=seconds)
    await run_due(world, kind)


def the_order(world: World):
    [order] = world.memory.orders.values()
    return order


def the_job(world: World):
    others = (JobType.SEND_ITEM_ACCEPTED, JobType.FOLLOW_VENDOR_ORDER)
    [job] = [it for it in world.memory.jobs.values() if it.kind not in others]
    return job


async def test_an_acceptance_sends_one_letter_to_each_address_and_places_the_order():
    world = await an_accepted_quote(notification_emails=("cfo@austral.example", "it@austral.example"))
    kinds = [(job.kind, job.payload.get("to")) for job in world.memory.jobs.values()]
    assert kinds == [
        (JobType.SEND_ITEM_ACCEPTED, "it@austral.example"),
        (JobType.SEND_ITEM_ACCEPTED, "cfo@austral.example"),
        (JobType.PLACE_VENDOR_ORDER, None),
    ]


async def test_a_placed_order_carries_our_id_and_keeps_the_vendors():
    world = await an_accepted_quote()
    await run_due(world)
    [sent] = world.external.orders.posts
    order = the_order(world)
    assert (sent.external_item_id, sent.company_code) == (order.id, "AUSTRAL")
    assert (order.status, order.vendor_order_id, order.order_number) == (VendorOrderStatus.PENDING, "V-1", "N-V-1")
    assert the_job(world).status == JobStatus.DONE
    assert world.memory.event_types[-1] == "VENDOR_ORDER_PLACED"


async def test_a_first_attempt_does_not_look_for_an_order_that_cannot_be_there():
    world = await an_accepted_quote()
    world.external.orders.looks = [AssertionError("looked")]
    await run_due(world)
    assert the_order(world).status == VendorOrderStatus.PENDING


async def test_a_vendor_that_is_down_is_asked_again_and_then_has_the_order_once():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(does=False, failure=Unavailable("no connection"))]
    await run_due(world)
    assert (the_job(world).status, the_job(world).last_error) == (JobStatus.WAITING, "Unavailable: no connection")
    assert the_order(world).status == VendorOrderStatus.QUEUED

    await run_after(world, 10)
    assert the_order(world).status == VendorOrderStatus.PENDING
    assert len(world.external.orders.done) == 1


async def test_an_order_whose_answer_was_lost_is_found_and_adopted_not_posted_again():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(failure=Uncertain("no answer"))]
    await run_due(world)
    assert the_order(world).status == VendorOrderStatus.QUEUED

    await run_after(world, 10)
    assert len(world.external.orders.posts) == 1
    assert (the_order(world).status, the_order(world).vendor_order_id) == (VendorOrderStatus.PENDING, "V-1")
    assert the_job(world).status == JobStatus.DONE


async def test_an_order_that_appears_late_is_adopted_because_nobody_posts_before_things_settle():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(shows=False, failure=Uncertain("no answer"))]
    await run_due(world)
    await run_after(world, 10)
    await run_after(world, 10)
    assert len(world.external.orders.posts) == 1
    assert the_job(world).last_error is not None

    world.external.orders.reveal()
    await run_after(world, 100)
    assert len(world.external.orders.posts) == 1
    assert the_order(world).vendor_order_id == "V-1"


async def test_an_order_that_is_still_not_there_when_things_settled_is_posted_once_more():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(does=False, failure=Uncertain("no answer"))]
    await run_due(world)
    await run_after(world, 10)
    await run_after(world, 10)
    assert len(world.external.orders.posts) == 1

    await run_after(world, 100)
    assert len(world.external.orders.posts) == 2
    assert the_order(world).status == VendorOrderStatus.PENDING


async def test_a_second_lost_answer_starts_the_wait_again():
    world = await an_accepted_quote()
    lost = Answer(does=False, failure=Uncertain("no answer"))
    world.external.orders.answers = [lost, lost]
    await run_due(world)
    for seconds in (10, 10, 100, 10):
        await run_after(world, seconds)
    assert len(world.external.orders.posts) == 2


async def test_a_refused_order_is_dead_at_once_and_says_so():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(does=False, failure=Refused("400 brand"))]
    await run_due(world)
    assert (the_job(world).status, the_job(world).last_error) == (JobStatus.DEAD, "Refused: 400 brand")
    assert (the_order(world).status, the_order(world).problem) == (VendorOrderStatus.FAILED, "Refused: 400 brand")
    assert world.memory.event_types[-1] == "VENDOR_ORDER_FAILED"


async def test_a_job_dies_and_its_order_fails_in_one_commit_or_not_at_all(monkeypatch):
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(does=False, failure=Refused("400 brand"))]
    commits = world.memory.commits
    await run_due(world)
    assert world.memory.commits == commits + 1

    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(does=False, failure=Refused("400 brand"))]

    async def cut_off(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(MemoryUnitOfWork, "commit", cut_off)
    with pytest.raises(ConnectionError):
        await run_due(world)
    assert (the_job(world).status, the_order(world).status) == (JobStatus.WAITING, VendorOrderStatus.QUEUED)


async def test_a_job_is_dead_at_the_end_of_our_patience():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(does=False, failure=Unavailable("no connection"))] * 9
    await run_due(world)
    for seconds in (10, 10, 100):
        await run_after(world, seconds)
    assert the_order(world).status == VendorOrderStatus.QUEUED

    await run_after(world, 10)
    assert the_job(world).status == JobStatus.DEAD
    assert the_order(world).status == VendorOrderStatus.FAILED


async def test_an_order_whose_success_cannot_be_read_is_found_at_the_next_attempt():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(failure=Uncertain("200 with an answer that is not JSON"))]
    await run_due(world)
    await run_after(world, 10)
    assert len(world.external.orders.posts) == 1
    assert the_order(world).vendor_order_id == "V-1"


async def test_a_server_error_after_which_the_order_is_there_does_not_order_twice():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(failure=Uncertain("500"))]
    await run_due(world)
    await run_after(world, 10)
    assert len(world.external.orders.posts) == 1


class Killed(BaseException):
    """The worker's process ends here."""


async def test_a_worker_killed_while_the_vendor_answers_leaves_an_order_that_the_next_one_adopts():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(failure=Killed())]
    with pytest.raises(Killed):
        await run_due(world)
    assert the_job(world).sent_at is not None

    await run_after(world, 30)
    assert len(world.external.orders.posts) == 1
    assert the_order(world).vendor_order_id == "V-1"


async def test_a_worker_killed_before_the_vendor_showed_the_order_makes_the_next_one_wait():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(does=False, failure=Killed())]
    with pytest.raises(Killed):
        await run_due(world)

    await run_after(world, 30)
    assert len(world.external.orders.posts) == 1
    await run_after(world, 31)
    assert len(world.external.orders.posts) == 2


async def test_a_worker_that_overslept_its_lease_does_not_post_what_the_next_one_posted():
    world = await an_accepted_quote()
    world.memory.jobs = {key: it for key, it in world.memory.jobs.items() if it.kind == JobType.PLACE_VENDOR_ORDER}
    overslept = await claim_one(world.deps.jobs, "worker", world.clock())
    assert overslept is not None
    await run_after(world, 31)
    await dispatch.run(world.deps, overslept)
    assert len(world.external.orders.posts) == 1
    assert the_job(world).status == JobStatus.DONE


async def test_the_failure_of_a_worker_that_overslept_its_lease_does_not_fail_the_order():
    world = await an_accepted_quote()
    overslept = the_job(world)._replace(attempts=1)
    world.memory.jobs[overslept.id] = overslept._replace(attempts=2)
    await dispatch.put_off(world.deps, overslept, Refused("400"))
    assert the_order(world).status == VendorOrderStatus.QUEUED
    assert the_job(world).status == JobStatus.WAITING


async def test_a_vendor_that_refuses_to_say_what_it_has_is_asked_again_before_anything_is_posted():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(failure=Uncertain("no answer"))]
    world.external.orders.looks = [Refused("400")]
    await run_due(world)
    await run_after(world, 10)
    assert (the_job(world).status, len(world.external.orders.posts)) == (JobStatus.WAITING, 1)

    await run_after(world, 10)
    assert the_order(world).vendor_order_id == "V-1"
    assert len(world.external.orders.posts) == 1


async def test_a_job_run_again_after_its_work_was_done_does_nothing():
    world = await an_accepted_quote()
    await run_due(world)
    done, events = the_job(world), len(world.memory.events)
    await dispatch.run(world.deps, done._replace(status=JobStatus.WAITING, attempts=2))
    assert len(world.external.orders.posts) == 1
    assert len(world.memory.events) == events


async def test_an_unknown_word_of_the_vendor_means_work_in_progress():
    world = await an_accepted_quote()
    world.external.orders.word = "being_polished"
    await run_due(world)
    assert the_order(world).status == VendorOrderStatus.IN_PROGRESS


async def test_a_dead_order_retried_looks_first_and_is_then_placed_once():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(failure=Refused("400, and yet it is there"))]
    await run_due(world)
    await retry_job(world.deps, OPERATOR, RetryJob(the_job(world).id))
    assert the_order(world).status == VendorOrderStatus.QUEUED
    assert world.memory.event_types[-1] == "VENDOR_ORDER_REQUEUED"

    await run_due(world)
    assert len(world.external.orders.posts) == 1
    assert the_order(world).status == VendorOrderStatus.PENDING


async def test_a_retried_job_does_not_forget_a_call_whose_fate_is_open():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(does=False, failure=Uncertain("no answer"))]
    await run_due(world)
    world.memory.jobs[the_job(world).id] = the_job(world)._replace(status=JobStatus.DEAD)
    await retry_job(world.deps, OPERATOR, RetryJob(the_job(world).id))
    await run_due(world)
    assert len(world.external.orders.posts) == 1


async def test_only_a_dead_job_can_be_retried():
    world = await an_accepted_quote()
    await run_due(world)
    with pytest.raises(NotDead):
        await retry_job(world.deps, OPERATOR, RetryJob(the_job(world).id))


async def a_refused_order():
    world = await an_accepted_quote()
    world.external.orders.answers = [Answer(does=False, failure=Refused("400"))]
    await run_due(world)
    return world


async def test_a_discarded_job_is_not_run_again_and_leaves_its_order_failed():
    world = await a_refused_order()
    world.clock.move(seconds=5)
    await discard_job(world.deps, OPERATOR, DiscardJob(the_job(world).id))
    job = the_job(world)
    assert (job.status, job.finished_at, job.next_run_at) == (JobStatus.DISCARDED, world.clock(), None)
    world.clock.move(days=1)
    await run_due(world)
    assert the_order(world).status == VendorOrderStatus.FAILED


async def test_only_a_dead_job_can_be_discarded_and_a_discarded_one_is_not_retried():
    world = await an_accepted_quote()
    with pytest.raises(NotDead):
        await discard_job(world.deps, OPERATOR, DiscardJob(the_job(world).id))
    world = await a_refused_order()
    await discard_job(world.deps, OPERATOR, DiscardJob(the_job(world).id))
    for again in (
        discard_job(world.deps, OPERATOR, DiscardJob(the_job(world).id)),
        retry_job(world.deps, OPERATOR, RetryJob(the_job(world).id)),
    ):
        with pytest.raises(NotDead) as refused:
            await again
        assert refused.value.current_status == JobStatus.DISCARDED


async def test_an_order_that_is_retried_wakes_its_discarded_job():
    world = await a_refused_order()
    await discard_job(world.deps, OPERATOR, DiscardJob(the_job(world).id))
    await retry_order(world.deps, OPERATOR, RetryOrder(the_order(world).id))
    await run_after(world, SETTLE.total_seconds())
    assert (the_order(world).status, the_job(world).status) == (VendorOrderStatus.PENDING, JobStatus.DONE)


async def test_a_job_of_another_company_or_none_at_all_is_not_found():
    world = await an_accepted_quote()
    for caller, job_id in ((a_caller(TENANT + 1), the_job(world).id), (OPERATOR, new_id())):
        with pytest.raises(NotFound):
            await retry_job(world.deps, caller, RetryJob(job_id))
        with pytest.raises(NotFound):
            await discard_job(world.deps, caller, DiscardJob(job_id))


async def test_what_is_no_id_of_a_job_is_invalid_input():
    world = await an_accepted_quote()
    with pytest.raises(InvalidInput):
        await retry_job(world.deps, OPERATOR, RetryJob("the last one"))


async def test_a_letter_names_the_accepted_line_and_the_price_agreed():
    world = await an_accepted_quote()
    await run_due(world, JobType.SEND_ITEM_ACCEPTED)
    [email] = world.external.mail.letters
    assert (email.kind, email.to, email.company) == (EmailKind.ITEM_ACCEPTED, "it@austral.example", "Austral")
    assert [(it.device, it.quantity, it.price) for it in email.lines] == [("Apple MacBook Pro 14", 1, "USD 1,450.00")]


async def test_a_letter_sent_again_is_the_same_letter():
    world = await an_accepted_quote()
    world.external.mail.failures = [Unavailable("421")]
    await run_due(world, JobType.SEND_ITEM_ACCEPTED)
    [job] = world.memory.jobs.values()
    await run_after(world, 10, JobType.SEND_ITEM_ACCEPTED)
    assert [it.message_id for it in world.external.mail.letters] == [f"<{job.id}@quotegraph>"]


async def test_a_task_whose_answer_was_lost_is_not_made_twice():
    world = World(retry_policy=RetryPolicy(retry_delays=(10, 10), resend_after=SETTLE))
    quote = world.memory.keep(a_quote(line(priced)))
    world.memory.enqueue(TENANT, NewJob(JobType.CREATE_TASK, "task", {"quoteId": quote.quote.id}), world.clock())
    world.external.tasks.answers = [Answer(failure=Uncertain("no answer"))]
    await run_due(world, JobType.CREATE_TASK)
    await run_after(world, 10, JobType.CREATE_TASK)
    [task] = world.external.tasks.posts
    assert (task.reference, the_job(world).status) == (quote.quote.id, JobStatus.DONE)
    assert quote.quote.order_id in task.title
    assert "1 × Apple MacBook Pro 14" in task.notes
