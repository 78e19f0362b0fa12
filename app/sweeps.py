"""What the worker does at intervals beside its jobs: expiring quotes, and telling webhook endpoints of events.

A sweep may run in several workers at the same time; the second one finds nothing to do.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.database.core.outages import log_outage
from domain.ports.dependencies import Dependencies
from domain.shared.access import Environment
from domain.use_cases.quotes.closings import expire_quotes
from domain.use_cases.webhooks.fan_out import fan_out

log = logging.getLogger(__name__)

INTERVAL = timedelta(seconds=0.5)
# How long a sweep pauses after a failure.
PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Work done every `interval`. `name` is a verb with its object, for the log. `run` raises what failed, several
    failures as an ExceptionGroup."""

    name: str
    run: Callable[[Dependencies], Awaitable[None]]
    interval: timedelta = INTERVAL


class Sweeps:
    """Runs each sweep when it is due. One that fails pauses, and delays no other."""

    def __init__(self, deps: Dependencies, sweeps: Sequence[Sweep]) -> None:
        self._deps = deps
        self._sweeps = sweeps
        self._due: dict[str, datetime] = {}

    async def run(self) -> None:
        """Runs the sweeps that are due."""
        for sweep in self._sweeps:
            now = self._deps.now()
            if now >= self._due.get(sweep.name, now):
                self._due[sweep.name] = now + await self._pause_after(sweep)

    async def _pause_after(self, sweep: Sweep) -> timedelta:
        try:
            await sweep.run(self._deps)
        except Exception as failure:
            for it in _failures_in(failure):
                if not log_outage(it):
                    log.error("cannot %s; trying again later", sweep.name, exc_info=it)
            return PAUSE
        return sweep.interval


def _failures_in(failure: Exception) -> Iterator[Exception]:
    if not isinstance(failure, ExceptionGroup):
        yield failure
        return
    for it in failure.exceptions:
        yield from _failures_in(it)


async def expire_overdue_quotes(deps: Dependencies) -> None:
    """Expires all overdue quotes of both environments, each independently of failures in the other.

    Raises: ExceptionGroup of the failures.
    """
    if not await deps.expiry_check.overdue(deps.now()):
        return
    failures: list[Exception] = []
    for environment in Environment:
        try:
            await expire_quotes(deps, environment)
        except Exception as failure:  # noqa: BLE001 - it is raised again below
            failures.append(failure)
    if failures:
        raise ExceptionGroup("Not all overdue quotes have expired.", failures)


SWEEPS = (
    Sweep("expire quotes", expire_overdue_quotes),
    # Soon after each commit, which wakes the worker.
    Sweep("tell webhook endpoints of events", fan_out, timedelta(seconds=0.02)),
)
