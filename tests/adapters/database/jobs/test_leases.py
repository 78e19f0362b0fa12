"""Leases are renewed while jobs run, so that a job that takes minutes is not taken over, and lost only to another."""

from datetime import timedelta

from adapters.database.jobs.queue import SqlJobQueue
from domain.shared.jobs import Again, JobType, NewJob
from tests.builders import NOW
from tests.claiming import claim_one
from tests.counting import written
from tests.databases import a_company, given_up, put_in_queue, rows_of

LEASE = timedelta(seconds=30)
SOON, END = NOW + LEASE / 3, NOW + LEASE


async def a_queue(database, number: int = 1):
    company = await a_company(database)

    async def put(at=NOW) -> None:
        jobs = [NewJob(JobType.FOLLOW_VENDOR_ORDER, f"follow:{it}", {}, wakes=True) for it in range(number)]
        await put_in_queue(database, [(company.live, job) for job in jobs], at)

    await put()
    return SqlJobQueue(database, LEASE), put


async def test_a_job_whose_lease_is_renewed_stays_with_its_worker_however_long_it_takes(database):
    queue, _ = await a_queue(database)
    job = await claim_one(queue, "w", NOW)
    for minute in range(1, 20):
        now = NOW + LEASE * minute / 2
        assert await queue.renew([job], now) == []
        assert await claim_one(queue, "v", now + LEASE / 2) is None
    await queue.finish(job, now)


async def test_all_leases_of_a_worker_are_renewed_by_one_statement(database):
    queue, _ = await a_queue(database, 20)
    jobs = [await claim_one(queue, "w", NOW) for _ in range(20)]
    with written(database) as statements:
        assert await queue.renew(jobs, SOON) == []
    assert [it.split()[0] for it in statements if not it.startswith("BEGIN")] == ["UPDATE"]
    assert await rows_of(database, "SELECT count(DISTINCT lease_until), count(lease_until) FROM jobs") == [(1, 20)]
    assert await claim_one(queue, "v", END) is None


async def test_a_job_that_another_worker_has_taken_over_is_lost(database):
    queue, _ = await a_queue(database, 2)
    jobs = [await claim_one(queue, "w", NOW) for _ in range(2)]
    taken = await claim_one(queue, "v", END)
    assert [it.id for it in await queue.renew(jobs, END)] == [taken.id]
    assert await queue.renew([taken], END) == []


async def test_a_job_that_the_same_worker_has_taken_again_is_lost_to_the_first_attempt_only(database):
    queue, _ = await a_queue(database)
    first = await claim_one(queue, "w", NOW)
    second = await claim_one(queue, "w", END)
    assert await queue.renew([first, second], END) == [first]


async def test_a_job_that_was_taken_over_and_put_off_is_lost(database):
    queue, _ = await a_queue(database)
    slow = await claim_one(queue, "w", NOW)
    await queue.postpone(await claim_one(queue, "v", END), "late", END + LEASE)
    assert await queue.renew([slow], END) == [slow]


async def test_a_job_that_has_just_ended_or_been_put_off_by_its_worker_is_not_lost_and_has_no_lease(database):
    queue, _ = await a_queue(database, 4)
    jobs = [await claim_one(queue, "w", NOW) for _ in range(4)]
    await queue.finish(jobs[0], NOW)
    await queue.repeat(jobs[1], Again(END))
    await queue.postpone(jobs[2], "late", END)
    await given_up(database, jobs[3], "Refused")
    assert await queue.renew(jobs, SOON) == []
    assert (await claim_one(queue, "v", END)).id in (jobs[1].id, jobs[2].id)


async def test_a_job_that_ended_and_was_woken_is_not_held_by_its_last_worker(database):
    queue, put = await a_queue(database)
    job = await claim_one(queue, "w", NOW)
    await queue.finish(job, NOW)
    await put()
    await queue.renew([job], NOW)
    assert (await claim_one(queue, "v", NOW)).id == job.id
