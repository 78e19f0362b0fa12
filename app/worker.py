"""The worker: claims jobs as they fall due and runs them, a few at a time, and lets quotes expire on time."""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from adapters.database.core.outages import log_outage
from app.retention import Retention
from domain.ports.dependencies import Dependencies
from domain.shared.access import Environment
from domain.shared.ids import new_id
from domain.shared.jobs import Job, JobKind, JobResult
from domain.shared.outbound_errors import Unavailable
from domain.use_cases.quotes.closings import expire_quotes
from domain.use_cases.worker import dispatch

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5
# How long what time alone moves is left alone after it could not be moved.
REST = timedelta(seconds=30)
MOST_AT_ONCE = 4
# Slow mail servers must not keep orders waiting, so some places are kept for what is urgent.
KEPT_FOR_URGENT = 2


class WakeUp(Protocol):
    """Rings when there may be jobs."""

    async def wait(self, timeout: float | None = None) -> None: ...


class Worker:
    """Runs jobs until it is stopped; what is under way then is finished first."""

    def __init__(self, deps: Dependencies, wake_up: WakeUp, retention: Retention | None = None) -> None:
        self._retention = retention
        self._deps = deps
        self._wake_up = wake_up
        self._owner = new_id()
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._next_sweep: datetime | None = None
        # How many attempts of each kind of job have ended how in this process.
        self.results: Counter[tuple[JobKind, JobResult]] = Counter()

    async def run(self) -> None:
        """Claim and run jobs until `stop`; beside them, delete what was kept long enough."""
        purging = asyncio.create_task(self._retention.run()) if self._retention is not None else None
        try:
            await self._claim_and_run()
        finally:
            if purging is not None:
                purging.cancel()
                await asyncio.wait({purging})

    async def _claim_and_run(self) -> None:
        while not self._stopping:
            await self._sweep()
            try:
                job = await self._claim()
            except Exception as failure:
                if not log_outage(failure):
                    log.exception("cannot claim jobs; trying again")
                job = None
                await asyncio.sleep(LOOK_EVERY)
            if job is None:
                await self._rest()
            else:
                self._start(job)

    async def stop(self, grace: float) -> None:
        """Claim nothing more, and wait this many seconds for what is under way; a lease covers what is not finished."""
        self._stopping = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()

    async def _sweep(self) -> None:
        """Move on what time alone moves, as soon as its time is over. Whoever comes second finds nothing to do."""
        now = self._deps.now()
        if self._next_sweep is not None and now < self._next_sweep:
            return
        self._next_sweep = now + timedelta(seconds=LOOK_EVERY)
        for failure in await self._let_expire(now):
            if not log_outage(failure):
                log.error("cannot let quotes expire; trying again later", exc_info=failure)
            self._next_sweep = now + REST

    async def _let_expire(self, now: datetime) -> list[Exception]:
        """Let all quotes expire whose time is over, of each environment whatever fails in the other; what failed."""
        failures: list[Exception] = []
        try:
            if not await self._deps.expiry_check.overdue(now):
                return []
        except Exception as failure:  # noqa: BLE001 - it is logged by the caller
            return [failure]
        for environment in Environment:
            try:
                await expire_quotes(self._deps, environment)
            except ExceptionGroup as failed:
                failures += failed.exceptions
            except Exception as failure:  # noqa: BLE001
                failures.append(failure)
        return failures

    async def _claim(self) -> Job | None:
        if len(self._running) >= MOST_AT_ONCE + KEPT_FOR_URGENT:
            return None
        now, urgent = self._deps.now(), len(self._running) >= MOST_AT_ONCE
        jobs = self._deps.jobs
        return None if await jobs.idle(now, urgent) else await jobs.claim(self._owner, now, urgent)

    async def _rest(self) -> None:
        """Until the bell rings, a place has become free, or it is time to look again."""
        wake_up = asyncio.create_task(self._wake_up.wait(LOOK_EVERY))
        await asyncio.wait({wake_up, *self._running}, return_when=asyncio.FIRST_COMPLETED)
        wake_up.cancel()
        with suppress(asyncio.CancelledError):
            await wake_up

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._carry_out(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _carry_out(self, job: Job) -> None:
        try:
            result = await dispatch.run(self._deps, job)
        except Exception as bug:
            if log_outage(bug):
                # Nothing can be written of it now. It is tried again when its lease ends.
                return
            log.exception("job %s (%s) failed in our own code", job.id, job.kind)
            try:
                # The text of an exception may hold what a statement was sent, so it stays in the log.
                failure = Unavailable(f"internal error ({type(bug).__name__}); the log tells more of job {job.id}")
                result = await dispatch.put_off(self._deps, job, failure)
            except Exception:
                result = JobResult.FAILED
                log.exception("job %s (%s) cannot be put off; it is tried again when its lease ends", job.id, job.kind)
        self.results[job.kind, result] += 1
