"""The jobs that a worker runs, and their leases.

A lease is short, so that the jobs of a worker that was killed are soon taken over, and is renewed as long as its job
runs. A job without a lease is cancelled: another worker runs it.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime

from adapters.database.core.outages import log_outage
from domain.ports.dependencies import Dependencies
from domain.shared.jobs import Job
from domain.shared.lanes import Service, free_slots

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Running:
    job: Job
    leased_until: datetime


class RunningJobs:
    """Runs jobs as tasks, and renews their leases together: one statement every third of a lease."""

    def __init__(self, deps: Dependencies, run: Callable[[Job], Coroutine[None, None, None]]) -> None:
        self._deps = deps
        self._run = run
        self._lease = deps.retry_policy.lease
        self._running: dict[asyncio.Task[None], _Running] = {}

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        return set(self._running)

    def free_slots(self) -> dict[Service, int]:
        """The free slots of each service that has any."""
        return free_slots(it.job for it in self._running.values())

    def start(self, job: Job) -> None:
        task = asyncio.create_task(self._run(job))
        self._running[task] = _Running(job, self._deps.now() + self._lease)
        task.add_done_callback(self._running.pop)

    async def stop(self, grace: float) -> None:
        """Waits `grace` seconds for the running jobs, and cancels the others."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()

    async def keep_leases(self, lost: Callable[[Job], None]) -> None:
        """Renews leases until it is cancelled, and tells which jobs were `lost`."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            for job in await self.renew():
                lost(job)

    async def renew(self) -> list[Job]:
        """Renews all leases. Cancels the jobs that have lost theirs, and returns them."""
        running, now = dict(self._running), self._deps.now()
        if not running:
            return []
        try:
            async with asyncio.timeout(self._lease.total_seconds() / 3):
                taken_over = await self._deps.jobs.renew([it.job for it in running.values()], now)
        except Exception as failure:
            if not log_outage(failure):
                log.exception("cannot renew the leases of running jobs; trying again")
            ended = self._deps.now()
            return self._cancel({task: it for task, it in running.items() if it.leased_until <= ended})
        for it in running.values():
            it.leased_until = now + self._lease
        return self._cancel({task: it for task, it in running.items() if it.job in taken_over})

    def _cancel(self, lost: dict[asyncio.Task[None], _Running]) -> list[Job]:
        # One that was cancelled before is left to end in its own time.
        jobs = [it.job for task, it in lost.items() if not task.cancelling() and task.cancel()]
        for job in jobs:
            log.warning("job %s (%s) has lost its lease and is cancelled; another worker may run it", job.id, job.kind)
        return jobs
