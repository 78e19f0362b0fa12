"""From an `Authorization` header to a caller."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any

from adapters.database.companies.api_keys import LAST_USE_EVERY, SqlApiKeys
from adapters.database.core.outages import log_outage
from domain.shared.access import ApiKey, Caller, Forbidden, Unauthorized, admit

log = logging.getLogger(__name__)

LONGEST_KEY = 200
# A revoked key works this many seconds longer, at most.
REMEMBERED = 0.5
MOST_REMEMBERED = 10_000


class Authenticator:
    """Admits callers by their key, and notes that the key was used."""

    def __init__(self, keys: SqlApiKeys, now: Callable[[], datetime]) -> None:
        self._keys = keys
        self._now = now
        self._noting: set[asyncio.Task[None]] = set()
        self._noted: dict[str, datetime] = {}
        self._recent: dict[str, tuple[float, ApiKey]] = {}
        # How many were not admitted, by why.
        self.refused: Counter[str] = Counter()
        self._looking: dict[str, asyncio.Task[ApiKey | None]] = {}

    async def admit(self, authorization: str | None) -> Caller:
        """The caller. Raises: Unauthorized, Forbidden (docs/domain.md#error-codes)."""
        scheme, _, key = (authorization or "").strip().partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key or len(key) > LONGEST_KEY:
            self.refused["missing"] += 1
            raise Unauthorized("Missing or invalid Authorization header. Send `Authorization: Bearer qk_live_…`.")
        now = self._now()
        stored = await self._stored(key)
        try:
            caller = admit(stored, now)
        except (Unauthorized, Forbidden):
            self.refused[_reason(stored, now)] += 1
            raise
        self._note_use(caller, stored.last_used_at if stored else None, now)
        return caller

    async def _stored(self, key: str) -> ApiKey | None:
        """The key as stored a moment ago: under load one look serves many requests, and mostly before it is needed."""
        looked, stored = self._recent.get(key, (0.0, None))
        age = monotonic() - looked
        if stored is not None and age <= REMEMBERED:
            if age > REMEMBERED / 2:
                self._look(key)
            return stored
        return await asyncio.shield(self._look(key))

    def _look(self, key: str) -> "asyncio.Task[ApiKey | None]":
        """The one look at a key that is under way."""
        if key not in self._looking:
            self._looking[key] = task = asyncio.create_task(self._find(key))
            task.add_done_callback(partial(self._looked, key))
        return self._looking[key]

    def _looked(self, key: str, task: "asyncio.Task[ApiKey | None]") -> None:
        del self._looking[key]
        _log_failure(task, "cannot look a key up")

    async def _find(self, key: str) -> ApiKey | None:
        # What is found was so when it was asked for.
        asked = monotonic()
        stored = await self._keys.find(key)
        if stored is None:
            self._recent.pop(key, None)
        else:
            if len(self._recent) >= MOST_REMEMBERED:
                self._recent.clear()
            self._recent[key] = (asked, stored)
        return stored

    async def close(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._noting, *self._looking.values(), return_exceptions=True)

    def _note_use(self, caller: Caller, last: datetime | None, now: datetime) -> None:
        """Apart from the request, which need not wait, and at most once a minute."""
        last = max(filter(None, (last, self._noted.get(caller.key_id))), default=None)
        if last is not None and now - last < LAST_USE_EVERY:
            return
        self._noted[caller.key_id] = now
        task = asyncio.create_task(self._keys.touch(caller.key_id, now))
        self._noting.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._noting.discard(task)
        _log_failure(task, "cannot note the use of a key")


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
