"""The jobs of a worker run for as long as they have their leases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from adapters.signals.wake_up import WakeUp
from app.running_jobs import RunningJobs
from app.worker import Worker
from domain.shared.access import Environment
from domain.shared.jobs import Job, JobResult, JobType, NewJob, RetryPolicy
from domain.shared.lanes import SLOTS, Lane, Service
from domain.use_cases.worker import dispatch
from tests.builders import TENANT
from tests.claiming import claim_one
from tests.fakes.storage import MemoryJobs, World
from tests.patience import PATIENCE

TASK = JobType.CREATE_TASK


class Leases(MemoryJobs):
    """A queue that renews leases unless it is broken, and says when it was asked to."""

    def __init__(self, world: World) -> None:
        super().__init__(world.memory)
        self.asked = asyncio.Event()
        self.broken = False

    async def renew(self, jobs, now):
        self.asked.set()
        if self.broken:
            raise ConnectionError
        return await super().renew(jobs, now)


class ClaimedOnce(Leases):
    """A queue that nobody gets a job from twice."""

    async def claim(self, owner, now, free):
        jobs = await super().claim(owner, now, free)
        return [self._keep(job._replace(run_at=now + timedelta(days=1))) for job in jobs]


@asynccontextmanager
async def a_running_job(world: World) -> AsyncIterator[tuple[RunningJobs, Leases, Job, asyncio.Task[None]]]:
    """A job that runs until it is cancelled."""
    queue = Leases(world)
    running = RunningJobs(replace(world.deps, jobs=queue), lambda _job: asyncio.sleep(PATIENCE))
    world.memory.enqueue(TENANT, NewJob(TASK, "task", {}), world.clock())
    job = await claim_one(queue, "w", world.clock())
    assert job is not None
    running.start(job)
    [task] = running.tasks
    yield running, queue, job, task
    await running.stop(0)


async def is_cancelled(task: asyncio.Task[None]) -> bool:
    if task.cancelling():
        await asyncio.wait([task])
    return task.cancelled()


async def test_a_running_job_takes_a_slot_until_it_ends():
    async with a_running_job(World()) as (running, _, _, task):
        service = Service(Lane.TASKS, Environment.LIVE)
        assert running.free_slots()[service] == SLOTS[Lane.TASKS] - 1
        await running.stop(0)
        assert await is_cancelled(task)
        assert running.free_slots()[service] == SLOTS[Lane.TASKS]


async def test_a_job_that_was_taken_over_is_cancelled():
    world = World()
    async with a_running_job(world) as (running, queue, job, task):
        assert await running.renew() == []
        assert not await is_cancelled(task)
        await claim_one(queue, "v", world.clock())
        assert await running.renew() == [job]
        assert await is_cancelled(task)


async def test_a_job_whose_lease_cannot_be_renewed_runs_until_the_lease_ends():
    world = World()
    async with a_running_job(world) as (running, queue, job, task):
        lease = world.retry_policy.lease.total_seconds()
        world.clock.move(seconds=lease / 3)
        await running.renew()
        queue.broken = True
        world.clock.move(seconds=lease * 0.99)
        assert await running.renew() == []
        assert not await is_cancelled(task)
        world.clock.move(seconds=lease * 0.01)
        assert await running.renew() == [job]
        assert await is_cancelled(task)


async def test_a_worker_renews_leases_until_its_last_job_has_ended(monkeypatch):
    world, may_end = World(retry_policy=RetryPolicy(lease=timedelta(milliseconds=30))), asyncio.Event()

    async def slow(_deps: object, _job: Job) -> None:
        await may_end.wait()

    monkeypatch.setitem(dispatch.JOBS, TASK, slow)
    job = world.memory.enqueue(TENANT, NewJob(TASK, "task", {}), world.clock())
    queue, wake_up = ClaimedOnce(world), WakeUp()
    worker = Worker(replace(world.deps, jobs=queue), wake_up)
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(PATIENCE):
        await queue.asked.wait()
        stopping = asyncio.create_task(worker.stop(PATIENCE))
        wake_up.notify()
        for _ in range(2):
            queue.asked.clear()
            await queue.asked.wait()
        may_end.set()
        await asyncio.gather(stopping, working)
    assert world.memory.jobs[job.id].status == "DONE"


async def test_a_job_that_was_taken_over_is_counted_as_overtaken(monkeypatch):
    world, cancelled = World(retry_policy=RetryPolicy(lease=timedelta(milliseconds=30))), asyncio.Event()

    async def slow(_deps: object, job: Job) -> None:
        world.memory.jobs[job.id] = job._replace(attempts=job.attempts + 1)
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            cancelled.set()

    monkeypatch.setitem(dispatch.JOBS, TASK, slow)
    world.memory.enqueue(TENANT, NewJob(TASK, "task", {}), world.clock())
    wake_up = WakeUp()
    worker = Worker(replace(world.deps, jobs=ClaimedOnce(world)), wake_up)
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(PATIENCE):
        await cancelled.wait()
        stopping = asyncio.create_task(worker.stop(PATIENCE))
        wake_up.notify()
        await asyncio.gather(stopping, working)
    assert worker.results == {(TASK, JobResult.OVERTAKEN): 1}
