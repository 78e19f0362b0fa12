"""Looks up stored credentials. What was found is kept for half a second, so a revoked one works at most this much
longer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from time import monotonic
from typing import Any, Generic, TypeVar

from adapters.database.core.outages import log_outage

log = logging.getLogger(__name__)

CACHE_SECONDS = 0.5
MAX_CACHED = 10_000

Name = TypeVar("Name", bound=Hashable)
Stored = TypeVar("Stored")


class Lookups(Generic[Name, Stored]):
    """Finds stored credentials by what names them. Under load one lookup serves many requests, and an old entry is
    refreshed in the background before it expires."""

    def __init__(self, find: Callable[[Name], Awaitable[Stored | None]]) -> None:
        self._find = find
        self._cache: dict[Name, tuple[float, Stored]] = {}
        self._running: dict[Name, asyncio.Task[Stored | None]] = {}

    async def of(self, name: Name) -> Stored | None:
        """Returns what is stored, whether or not it is still valid."""
        fetched, stored = self._cache.get(name, (0.0, None))
        age = monotonic() - fetched
        if stored is not None and age <= CACHE_SECONDS:
            if age > CACHE_SECONDS / 2:
                self._start(name)
            return stored
        return await asyncio.shield(self._start(name))

    def knows(self, name: Name) -> bool:
        """Whether it was found before, and looking it up again is no attempt to guess it."""
        return name in self._cache

    def forget(self) -> None:
        """Forgets everything that was found, as if the process had just started."""
        self._cache.clear()

    async def close(self) -> None:
        """Waits for running lookups."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _start(self, name: Name) -> "asyncio.Task[Stored | None]":
        """Returns the running lookup, and starts it if there is none."""
        if name not in self._running:
            self._running[name] = task = asyncio.create_task(self._look_up(name))
            task.add_done_callback(partial(self._finish, name))
        return self._running[name]

    def _finish(self, name: Name, task: "asyncio.Task[Stored | None]") -> None:
        del self._running[name]
        log_failure(task, "cannot look up a credential")

    async def _look_up(self, name: Name) -> Stored | None:
        # The age of a result counts from the start of the query.
        started = monotonic()
        stored = await self._find(name)
        if stored is None:
            self._cache.pop(name, None)
        else:
            if len(self._cache) >= MAX_CACHED:
                self._cache.clear()
            self._cache[name] = (started, stored)
        return stored


def log_failure(task: "asyncio.Task[Any]", what: str) -> None:
    """Logs the failure of a finished task, unless it is that of an outage, which is logged once."""
    failure = None if task.cancelled() else task.exception()
    if failure is not None and not log_outage(failure):
        log.warning(what, exc_info=failure)
