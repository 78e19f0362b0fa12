"""The worker: claims due jobs and runs several at a time; between them it runs the sweeps."""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

from adapters.database.core.outages import log_outage
from app.retention import Retention
from app.running_jobs import RunningJobs
from app.sweeps import SWEEPS, Sweep, Sweeps
from domain.ports.dependencies import Dependencies
from domain.shared.ids import new_id
from domain.shared.job_health import JobHealth
from domain.shared.jobs import Job, JobResult, JobType
from domain.shared.outbound_errors import Unavailable
from domain.use_cases.jobs.alarms import mail_alarms
from domain.use_cases.worker import dispatch

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
WATCH_INTERVAL = timedelta(seconds=30)


class WakeUp(Protocol):
    """Wakes the worker when there may be new jobs."""

    async def wait(self, timeout: float | None = None) -> None: ...


class Worker:
    """Runs jobs until it is stopped; running jobs are then finished."""

    def __init__(self, deps: Dependencies, wake_up: WakeUp, retention: Retention | None = None) -> None:
        self._retention = retention
        self._deps = deps
        self._wake_up = wake_up
        self._owner = new_id()
        self._running = RunningJobs(deps, self._run_job)
        self._stopping = False
        self._health = JobHealth()
        self._sweeps = Sweeps(deps, (*SWEEPS, Sweep("watch which jobs fail", self._watch, WATCH_INTERVAL)))
        # Number of attempts in this process, by kind of job and result.
        self.results: Counter[tuple[JobType, JobResult]] = Counter()

    async def run(self) -> None:
        """Claims and runs jobs until `stop`. Meanwhile, it renews their leases and deletes expired data."""
        beside = [asyncio.create_task(self._running.keep_leases(self._count_lost))]
        if self._retention is not None:
            beside.append(asyncio.create_task(self._retention.run()))
        try:
            await self._claim_and_run()
            # As long as `stop` lets them run, jobs need their leases.
            while running := self._running.tasks:
                await asyncio.wait(running)
        finally:
            for it in beside:
                it.cancel()
            await asyncio.wait(beside)

    async def stop(self, grace: float) -> None:
        """Stops claiming, and waits `grace` seconds for running jobs. Others are tried again when their lease ends."""
        self._stopping = True
        await self._running.stop(grace)

    async def _claim_and_run(self) -> None:
        while not self._stopping:
            await self._sweeps.run()
            try:
                jobs = await self._claim()
            except Exception as failure:
                if not log_outage(failure):
                    log.exception("cannot claim jobs; trying again")
                jobs = []
                await asyncio.sleep(POLL_SECONDS)
            for job in jobs:
                self._running.start(job)
            if not jobs:
                await self._rest()

    async def _claim(self) -> list[Job]:
        free = self._running.free_slots()
        return await self._deps.jobs.claim(self._owner, self._deps.now(), free) if free else []

    async def _rest(self) -> None:
        """Waits for a wake-up, a finished job, or the next poll."""
        wake_up = asyncio.create_task(self._wake_up.wait(POLL_SECONDS))
        await asyncio.wait({wake_up, *self._running.tasks}, return_when=asyncio.FIRST_COMPLETED)
        wake_up.cancel()
        with suppress(asyncio.CancelledError):
            await wake_up

    async def _run_job(self, job: Job) -> None:
        try:
            result = await dispatch.run(self._deps, job)
        except Exception as bug:
            if log_outage(bug):
                # Nothing can be written of it now. It is tried again when its lease ends.
                return
            log.exception("job %s (%s) failed with an internal error", job.id, job.kind)
            try:
                # The text of an exception may contain values of a statement, so it is only logged.
                message = f"internal error ({type(bug).__name__}); see the log of job {job.id}"
                failure = Unavailable(message, reason="An internal error, which the operators see. It is tried again.")
                result = await dispatch.put_off(self._deps, job, failure)
            except Exception:
                result = JobResult.FAILED
                log.exception(
                    "job %s (%s) cannot be rescheduled; it is tried again when its lease ends", job.id, job.kind
                )
        self.results[job.kind, result] += 1
        self._health.add(job, result, self._deps.now())

    async def _watch(self, deps: Dependencies) -> None:
        """Stores which kinds of jobs fail, and mails operators those that do for long."""
        await deps.alarms.note(self._health.take())
        await mail_alarms(deps)

    def _count_lost(self, job: Job) -> None:
        self.results[job.kind, JobResult.OVERTAKEN] += 1
