"""How much there is to do, and what fails, by kind of job."""

from datetime import timedelta

from adapters.database.jobs.figures import JobFigures, SqlJobFigures
from adapters.database.jobs.queue import SqlJobQueue
from domain.shared.jobs import JobType, NewJob
from tests.builders import NOW
from tests.claiming import claim_one
from tests.databases import a_company, given_up, put_in_queue

LEASE, MINUTE = timedelta(seconds=30), timedelta(minutes=1)
TASK = JobType.CREATE_TASK


async def test_jobs_are_counted_by_what_they_wait_for(database):
    company, queue = await a_company(database), SqlJobQueue(database, LEASE)
    delays = (0, 0, 0, 0, 1, 2, 60)
    jobs = [NewJob(TASK, str(number), {}, delay=it * MINUTE) for number, it in enumerate(delays)]
    await put_in_queue(database, [(company.live, job) for job in jobs], NOW)
    await given_up(database, await claim_one(queue, "w", NOW), "Refused")
    await queue.postpone(await claim_one(queue, "w", NOW), "503", NOW + 60 * MINUTE)
    await queue.finish(await claim_one(queue, "w", NOW), NOW)
    now = NOW + 2 * MINUTE
    await claim_one(queue, "w", now)
    found = await SqlJobFigures(database).read(now)
    assert found[TASK] == JobFigures(2, 1, 2, NOW + MINUTE, failing=1, dead=1)
    assert found[TASK].age(now) == 60
    assert found[JobType.SEND_QUOTE] == JobFigures()
    assert found.keys() == set(JobType)


async def test_a_job_whose_lease_has_ended_is_due_again(database):
    company, queue = await a_company(database), SqlJobQueue(database, LEASE)
    await put_in_queue(database, [(company.live, NewJob(TASK, "1", {}))], NOW)
    await claim_one(queue, "w", NOW)
    running, ended = [(await SqlJobFigures(database).read(NOW + it))[TASK] for it in (LEASE / 2, LEASE)]
    assert (running.due, running.running, running.age(NOW + LEASE)) == (0, 1, 0)
    assert (ended.due, ended.running, ended.age(NOW + LEASE)) == (1, 0, 30)
