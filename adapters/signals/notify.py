"""Signals by PostgreSQL's LISTEN and NOTIFY.

Committing a NOTIFY takes a lock on the whole server's queue of notifications. So none is part of a transaction that
writes: they are sent by statements of their own, at most fifty a second from each process.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Set
from contextlib import suppress
from typing import Any

from sqlalchemy import Text, bindparam, func, select

from adapters.database.core.column_types import each_key
from adapters.database.core.engine import Database
from adapters.database.core.outages import log_outage
from adapters.signals.carrier import OnSignal, Outbox, tenants_in

log = logging.getLogger(__name__)

CHANNEL = "quotegraph"
RECONNECT_SECONDS = 1.0
# How often a connection that listens is asked whether it is still there, and how long it may take to answer.
ASK_EVERY = 10.0
ANSWER_SECONDS = 5.0
_NOTIFY = select(func.pg_notify(bindparam("channel", type_=Text()), each_key("postgresql").c.value))


class Notify:
    """A `Carrier` over the database. `direct` are connections to the same database that PgBouncer does not share out,
    for listening; it closes them."""

    name = "notify"

    def __init__(self, database: Database, direct: Database | None = None) -> None:
        self._database = database
        self._direct = direct
        self._notifying = database.reads.statement(_NOTIFY)
        self._outbox = Outbox()
        self.connected = False
        # Begins each message of this process, which hears its own as well.
        self._sender = secrets.token_hex(4)

    @property
    def sent(self) -> int:
        return self._outbox.sent

    def send(self, tenant_ids: Set[int]) -> None:
        self._outbox.add(tenant_ids)

    async def run(self, on_signal: OnSignal, on_gap: Callable[[], None]) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._outbox.send_all(self._notify))
                tasks.create_task(self._receive(on_signal, on_gap))
        finally:
            if self._direct is not None:
                await self._direct.close()

    async def _notify(self, messages: list[str]) -> bool:
        ours = [f"{self._sender}:{it}" for it in messages]
        try:
            await self._database.reads.fetch(self._notifying, {"channel": CHANNEL, "keys": ours})
        except Exception as failure:
            if not log_outage(failure):
                log.warning("cannot notify other processes; they find the events by polling", exc_info=True)
            return False
        return True

    async def _receive(self, on_signal: OnSignal, on_gap: Callable[[], None]) -> None:
        listening = self._direct or self._database

        def on_notification(_connection: Any, _pid: int, _channel: str, payload: object) -> None:
            sender, _, message = str(payload).partition(":")
            if sender != self._sender:
                # Anybody who may connect can notify.
                with suppress(ValueError):
                    on_signal(tenants_in(message))

        while True:
            try:
                async with listening.read.connect() as connection:
                    raw: Any = (await connection.get_raw_connection()).driver_connection
                    await raw.add_listener(CHANNEL, on_notification)
                    self.connected = True
                    on_gap()
                    await lost(raw)
            except Exception as failure:
                if not log_outage(failure):
                    log.warning("lost the connection that listens for notifications; connecting again", exc_info=True)
            finally:
                self.connected = False
            await asyncio.sleep(RECONNECT_SECONDS)


async def lost(connection: Any) -> None:
    """Returns when an asyncpg connection is closed. Nobody may tell that the other side has gone, so it is asked."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    while not ended.is_set():
        try:
            async with asyncio.timeout(ASK_EVERY):
                await ended.wait()
        except TimeoutError:
            await _ask(connection)


async def _ask(connection: Any) -> None:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await connection.execute("SELECT 1")
    except BaseException:
        # Closing it in order would wait for the other side.
        connection.terminate()
        raise
