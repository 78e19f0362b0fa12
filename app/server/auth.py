"""Authenticates the API key of an `Authorization` header."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, NamedTuple

from adapters.database.companies.api_keys import LAST_USE_EVERY, SqlApiKeys
from adapters.database.core.outages import log_outage
from domain.shared.access import ApiKey, Caller, Forbidden, Unauthorized, admit

log = logging.getLogger(__name__)

LONGEST_KEY = 200
# Keys are cached for this many seconds, so a revoked key works at most this much longer.
CACHE_SECONDS = 0.5
MAX_CACHED = 10_000


class _Name(NamedTuple):
    """What names a stored key: the key itself, or its id."""

    key: str = ""
    key_id: str = ""


class Authenticator:
    """Authenticates callers by their API key, and records when the key was last used."""

    def __init__(self, keys: SqlApiKeys, now: Callable[[], datetime]) -> None:
        self._keys = keys
        self._now = now
        self._recording: set[asyncio.Task[None]] = set()
        self._recorded: dict[str, datetime] = {}
        # By the key, or by its id where only that is known.
        self._cache: dict[_Name, tuple[float, ApiKey]] = {}
        # Number of rejected keys, by reason.
        self.refused: Counter[str] = Counter()
        self._lookups: dict[_Name, asyncio.Task[ApiKey | None]] = {}

    async def admit(self, authorization: str | None) -> Caller:
        """Returns the caller. Raises: Unauthorized, Forbidden (docs/domain.md#error-codes)."""
        scheme, _, key = (authorization or "").strip().partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key or len(key) > LONGEST_KEY or not key.isascii():
            self.refused["missing"] += 1
            raise Unauthorized("Missing or invalid Authorization header. Send `Authorization: Bearer qk_live_…`.")
        return await self._admit(_Name(key=key))

    async def admit_by_id(self, key_id: str) -> Caller:
        """Returns the caller of a stored key, as `admit`."""
        return await self._admit(_Name(key_id=key_id))

    async def _admit(self, name: _Name) -> Caller:
        now = self._now()
        stored = await self._stored(name)
        try:
            caller = admit(stored, now)
        except (Unauthorized, Forbidden):
            self.refused[_reason(stored, now)] += 1
            raise
        self._record_use(caller, stored.last_used_at if stored else None, now)
        return caller

    async def _stored(self, name: _Name) -> ApiKey | None:
        """Returns the key from the cache or the database. Under load one lookup serves many requests, and an old entry
        is refreshed in the background before it expires."""
        fetched, stored = self._cache.get(name, (0.0, None))
        age = monotonic() - fetched
        if stored is not None and age <= CACHE_SECONDS:
            if age > CACHE_SECONDS / 2:
                self._start_lookup(name)
            return stored
        return await asyncio.shield(self._start_lookup(name))

    def _start_lookup(self, name: _Name) -> "asyncio.Task[ApiKey | None]":
        """Returns the running lookup of a key, and starts it if there is none."""
        if name not in self._lookups:
            self._lookups[name] = task = asyncio.create_task(self._find(name))
            task.add_done_callback(partial(self._finish_lookup, name))
        return self._lookups[name]

    def _finish_lookup(self, name: _Name, task: "asyncio.Task[ApiKey | None]") -> None:
        del self._lookups[name]
        _log_failure(task, "cannot look up an API key")

    async def _find(self, name: _Name) -> ApiKey | None:
        # The age of a result counts from the start of the query.
        started = monotonic()
        stored = await (self._keys.by_id(name.key_id) if name.key_id else self._keys.find(name.key))
        if stored is None:
            self._cache.pop(name, None)
        else:
            if len(self._cache) >= MAX_CACHED:
                self._cache.clear()
            self._cache[name] = (started, stored)
        return stored

    async def close(self) -> None:
        """Waits for running lookups and updates."""
        await asyncio.gather(*self._recording, *self._lookups.values(), return_exceptions=True)

    def _record_use(self, caller: Caller, last: datetime | None, now: datetime) -> None:
        """Updates the time of the last use in the background, at most once a minute."""
        last = max(filter(None, (last, self._recorded.get(caller.key_id))), default=None)
        if last is not None and now - last < LAST_USE_EVERY:
            return
        self._recorded[caller.key_id] = now
        task = asyncio.create_task(self._keys.touch(caller.key_id, now))
        self._recording.add(task)
        task.add_done_callback(self._finish_recording)

    def _finish_recording(self, task: asyncio.Task[None]) -> None:
        self._recording.discard(task)
        _log_failure(task, "cannot record the use of an API key")


def _log_failure(task: "asyncio.Task[Any]", what: str) -> None:
    failure = None if task.cancelled() else task.exception()
    if failure is not None and not log_outage(failure):
        log.warning(what, exc_info=failure)


def _reason(key: ApiKey | None, now: datetime) -> str:
    if key is None:
        return "unknown"
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "switched off"
