"""Writes the usage of the schema to the database every minute, and at shutdown, in the server's process."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from adapters.database.core.outages import log_outage
from adapters.database.usage.store import FieldUse, SqlUsage
from app.server.usage import MAX_DOCUMENTS, Usage

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 60.0
# Rows of a transaction, so that other transactions do not wait.
SLICE = 500
# Documents whose fields are looked up before requests have their turn.
DOCUMENTS_AT_ONCE = 20


class UsageWriter:
    """Writes what a process has counted. What cannot be written is kept and written later."""

    def __init__(
        self, usage: Usage, stored: SqlUsage, now: Callable[[], datetime], interval: float = INTERVAL_SECONDS
    ) -> None:
        self._usage = usage
        self._stored = stored
        self._now = now
        self._interval = interval

    async def run(self) -> None:
        """Writes at intervals, until cancelled."""
        while True:
            await asyncio.sleep(self._interval)
            await self.write()

    async def write(self) -> None:
        """Writes what was counted since the last time, in slices."""
        for _ in range(0, MAX_DOCUMENTS, DOCUMENTS_AT_ONCE):
            if not self._usage.look_up(DOCUMENTS_AT_ONCE):
                break
            await asyncio.sleep(0)
        numbers = self._usage.take()
        keys = sorted(numbers)
        for start in range(0, len(keys), SLICE):
            uses = [FieldUse(field, *client, numbers[field, client]) for field, client in keys[start : start + SLICE]]
            try:
                await self._stored.add(self._now().date(), uses)
            except Exception as failure:
                self._usage.put_back({key: numbers[key] for key in keys[start:]})
                if not log_outage(failure):
                    log.exception("cannot write the usage of the schema; trying again later")
                return
