"""Connections of asyncpg for single reads: lent for one statement each, opened as they are needed, up to a number.

asyncpg's own pool wraps a connection anew for each use and resets it afterwards, which took a third of the time of a
small read; a connection that only ever ran single reads has nothing to reset (docs/performance.md).
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

import asyncpg


class Connections:
    """Up to `most` connections to the database at `address`."""

    def __init__(self, address: str, most: int) -> None:
        self._address = address
        self._most = most
        self._open = 0
        self._idle: list[asyncpg.Connection] = []
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
            connection.terminate()
            self._lost()
            raise
        self._give(connection)
        return rows

    def close(self) -> None:
        """End all connections that nobody uses; the others end when they are given back."""
        self._most = 0
        while self._idle:
            self._idle.pop().terminate()

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
            # Compiling a statement pays for reports, not for pages; its cost grows with the tables' sizes.
            return await asyncpg.connect(self._address, statement_cache_size=1000, server_settings={"jit": "off"})
        except BaseException:
            self._lost()
            raise

    async def _wait(self) -> None:
        if self._most == 0:
            raise asyncpg.InterfaceError("the connections to the database are closed")
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():
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

    def _lost(self) -> None:
        self._open -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
