"""Wakes subscribers and workers, in this and in other processes, when something was committed.

A signal carries no data: the woken task reads the event log or the job queue. A commit wakes the tasks of its own
process directly. Between processes PostgreSQL carries small, coalesced NOTIFY messages. Each process also polls the
tenants' event counters every second, so that a lost signal causes a delay and no loss.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import select, text

from adapters.database.companies.tables import tenants as tenants_table
from adapters.database.core.column_types import in_keys
from adapters.database.core.engine import Database
from adapters.database.core.outages import log_outage

log = logging.getLogger(__name__)

CHANNEL = "quotegraph"
POLL_SECONDS = 1.0
# Seconds for which signals are collected into one NOTIFY, which takes a lock on the whole database.
COALESCE_SECONDS = 0.02


class WakeUp:
    """Wakes one listener. A notification that arrives while the listener is busy is kept until it waits again."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        self._event.set()

    async def wait(self, timeout: float | None = None) -> None:
        """Returns when `notify` was called since the last wait, or after `timeout` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._event.wait()
        self._event.clear()


class Signals:
    """Wakes the listeners of tenants, and the workers. An async context manager that stays open while the process
    runs."""

    def __init__(self, database: Database, poll_seconds: float = POLL_SECONDS) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._listeners: defaultdict[int, set[WakeUp]] = defaultdict(set)
        self._seen: dict[int, int] = {}
        self._unsent: set[int] = set()
        self._sending = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.jobs = WakeUp()

    async def __aenter__(self) -> "Signals":
        self._tasks = [asyncio.create_task(self._poll())]
        if self._database.dialect == "postgresql":
            self._tasks += [asyncio.create_task(self._send()), asyncio.create_task(self._receive())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def committed(self, tenant_ids: set[int]) -> None:
        """Notifies all processes that these tenants have new events and that there may be new jobs."""
        self._notify_listeners(tenant_ids)
        self.jobs.notify()
        if self._database.dialect == "postgresql":
            self._unsent |= tenant_ids
            self._sending.set()

    @contextmanager
    def listen(self, tenant_id: int) -> Iterator[WakeUp]:
        """Yields a wake-up that is notified of each new event of a tenant."""
        wake_up = WakeUp()
        self._listeners[tenant_id].add(wake_up)
        try:
            yield wake_up
        finally:
            self._listeners[tenant_id].discard(wake_up)
            if not self._listeners[tenant_id]:
                del self._listeners[tenant_id]
                self._seen.pop(tenant_id, None)

    def _notify_listeners(self, tenant_ids: set[int]) -> None:
        for tenant_id in tenant_ids:
            for wake_up in self._listeners.get(tenant_id, ()):
                wake_up.notify()

    async def _poll(self) -> None:
        columns = tenants_table.c
        numbers = select(columns.id, columns.last_event).where(
            in_keys(columns.id, self._database.dialect, integers=True)
        )
        while True:
            await asyncio.sleep(self._poll_seconds)
            try:
                async with self._database.read.connect() as connection:
                    found = (
                        (await connection.execute(numbers, {"keys": list(self._listeners)})).all()
                        if self._listeners
                        else []
                    )
            except Exception as failure:
                if not log_outage(failure):
                    log.warning("cannot poll for new events; trying again", exc_info=True)
                continue
            news = {tenant_id for tenant_id, number in found if self._seen.get(tenant_id) != number}
            self._seen.update((tenant_id, number) for tenant_id, number in found)
            self._notify_listeners(news)

    async def _send(self) -> None:
        while True:
            await self._sending.wait()
            await asyncio.sleep(COALESCE_SECONDS)
            self._sending.clear()
            tenants, self._unsent = self._unsent, set()
            try:
                async with self._database.read.connect() as connection:
                    payload = ",".join(str(it) for it in sorted(tenants)[:500])
                    await connection.execute(
                        text("SELECT pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload}
                    )
            except Exception as failure:
                if not log_outage(failure):
                    log.warning("cannot notify other processes; they find the events by polling", exc_info=True)

    async def _receive(self) -> None:
        def on_notification(_connection: Any, _pid: int, _channel: str, payload: object) -> None:
            self._notify_listeners({int(part) for part in str(payload).split(",") if part})
            self.jobs.notify()

        while True:
            try:
                async with self._database.read.connect() as connection:
                    raw: Any = (await connection.get_raw_connection()).driver_connection
                    await raw.add_listener(CHANNEL, on_notification)
                    await _terminated(raw)
            except Exception as failure:
                if not log_outage(failure):
                    log.warning("lost the connection that listens for notifications; connecting again", exc_info=True)
            await asyncio.sleep(self._poll_seconds)


async def _terminated(connection: Any) -> None:
    """Returns when an asyncpg connection is closed."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    await ended.wait()
