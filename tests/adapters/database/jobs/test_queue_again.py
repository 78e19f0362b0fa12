"""Jobs that run again and again, and jobs that are woken: what they are worth once the database has kept them."""

from datetime import timedelta

from adapters.database.jobs.queue import SqlJobQueue
from domain.shared.jobs import Again, JobStatus, JobType, NewJob
from tests.builders import NOW
from tests.claiming import claim_one
from tests.databases import a_company, given_up, put_in_queue, rows_of

LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=2)


def waking(delay: timedelta = timedelta()) -> NewJob:
    return NewJob(JobType.FOLLOW_VENDOR_ORDER, "follow:1", {"vendorOrderId": "1"}, wakes=True, delay=delay)


async def a_queue(database, job: NewJob):
    company = await a_company(database)

    async def put(again: NewJob, at=NOW) -> None:
        await put_in_queue(database, [(company.live, again)], at)

    await put(job)
    return SqlJobQueue(database, LEASE), put


async def test_a_job_that_is_to_run_again_is_nobodys_until_then_and_anybodys_after(database):
    queue, _ = await a_queue(database, waking())
    job = await claim_one(queue, "w", NOW)
    await queue.repeat(job, Again(LATER, "Unavailable: 503"))
    assert await claim_one(queue, "v", LATER - timedelta(seconds=1)) is None
    again = await claim_one(queue, "v", LATER)
    assert (again.id, again.attempts, again.run_at, again.last_error) == (job.id, 2, LATER, "Unavailable: 503")


async def test_a_delayed_job_is_due_after_its_delay(database):
    queue, _ = await a_queue(database, waking(timedelta(minutes=2)))
    assert await claim_one(queue, "w", LATER - timedelta(seconds=1)) is None
    assert (await claim_one(queue, "w", LATER)).run_at == LATER


async def test_a_job_woken_while_it_runs_is_due_as_soon_as_it_has_run(database):
    queue, put = await a_queue(database, waking())
    job = await claim_one(queue, "w", NOW)
    meanwhile = NOW + timedelta(seconds=1)
    await put(waking(), meanwhile)
    assert await claim_one(queue, "v", meanwhile) is None, "it stays with the worker that has it"
    await queue.repeat(job, Again(LATER))
    assert (await claim_one(queue, "v", meanwhile)).id == job.id


async def test_a_job_woken_while_it_runs_is_not_done_when_it_has_run(database):
    queue, put = await a_queue(database, waking())
    job = await claim_one(queue, "w", NOW)
    meanwhile = NOW + timedelta(seconds=1)
    await put(waking(), meanwhile)
    await queue.finish(job, meanwhile)
    again = await claim_one(queue, "v", meanwhile)
    assert (again.id, again.status, again.finished_at) == (job.id, JobStatus.WAITING, None)


async def test_a_job_that_waits_is_woken_before_its_time(database):
    queue, put = await a_queue(database, waking())
    await queue.repeat(await claim_one(queue, "w", NOW), Again(LATER))
    await put(waking())
    assert (await claim_one(queue, "w", NOW)).attempts == 2
    assert await rows_of(database, "SELECT count(*) FROM jobs") == [(1,)]


async def test_a_job_that_was_done_or_given_up_lives_again_when_it_is_woken(database):
    queue, put = await a_queue(database, waking())
    await queue.finish(await claim_one(queue, "w", NOW), NOW)
    await put(waking())
    done = await claim_one(queue, "w", NOW)
    assert (done.status, done.attempts, done.finished_at) == (JobStatus.WAITING, 2, None)
    await given_up(database, done, "400")
    await put(waking())
    assert (await claim_one(queue, "w", NOW)).attempts == 2
