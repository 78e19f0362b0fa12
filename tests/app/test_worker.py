"""Which jobs the worker takes and when, and what it does beside them: let quotes expire on time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from adapters.signals.wake_up import WakeUp
from app.retention import Retention
from app.sweeps import INTERVAL, PAUSE
from app.worker import WATCH_INTERVAL, Worker
from domain.ports.alarms import NoJobAlarms
from domain.shared.access import Environment
from domain.shared.job_health import KindHealth
from domain.shared.jobs import Job, JobResult, JobStatus, JobType, NewJob
from domain.shared.lanes import SLOTS, Lane, Service
from domain.shared.outbound_errors import Unavailable
from domain.use_cases.worker import dispatch
from tests.builders import NOW, TENANT, a_quote, line, priced
from tests.fakes.quotes import MemoryQuotes
from tests.fakes.storage import MemoryJobs, World
from tests.patience import PATIENCE


class Rounds:
    """A bell that does one thing for each round of the worker, and stops it at the end."""

    def __init__(self, *each: Callable[[], object]) -> None:
        self.worker: Worker | None = None
        self._left = list(each)

    async def wait(self, timeout: float | None = None) -> None:
        if self._left:
            self._left.pop(0)()
        else:
            assert self.worker is not None
            await self.worker.stop(0)


async def work(world: World, *rounds: Callable[[], object]) -> None:
    wake_up = Rounds(*rounds)
    wake_up.worker = Worker(world.deps, wake_up)
    await wake_up.worker.run()


async def test_quotes_expire_as_soon_as_their_time_comes():
    world, seen = World(), list[Sequence[str]]()
    first, second = (
        world.memory.keep(a_quote(line(priced), expires_at=NOW + timedelta(seconds=after), priced_at=NOW))
        for after in (0, 1)
    )

    def look() -> None:
        seen.append([str(world.memory.quotes[it.quote.id].quote.offer_status) for it in (first, second)])
        world.clock.at += INTERVAL

    await work(world, look, look, look)
    assert seen == [["EXPIRED", "DRAFT"], ["EXPIRED", "DRAFT"], ["EXPIRED", "EXPIRED"]]


async def test_a_sweep_that_fails_keeps_no_job_from_being_done(caplog):
    world = World()
    deps = world.deps
    world.memory.tenants.clear()
    world.memory.keep(a_quote(expires_at=NOW))
    wake_up = Rounds()
    wake_up.worker = Worker(deps, wake_up)
    await wake_up.worker.run()
    assert "cannot expire quotes" in caplog.text


async def test_a_sweep_that_failed_rests_before_it_is_tried_again(caplog):
    world = World()
    world.memory.tenants.clear()
    world.memory.keep(a_quote(expires_at=NOW))

    def later(by: timedelta) -> Callable[[], object]:
        return lambda: world.clock.move(seconds=by.total_seconds())

    await work(world, later(PAUSE / 2), later(PAUSE / 2), lambda: None)
    assert caplog.text.count("cannot expire quotes") == 2 * len(Environment)


async def test_quotes_expire_beside_one_that_cannot_be_moved(caplog):
    world = World()
    kept = [world.memory.keep(a_quote(line(priced), expires_at=NOW, priced_at=NOW)) for _ in range(3)]
    lock, broken = MemoryQuotes.lock, kept[0].quote.id

    async def lock_or_fail(self, quote_id, *given):
        if quote_id == broken:
            raise ZeroDivisionError
        return await lock(self, quote_id, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryQuotes, "lock", lock_or_fail)
        await work(world, lambda: None)
    found = [str(world.memory.quotes[it.quote.id].quote.offer_status) for it in kept]
    assert found == ["DRAFT", "EXPIRED", "EXPIRED"]
    assert caplog.text.count("cannot expire quotes") == 1
    assert f"while quote {broken} was to expire" in caplog.text


class Timeless(WakeUp):
    """A bell that forgets the time."""

    async def wait(self, timeout: float | None = None) -> None:
        await super().wait()


class Leasing(MemoryJobs):
    """A queue that nobody gets a job from twice."""

    async def claim(self, owner: str, now: datetime, free: Mapping[Service, int]) -> list[Job]:
        jobs = await super().claim(owner, now, free)
        return [self._keep(job._replace(run_at=now + timedelta(days=1))) for job in jobs]


class Slow:
    """Jobs that say that they have begun, and end when they are told to."""

    def __init__(self) -> None:
        self.wake_up = Timeless()
        self.begun: asyncio.Queue[JobType] = asyncio.Queue()
        self.may_end = asyncio.Semaphore(0)

    async def __call__(self, deps: object, job: Job) -> None:
        self.begun.put_nowait(job.kind)
        await self.may_end.acquire()

    async def next(self, number: int = 1) -> list[JobType]:
        async with asyncio.timeout(PATIENCE):
            return [await self.begun.get() for _ in range(number)]


@asynccontextmanager
async def working(monkeypatch, world: World, *kinds: JobType) -> AsyncIterator[Slow]:
    """A worker with a job of each of these kinds, the earlier the first."""
    slow = Slow()
    monkeypatch.setattr(dispatch, "JOBS", dict.fromkeys(JobType, slow))
    for number, kind in enumerate(kinds):
        world.memory.enqueue(TENANT, NewJob(kind, str(number), {}), world.clock())
        world.clock.move(seconds=1)
    worker = Worker(replace(world.deps, jobs=Leasing(world.memory)), slow.wake_up)
    task = asyncio.create_task(worker.run())
    yield slow
    task.cancel()
    await worker.stop(0)


EMAIL, ORDER, POLL = JobType.SEND_ITEM_ACCEPTED, JobType.PLACE_VENDOR_ORDER, JobType.FOLLOW_VENDOR_ORDER


async def test_a_slow_service_takes_only_its_own_slots(monkeypatch):
    emails, world = SLOTS[Lane.MAIL], World()
    async with working(monkeypatch, world, *[EMAIL] * (emails + 3)) as slow:
        assert await slow.next(emails) == [EMAIL] * emails
        for kind in (POLL, ORDER, JobType.CREATE_TASK, JobType.DELIVER_WEBHOOKS):
            world.memory.enqueue(TENANT, NewJob(kind, kind, {}), world.clock())
            slow.wake_up.notify()
            assert await slow.next() == [kind]
        assert slow.begun.empty()


async def test_orders_do_not_wait_for_those_that_are_followed(monkeypatch):
    polls = SLOTS[Lane.FOLLOWING]
    async with working(monkeypatch, World(), *[POLL] * (polls + 3), ORDER) as slow:
        assert sorted(await slow.next(polls + 1)) == sorted([ORDER, *[POLL] * polls])


async def test_a_slow_sandbox_delays_no_live_order(monkeypatch):
    world = World()
    world.memory.tenants[TENANT] = world.memory.tenants[TENANT]._replace(environment=Environment.TEST)
    async with working(monkeypatch, world, *[ORDER] * (SLOTS[Lane.PLACING] + 1)) as slow:
        await slow.next(SLOTS[Lane.PLACING])
        world.memory.enqueue(TENANT + 1, NewJob(ORDER, "live", {}), world.clock())
        slow.wake_up.notify()
        assert await slow.next() == [ORDER]
        assert slow.begun.empty()


async def test_a_place_that_becomes_free_is_taken_at_once(monkeypatch):
    async with working(monkeypatch, World(), *[EMAIL] * (SLOTS[Lane.MAIL] + 2)) as slow:
        await slow.next(SLOTS[Lane.MAIL])
        for _ in range(2):
            slow.may_end.release()
            assert await slow.next() == [EMAIL]


async def test_a_job_that_cannot_even_be_put_off_is_left_to_its_lease_and_the_worker_goes_on(monkeypatch, caplog):
    async def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(dispatch, "put_off", fail)
    monkeypatch.setattr(dispatch, "JOBS", dict.fromkeys(JobType, fail))
    world = World()
    job = world.memory.enqueue(TENANT, NewJob(JobType.CREATE_TASK, "task", {}), world.clock())
    # The memory's leases never end, so the job is claimed again as soon as the worker looks.
    await work(world, lambda: None, lambda: None)
    assert world.memory.jobs[job.id].status == JobStatus.WAITING
    assert "cannot be rescheduled" in caplog.text


async def test_how_each_attempt_has_ended_is_counted_and_a_fault_of_ours_tells_no_more_than_its_name(monkeypatch):
    world = World()
    letters = {it: NewJob(JobType.SEND_QUOTE_CREATED, it, {"quoteId": it, "to": it}) for it in ("good", "bad")}

    async def send(deps: object, job: Job) -> None:
        if job.dedupe_key == "bad":
            raise ValueError("[parameters: ('government id 1.234.567-8',)]")

    monkeypatch.setitem(dispatch.JOBS, JobType.SEND_QUOTE_CREATED, send)
    for email in letters.values():
        world.memory.enqueue(TENANT, email, NOW)
    wake_up = Rounds(*[lambda: None] * 6)
    wake_up.worker = Worker(replace(world.deps, jobs=Leasing(world.memory)), wake_up)
    await wake_up.worker.run()
    assert wake_up.worker.results == {
        (JobType.SEND_QUOTE_CREATED, JobResult.DONE): 1,
        (JobType.SEND_QUOTE_CREATED, JobResult.FAILED): 1,
    }
    [failed] = [it for it in world.memory.jobs.values() if it.failures]
    assert failed.last_error == f"Unavailable: internal error (ValueError); see the log of job {failed.id}"


async def test_how_live_attempts_have_ended_is_noted_for_the_alarms_of_operators(monkeypatch):
    world, noted = World(), list[dict[JobType, KindHealth]]()

    class Alarms(NoJobAlarms):
        async def note(self, health):
            noted.append(dict(health))

    async def fail(_deps: object, _job: Job) -> None:
        raise Unavailable("no connection")

    monkeypatch.setitem(dispatch.JOBS, JobType.CREATE_TASK, fail)
    job = world.memory.enqueue(TENANT, NewJob(JobType.CREATE_TASK, "task", {}), NOW)
    wake_up = Rounds(lambda: None, lambda: None, lambda: world.clock.move(seconds=WATCH_INTERVAL.total_seconds()))
    wake_up.worker = Worker(replace(world.deps, jobs=Leasing(world.memory), alarms=Alarms()), wake_up)
    await wake_up.worker.run()
    assert noted[0] == {}
    assert (noted[1][job.kind].failures, noted[1][job.kind].job_id) == (1, job.id)


async def test_what_was_kept_long_enough_is_deleted_beside_the_jobs_until_the_worker_stops():
    purged = asyncio.Event()

    class Stored:
        async def purge(self, now, pause):
            purged.set()
            return {"jobs": 1}

    world = World()
    worker = Worker(world.deps, WakeUp(), Retention(Stored(), world.clock))  # type: ignore[arg-type]
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(purged.wait(), PATIENCE)
    await worker.stop(1)
    await asyncio.wait_for(running, PATIENCE)
