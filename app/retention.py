"""Deletes expired data every few minutes, in the worker's process."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from adapters.database.core.outages import log_outage
from adapters.database.retention import SqlRetention

log = logging.getLogger(__name__)

# Seconds between two runs, and between two batches of one run, in which other transactions can proceed.
INTERVAL_SECONDS = 600.0
PAUSE_SECONDS = 0.05


class Retention:
    """Deletes expired data until it is stopped. Several processes may do so: each batch is a transaction."""

    def __init__(self, stored: SqlRetention, now: Callable[[], datetime], interval: float = INTERVAL_SECONDS) -> None:
        self._stored = stored
        self._now = now
        self._interval = interval

    async def run(self) -> None:
        """Deletes expired data at intervals, until cancelled."""
        while True:
            try:
                found = await self._stored.purge(self._now(), lambda: asyncio.sleep(PAUSE_SECONDS))
                if any(found.values()):
                    log.info("deleted expired data: %s", found)
            except Exception as failure:
                if not log_outage(failure):
                    log.exception("cannot delete expired data; trying again later")
            await asyncio.sleep(self._interval)
