"""The worker: claims due jobs and runs several at a time; between them it runs the sweeps."""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from typing import Protocol

from adapters.database.core.outages import log_outage
from app.retention import Retention
from app.sweeps import SWEEPS, Sweeps
from domain.ports.dependencies import Dependencies
from domain.shared.ids import new_id
from domain.shared.jobs import Job, JobResult, JobType
from domain.shared.outbound_errors import Unavailable
from domain.use_cases.worker import dispatch

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
MAX_CONCURRENT = 4
# Slots for urgent jobs only, so that slow mail servers do not delay orders.
URGENT_SLOTS = 2


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
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._sweeps = Sweeps(deps, SWEEPS)
        # Number of attempts in this process, by kind of job and result.
        self.results: Counter[tuple[JobType, JobResult]] = Counter()

    async def run(self) -> None:
        """Claims and runs jobs until `stop`, and deletes expired data meanwhile."""
        purging = asyncio.create_task(self._retention.run()) if self._retention is not None else None
        try:
            await self._claim_and_run()
        finally:
            if purging is not None:
                purging.cancel()
                await asyncio.wait({purging})

    async def _claim_and_run(self) -> None:
        while not self._stopping:
            await self._sweeps.run()
            try:
                job = await self._claim()
            except Exception as failure:
                if not log_outage(failure):
                    log.exception("cannot claim jobs; trying again")
                job = None
                await asyncio.sleep(POLL_SECONDS)
            if job is None:
                await self._rest()
            else:
                self._start(job)

    async def stop(self, grace: float) -> None:
        """Stops claiming, and waits `grace` seconds for running jobs. Others are tried again when their lease ends."""
        self._stopping = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()

    async def _claim(self) -> Job | None:
        if len(self._running) >= MAX_CONCURRENT + URGENT_SLOTS:
            return None
        now, urgent = self._deps.now(), len(self._running) >= MAX_CONCURRENT
        jobs = self._deps.jobs
        return None if await jobs.idle(now, urgent) else await jobs.claim(self._owner, now, urgent)

    async def _rest(self) -> None:
        """Waits for a wake-up, a finished job, or the next poll."""
        wake_up = asyncio.create_task(self._wake_up.wait(POLL_SECONDS))
        await asyncio.wait({wake_up, *self._running}, return_when=asyncio.FIRST_COMPLETED)
        wake_up.cancel()
        with suppress(asyncio.CancelledError):
            await wake_up

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._run_job(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

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
                failure = Unavailable(f"internal error ({type(bug).__name__}); see the log of job {job.id}")
                result = await dispatch.put_off(self._deps, job, failure)
            except Exception:
                result = JobResult.FAILED
                log.exception(
                    "job %s (%s) cannot be rescheduled; it is tried again when its lease ends", job.id, job.kind
                )
        self.results[job.kind, result] += 1
