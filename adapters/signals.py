"""Who is told, and how, that something was committed: subscribers and workers of this process and of others.

A signal carries no data; whoever is woken reads the event log or the job queue. In the process a commit wakes directly.
Between processes PostgreSQL carries a small, coalesced NOTIFY, and a look at the tenants' counters every second is the
fallback that makes a lost signal a delay rather than a loss.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import select, text

from adapters.database import tables
from adapters.database.core.column_types import in_keys
from adapters.database.core.engine import Database
from adapters.database.core.outages import note_outage

log = logging.getLogger(__name__)

CHANNEL = "quotegraph"
LOOK_EVERY = 1.0
# Signals that fall into one such pause travel as one NOTIFY, which takes a lock of the whole database.
GATHER = 0.02


class WakeUp:
    """Rings for one listener, which may be busy: a ring is kept until it is heard."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        self._event.set()

    async def wait(self, timeout: float | None = None) -> None:
        """Returns when it rang since the last call, or after `timeout` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._event.wait()
        self._event.clear()


class Signals:
    """Wakes listeners of tenants, and workers. Used as a context while the process runs."""

    def __init__(self, database: Database, look_every: float = LOOK_EVERY) -> None:
        self._database = database
        self._look_every = look_every
        self._bells: defaultdict[int, set[WakeUp]] = defaultdict(set)
        self._seen: dict[int, int] = {}
        self._unsent: set[int] = set()
        self._sending = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.jobs = WakeUp()

    async def __aenter__(self) -> "Signals":
        self._tasks = [asyncio.create_task(self._look())]
        if self._database.dialect == "postgresql":
            self._tasks += [asyncio.create_task(self._send()), asyncio.create_task(self._receive())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def committed(self, tenant_ids: set[int]) -> None:
        """Tell everyone that these tenants have news and that there may be jobs."""
        self._ring(tenant_ids)
        self.jobs.notify()
        if self._database.dialect == "postgresql":
            self._unsent |= tenant_ids
            self._sending.set()

    @contextmanager
    def listen(self, tenant_id: int) -> Iterator[WakeUp]:
        """A bell that rings at every news of a tenant."""
        wake_up = WakeUp()
        self._bells[tenant_id].add(wake_up)
        try:
            yield wake_up
        finally:
            self._bells[tenant_id].discard(wake_up)
            if not self._bells[tenant_id]:
                del self._bells[tenant_id]
                self._seen.pop(tenant_id, None)

    def _ring(self, tenant_ids: set[int]) -> None:
        for tenant_id in tenant_ids:
            for wake_up in self._bells.get(tenant_id, ()):
                wake_up.notify()

    async def _look(self) -> None:
        of = tables.tenants.c
        numbers = select(of.id, of.last_event).where(in_keys(of.id, self._database.dialect, integers=True))
        while True:
            await asyncio.sleep(self._look_every)
            try:
                async with self._database.read.connect() as connection:
                    found = (
                        (await connection.execute(numbers, {"keys": list(self._bells)})).all() if self._bells else []
                    )
            except Exception as failure:
                if not note_outage(failure):
                    log.warning("cannot look for new events; trying again", exc_info=True)
                continue
            news = {tenant_id for tenant_id, number in found if self._seen.get(tenant_id) != number}
            self._seen.update((tenant_id, number) for tenant_id, number in found)
            self._ring(news)

    async def _send(self) -> None:
        while True:
            await self._sending.wait()
            await asyncio.sleep(GATHER)
            self._sending.clear()
            tenants, self._unsent = self._unsent, set()
            try:
                async with self._database.read.connect() as connection:
                    payload = ",".join(str(it) for it in sorted(tenants)[:500])
                    await connection.execute(
                        text("SELECT pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload}
                    )
            except Exception as failure:
                if not note_outage(failure):
                    log.warning("cannot notify other processes; they will look by themselves", exc_info=True)

    async def _receive(self) -> None:
        def on_notification(_connection: Any, _pid: int, _channel: str, payload: object) -> None:
            self._ring({int(part) for part in str(payload).split(",") if part})
            self.jobs.notify()

        while True:
            try:
                async with self._database.read.connect() as connection:
                    raw: Any = (await connection.get_raw_connection()).driver_connection
                    await raw.add_listener(CHANNEL, on_notification)
                    await _terminated(raw)
            except Exception as failure:
                if not note_outage(failure):
                    log.warning("lost the connection that listens for signals; connecting again", exc_info=True)
            await asyncio.sleep(self._look_every)


async def _terminated(connection: Any) -> None:
    """Returns when a connection of asyncpg has ended."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    await ended.wait()
