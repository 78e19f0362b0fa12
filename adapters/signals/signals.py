"""Wakes subscribers and workers, in this and in other processes, when something was committed.

A signal carries no data: the woken task reads the event log or the job queue. A commit wakes the tasks of its own
process directly, and those of others through a carrier. Each process also polls the tenants' event counters, so that
a lost signal causes a delay and no loss.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Set
from contextlib import contextmanager
from typing import NamedTuple

from adapters.database.core.engine import Database, open_database
from adapters.database.core.pgbouncer import is_behind_pgbouncer
from adapters.signals.carrier import Carrier
from adapters.signals.in_process import InProcess
from adapters.signals.nats_address import parse_nats_url
from adapters.signals.notify import Notify
from adapters.signals.polling import POLL_SECONDS, Polling
from adapters.signals.wake_up import TenantsWakeUp, WakeUp


class SignalFigures(NamedTuple):
    """`connected`: whether commits of other processes are heard of. `unsignalled`: times that polling found a tenant's
    events first."""

    carrier: str
    connected: bool
    sent: int
    received: int
    unsignalled: int


class Signals:
    """Wakes the listeners of tenants, and the workers. An async context manager that stays open while the process
    runs."""

    def __init__(self, database: Database, url: str | None = None, poll_seconds: float = POLL_SECONDS) -> None:
        self._carrier = _carrier(database, url)
        self._polling = Polling(database, self._followed, self._notify_listeners, poll_seconds)
        self._listeners: defaultdict[int, set[WakeUp]] = defaultdict(set)
        self._listeners_of_all: set[TenantsWakeUp] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.jobs = WakeUp()
        self.received = 0

    async def __aenter__(self) -> "Signals":
        running = (self._polling.run(), self._carrier.run(self._on_received, self._polling.soon))
        self._tasks = [asyncio.create_task(it) for it in running]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def committed(self, tenant_ids: Set[int]) -> None:
        """Notifies all processes that these tenants have new events and that there may be new jobs."""
        self._on_signal(tenant_ids)
        self._carrier.send(tenant_ids)

    def figures(self) -> SignalFigures:
        """Returns what happened in this process so far."""
        carrier = self._carrier
        return SignalFigures(carrier.name, carrier.connected, carrier.sent, self.received, self._polling.unsignalled)

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

    @contextmanager
    def listen_to_all(self) -> Iterator[TenantsWakeUp]:
        """Yields a wake-up that is notified of each new event of any tenant, in both environments."""
        wake_up = TenantsWakeUp()
        self._listeners_of_all.add(wake_up)
        try:
            yield wake_up
        finally:
            self._listeners_of_all.discard(wake_up)

    def _on_received(self, tenant_ids: Set[int]) -> None:
        self.received += 1
        self._on_signal(tenant_ids)

    def _on_signal(self, tenant_ids: Set[int]) -> None:
        self._polling.note_signal(tenant_ids)
        self._notify_listeners(tenant_ids)
        self.jobs.notify()

    def _notify_listeners(self, tenant_ids: Set[int]) -> None:
        for tenant_id in tenant_ids:
            for wake_up in self._listeners.get(tenant_id, ()):
                wake_up.notify()
        for listener in self._listeners_of_all:
            listener.notify(tenant_ids)

    def _followed(self) -> Collection[int] | None:
        return None if self._listeners_of_all else self._listeners


def _carrier(database: Database, url: str | None) -> Carrier:
    if url and url.startswith("postgresql"):
        return Notify(database, open_database(url, pool_size=1))
    if url:
        # Few need the library.
        from adapters.signals.nats import Nats

        return Nats(parse_nats_url(url))
    if is_behind_pgbouncer(database.url):
        return InProcess("polling", connected=False)
    return Notify(database) if database.dialect == "postgresql" else InProcess()
