"""The queue: every job is had by one worker at a time, and none is forgotten."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from adapters.database.core.engine import open_database
from adapters.database.jobs.queue import SqlJobQueue
from domain.shared.access import Environment, TenantScope
from domain.shared.jobs import JobStatus, JobType, LeaseLost, NewJob
from tests.builders import LATER, NOW
from tests.claiming import claim_one
from tests.databases import LIVE, a_company, dependencies_on, given_up, put_in_queue, rows_of

LEASE = timedelta(seconds=30)
SOON = NOW + timedelta(seconds=10)


def a_job(number=1, kind=JobType.CREATE_TASK):
    return NewJob(kind, f"task:{number}", {"quoteId": str(number)})


async def a_queue(database, *jobs):
    """A queue that has these jobs of one company, and the company."""
    company = await a_company(database)
    await put_in_queue(database, [(company.live, job) for job in jobs], NOW)
    return SqlJobQueue(database, LEASE), company


async def stored(database, *columns):
    [row] = await rows_of(database, f"SELECT {', '.join(columns)} FROM jobs")
    return row if len(row) > 1 else row[0]


async def retried(database, job_id, tenant_scope=LIVE):
    async with dependencies_on(database).unit_of_work(tenant_scope) as work:
        job = await work.retry_job(job_id, NOW)
        await work.commit()
        return job


async def discarded(database, job_id, tenant_scope=LIVE):
    async with dependencies_on(database).unit_of_work(tenant_scope) as work:
        found = await work.discard_job(job_id, NOW)
        await work.commit()
        return found


async def test_a_claimed_job_is_leased_counted_and_knows_whose_it_is(database):
    queue, company = await a_queue(database, a_job())
    job = await claim_one(queue, "w", NOW)
    assert (job.kind, job.payload, job.status) == (JobType.CREATE_TASK, {"quoteId": "1"}, JobStatus.WAITING)
    assert (job.attempts, job.lease_owner, job.lease_until) == (1, "w", NOW + LEASE)
    assert job.tenant_scope == TenantScope(Environment.LIVE, company.live)


async def test_a_leased_job_is_nobody_elses_until_its_lease_ends(database):
    queue, _ = await a_queue(database, a_job())
    await claim_one(queue, "w", NOW)
    assert await claim_one(queue, "v", NOW + LEASE - timedelta(seconds=1)) is None
    taken = await claim_one(queue, "v", NOW + LEASE)
    assert (taken.attempts, taken.lease_owner) == (2, "v")


async def test_workers_who_hurry_get_every_job_exactly_once(database):
    queue, _ = await a_queue(database, *(a_job(number) for number in range(100)))
    url = database.url.render_as_string(hide_password=False)

    async def work(owner, of):
        claimed = []
        while (job := await claim_one(of, owner, NOW)) is not None:
            claimed.append(job.id)
            await of.finish(job, NOW)
        return claimed

    async with AsyncExitStack() as stack:
        others = [open_database(url) for _ in range(2)]
        for it in others:
            stack.push_async_callback(it.close)
        queues = [queue, *(SqlJobQueue(it, LEASE) for it in others)]
        shares = await asyncio.gather(*(work(f"w{number}", it) for number, it in enumerate(queues)))

    claimed = [job_id for share in shares for job_id in share]
    assert (len(claimed), len(set(claimed))) == (100, 100)
    assert await rows_of(database, "SELECT DISTINCT status, attempts FROM jobs") == [("DONE", 1)]


async def test_jobs_are_taken_in_the_order_they_fell_due(database):
    queue, _ = await a_queue(database, a_job(1), a_job(2))
    one = await claim_one(queue, "w", NOW)
    await queue.postpone(one, "later", SOON)
    other = await claim_one(queue, "w", SOON)
    assert other.id != one.id
    assert (await claim_one(queue, "w", SOON)).id == one.id


async def test_of_two_jobs_with_the_same_dedupe_key_the_first_is_kept(database):
    _, company = await a_queue(database, a_job(1), a_job(1))
    await put_in_queue(database, [(company.live, NewJob(JobType.CREATE_TASK, "task:1", {}))], LATER)
    assert await stored(database, "payload") == '{"quoteId":"1"}'


async def test_a_finished_job_is_not_taken_again(database):
    queue, _ = await a_queue(database, a_job())
    await queue.finish(await claim_one(queue, "w", NOW), NOW)
    assert await claim_one(queue, "w", LATER) is None
    assert await stored(database, "status") == "DONE"


async def test_a_postponed_job_waits_for_its_time_without_a_lease(database):
    queue, _ = await a_queue(database, a_job())
    await queue.postpone(await claim_one(queue, "w", NOW), "Unavailable: 503", SOON)
    assert await claim_one(queue, "v", SOON - timedelta(microseconds=1)) is None
    again = await claim_one(queue, "v", SOON)
    assert (again.attempts, again.last_error) == (2, "Unavailable: 503")


async def test_a_job_that_was_given_up_is_dead(database):
    queue, _ = await a_queue(database, a_job())
    await given_up(database, await claim_one(queue, "w", NOW), "Refused: 400")
    assert await claim_one(queue, "w", LATER) is None
    assert await stored(database, "status", "last_error") == ("DEAD", "Refused: 400")


async def test_an_endless_error_is_cut(database):
    queue, _ = await a_queue(database, a_job())
    await given_up(database, await claim_one(queue, "w", NOW), "x" * 1_000_000)
    assert len(await stored(database, "last_error")) == 2000


async def test_a_call_under_way_is_remembered_and_can_be_taken_back(database):
    queue, _ = await a_queue(database, a_job())
    job = await claim_one(queue, "w", NOW)
    await queue.mark_sent(job, SOON)
    assert (await claim_one(queue, "v", NOW + LEASE)).sent_at == SOON

    other = await claim_one(queue, "w", NOW + 2 * LEASE)
    await queue.mark_sent(other, None)
    assert await stored(database, "sent_at", "lease_owner") == (None, "w")


CHANGES = {
    "mark_sent": lambda queue, job: queue.mark_sent(job, NOW),
    "finish": lambda queue, job: queue.finish(job, NOW),
    "postpone": lambda queue, job: queue.postpone(job, "late", LATER),
    "give up": lambda queue, job: given_up(queue._database, job, "late"),
}


@pytest.mark.parametrize("owner", ["v", "w"], ids=["another worker", "the same worker"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_a_worker_that_was_too_slow_is_told_that_its_job_was_taken_over(database, change, owner):
    queue, _ = await a_queue(database, a_job())
    slow = await claim_one(queue, "w", NOW)
    await claim_one(queue, owner, NOW + LEASE)
    with pytest.raises(LeaseLost):
        await change(queue, slow)
    assert await stored(database, "status", "attempts", "sent_at") == ("WAITING", 2, None)


async def test_a_job_is_found_by_its_key_in_its_tenant_scope(database):
    queue, _ = await a_queue(database, a_job())
    job = await claim_one(queue, "w", NOW)
    for tenant_scope, found in ((LIVE, job.id), (TenantScope(Environment.TEST, None), None)):
        async with dependencies_on(database).unit_of_work(tenant_scope) as work:
            mine = await work.job_of_key(job.dedupe_key)
            assert (mine.id if mine else None, await work.job_of_key("other")) == (found, None)


async def test_a_dead_job_is_woken_with_a_fresh_count_but_knows_that_it_was_tried(database):
    queue, _ = await a_queue(database, a_job())
    job = await claim_one(queue, "w", NOW)
    await queue.mark_sent(job, NOW)
    await given_up(database, job, "Refused: 400")
    woken = await retried(database, job.id)
    assert woken.payload == job.payload
    again = await claim_one(queue, "w", NOW)
    assert (again.attempts, again.sent_at) == (2, NOW)


async def test_a_discarded_job_is_neither_run_nor_woken(database):
    queue, _ = await a_queue(database, a_job())
    job = await claim_one(queue, "w", NOW)
    assert not await discarded(database, job.id)
    await given_up(database, job, "Refused: 400")
    assert not await discarded(database, job.id, TenantScope(Environment.TEST, None))
    assert await discarded(database, job.id)
    assert await claim_one(queue, "w", LATER) is None
    assert await retried(database, job.id) is None
    assert await stored(database, "status", "last_error") == ("DISCARDED", "Refused: 400")


async def test_only_a_dead_job_within_reach_is_woken(database):
    queue, company = await a_queue(database, a_job())
    other = await a_company(database, "NORDLICHT")
    job = await claim_one(queue, "w", NOW)
    assert await retried(database, job.id) is None
    await given_up(database, job, "Refused")
    assert await retried(database, job.id, TenantScope(Environment.LIVE, other.live)) is None
    assert await retried(database, job.id, TenantScope(Environment.TEST, None)) is None
    assert await retried(database, job.id, TenantScope(Environment.LIVE, company.live)) is not None
