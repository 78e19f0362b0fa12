"""Connections of asyncpg for single reads: lent for one statement each, opened as they are needed, up to a number.

asyncpg's own pool wraps a connection anew for each use and resets it afterwards, which took a third of the time of a
small read; a connection that only ever ran single reads has nothing to reset (docs/performance.md).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

log = logging.getLogger(__name__)

# Compiling a statement pays for reports, not for pages; its cost grows with the tables' sizes. One that a lock holds up
# ends with an error, rather than hold a connection for ever.
SESSION = {"jit": "off", "statement_timeout": "30s"}
CLOSING = 5.0


class ConnectionPool:
    """Up to `most` connections, made with the `options` of `asyncpg.connect`."""

    def __init__(self, options: Mapping[str, Any], most: int) -> None:
        # Statements are kept prepared whatever their length: the longest are those that gain most by it.
        kept = {"statement_cache_size": 500, "max_cacheable_statement_size": 0}
        self._options = {**kept, **options, "server_settings": SESSION}
        self._most = most
        self._open = 0
        self._idle: list[asyncpg.Connection] = []
        self._closing: set[asyncio.Future[None]] = set()
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """All rows of one statement."""
        connection = await self._take()
        try:
            rows: Sequence[Any] = await connection.fetch(sql, *arguments)
        except asyncpg.PostgresError:
            self._give(connection)
            raise
        except BaseException:
            # Nobody knows what it is in the middle of.
            self._drop(connection)
            raise
        self._give(connection)
        return rows

    async def close(self) -> None:
        """End all connections that nobody uses; the others end when they are given back. Who waits is told."""
        self._most = 0
        while self._idle:
            self._idle.pop().terminate()
        for waiter in [it for it in self._waiting if not it.done()]:
            waiter.set_exception(_closed())
        self._waiting.clear()
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _take(self) -> asyncpg.Connection:
        while True:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    return connection
                self._open -= 1
            if self._open < self._most:
                return await self._connect()
            await self._wait()

    async def _connect(self) -> asyncpg.Connection:
        self._open += 1
        try:
            return await asyncpg.connect(**self._options)
        except BaseException:
            self._lost()
            raise

    async def _wait(self) -> None:
        if self._most == 0:
            raise _closed()
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                # It was our turn; it is the next one's now.
                self._wake()
            raise

    def _give(self, connection: asyncpg.Connection) -> None:
        if self._most == 0 or connection.is_closed():
            connection.terminate()
            self._lost()
        else:
            self._idle.append(connection)
            self._wake()

    def _drop(self, connection: asyncpg.Connection) -> None:
        """End a connection, and first of all what the database still does for it: that can be waiting for a lock."""
        closing = asyncio.ensure_future(connection.close(timeout=CLOSING))
        self._closing.add(closing)
        closing.add_done_callback(self._closed)
        self._lost()

    def _closed(self, closing: asyncio.Future[None]) -> None:
        self._closing.discard(closing)
        if not closing.cancelled() and closing.exception() is not None:
            log.debug("a connection was not closed in order", exc_info=closing.exception())

    def _lost(self) -> None:
        self._open -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return


def _closed() -> asyncpg.InterfaceError:
    return asyncpg.InterfaceError("the connections to the database are closed")
