"""Deletes what has been kept long enough, every few minutes, beside the jobs."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from adapters.database.core.outages import log_outage
from adapters.database.jobs.retention import SqlRetention

log = logging.getLogger(__name__)

# In seconds: how often, and how long others have the database to themselves after each slice.
EVERY = 600.0
PAUSE = 0.05


class Retention:
    """Purges until it is stopped. Several processes may: each slice is a transaction."""

    def __init__(self, stored: SqlRetention, now: Callable[[], datetime], every: float = EVERY) -> None:
        self._stored = stored
        self._now = now
        self._every = every

    async def run(self) -> None:
        """Purge now and then, for ever."""
        while True:
            try:
                found = await self._stored.purge(self._now(), lambda: asyncio.sleep(PAUSE))
                if any(found.values()):
                    log.info("deleted what was kept long enough: %s", found)
            except Exception as failure:
                if not log_outage(failure):
                    log.exception("cannot delete what was kept long enough; trying again later")
            await asyncio.sleep(self._every)
