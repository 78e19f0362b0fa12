"""Finds new events by polling the tenants' event counters, for signals that were lost or never sent."""

import logging
from collections.abc import Callable, Collection, Set

from sqlalchemy import select

from adapters.database.companies.tables import tenants as tenants_table
from adapters.database.core.column_types import in_keys
from adapters.database.core.engine import Database
from adapters.database.core.outages import log_outage
from adapters.signals.wake_up import WakeUp

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0


class Polling:
    """Polls at intervals, and at once when `soon` is called.

    `followed` returns the tenants to look at, or None for all; `on_news` gets those with events since the last look.
    """

    def __init__(
        self,
        database: Database,
        followed: Callable[[], Collection[int] | None],
        on_news: Callable[[Set[int]], None],
        interval: float = POLL_SECONDS,
    ) -> None:
        self._database = database
        self._followed = followed
        self._on_news = on_news
        self._interval = interval
        self._seen: dict[int, int] = {}
        self._due = WakeUp()
        self._signalled: set[int] = set()
        # How many times a tenant had events that no signal had told of.
        self.unsignalled = 0

    def soon(self) -> None:
        self._due.notify()

    def note_signal(self, tenant_ids: Set[int]) -> None:
        self._signalled |= tenant_ids

    async def run(self) -> None:
        while True:
            await self._due.wait(self._interval)
            try:
                found = await self._read()
            except Exception as failure:
                if not log_outage(failure):
                    log.warning("cannot poll for new events; trying again", exc_info=True)
                continue
            # A tenant that has not been looked at before counts as news: what happened meanwhile cannot be known.
            news = {tenant_id for tenant_id, number in found.items() if self._seen.get(tenant_id) != number}
            self.unsignalled += len({it for it in news if it in self._seen} - self._signalled)
            self._signalled.clear()
            self._seen = found
            self._on_news(news)

    async def _read(self) -> dict[int, int]:
        followed = self._followed()
        if followed is not None and not followed:
            return {}
        columns = tenants_table.c
        statement = select(columns.id, columns.last_event)
        if followed is not None:
            statement = statement.where(in_keys(columns.id, self._database.dialect, integers=True))
        keys = {} if followed is None else {"keys": list(followed)}
        async with self._database.read.connect() as connection:
            rows = (await connection.execute(statement, keys)).all()
        return {row.id: row.last_event for row in rows}
