"""A pool of asyncpg connections, for single reads or for transactions. A connection is opened when it is needed, up to
a limit.

asyncpg's own pool wraps and resets a connection for each use, which took a third of the time of a small read. A
connection that only runs single reads needs no reset (docs/performance.md).
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.core.pgbouncer import setting_for_transaction
from adapters.database.core.timeouts import UNLIMITED

log = logging.getLogger(__name__)

# JIT compilation pays off for reports and not for pages; its cost estimate grows with the sizes of the tables. A
# statement that waits for a lock fails after a while, instead of occupying a connection forever.
SESSION = {"jit": "off", "statement_timeout": "30s"}
CLOSING = 5.0
# How long a transaction waits for a connection.
WAITING = 30.0

_SQLALCHEMYS_OWN = frozenset(
    {"prepared_statement_cache_size", "prepared_statement_name_func", "async_creator_fn", "async_fallback"}
)


def connection_options(engine: AsyncEngine) -> dict[str, Any]:
    """Returns how SQLAlchemy would have asyncpg connect, without what is for SQLAlchemy itself."""
    _, options = engine.dialect.create_connect_args(engine.url)
    return {name: value for name, value in options.items() if name not in _SQLALCHEMYS_OWN}


@dataclass(frozen=True, slots=True)
class Pools:
    """Opens pools of connections to one database, with what holds for all of them: the `options` of `asyncpg.connect`
    and the `timeouts` of sessions. Behind PgBouncer nothing is set for a session, and `statement_options` are those of
    single statements, which can bring no time-out with them."""

    options: Mapping[str, Any]
    statement_options: Mapping[str, Any]
    timeouts: Mapping[str, str]
    behind_pgbouncer: bool

    def for_statements(self, most: int, settings: Mapping[str, str] = UNLIMITED) -> "ConnectionPool":
        """Opens a pool for single statements."""
        session = {**SESSION, **self.timeouts, **settings}
        return ConnectionPool(self.statement_options, most, {} if self.behind_pgbouncer else session)

    def for_transactions(self, most: int, settings: Mapping[str, str]) -> "ConnectionPool":
        """Opens a pool for transactions."""
        return ConnectionPool(self.options, most, {} if self.behind_pgbouncer else {**settings, **self.timeouts})

    def setting_for_transaction(self, settings: Mapping[str, str]) -> str | None:
        """Returns the statement with which a transaction has to begin, where its session has no settings."""
        return setting_for_transaction({**settings, **self.timeouts}) if self.behind_pgbouncer else None


class ConnectionPool:
    """A pool of up to `most` connections, opened with the `options` of `asyncpg.connect` and the settings of a
    session."""

    def __init__(self, options: Mapping[str, Any], most: int, session: Mapping[str, str] = SESSION) -> None:
        # Statements stay prepared whatever their length: the longest benefit most.
        kept = {"statement_cache_size": 500, "max_cacheable_statement_size": 0}
        self._options = {**kept, **options, "server_settings": dict(session)}
        self._patience: float | None = options.get("command_timeout")
        self._most = most
        self._open = 0
        self._idle: list[asyncpg.Connection] = []
        self._closing: set[asyncio.Future[None]] = set()
        self._waiting: deque[asyncio.Future[asyncpg.Connection | None]] = deque()

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Returns all rows of one statement."""
        connection = await self._take()
        try:
            rows: Sequence[Any] = await connection.fetch(sql, *arguments)
        except asyncpg.PostgresError as error:
            # After FATAL the server closes the connection, which the client may notice later.
            if getattr(error, "severity_en", None) == "ERROR":
                self._give(connection)
            else:
                self._drop(connection)
            raise
        except BaseException:
            # The state of the connection is unknown.
            self._drop(connection)
            raise
        self._give(connection)
        return rows

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[asyncpg.Connection]:
        """Lends a connection for a transaction, which the borrower ends whatever happens. Raises: TimeoutError."""
        async with asyncio.timeout(WAITING):
            connection = await self._take()
        try:
            yield connection
        except TimeoutError:
            # Its answer may never come.
            self._drop(connection)
            raise
        except Exception:
            self._give_back(connection)
            raise
        except BaseException:
            # The state of the connection is unknown.
            self._drop(connection)
            raise
        self._give_back(connection)

    def _give_back(self, connection: asyncpg.Connection) -> None:
        if connection.is_closed() or not connection.is_in_transaction():
            self._give(connection)
        else:
            self._drop(connection)

    async def close(self) -> None:
        """Closes all idle connections; the others are closed when they are returned. Waiting callers get an error."""
        self._most = 0
        while self._idle:
            self._idle.pop().terminate()
        for waiter in [it for it in self._waiting if not it.done()]:
            waiter.set_exception(_closed())
        self._waiting.clear()
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _take(self) -> asyncpg.Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._open -= 1
        if self._open < self._most:
            self._open += 1
            return await self._connect()
        handed = await self._wait()
        return await self._connect() if handed is None or handed.is_closed() else handed

    async def _connect(self) -> asyncpg.Connection:
        """Opens a connection in a place that is counted already."""
        try:
            if self._most == 0:
                raise _closed()
            return await asyncpg.connect(**self._options)
        except BaseException:
            self._lost()
            raise

    async def _wait(self) -> asyncpg.Connection | None:
        """Returns a connection of another, or None if its place is handed over."""
        if self._most == 0:
            raise _closed()
        waiter: asyncio.Future[asyncpg.Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(self._patience):
                return await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                # It was handed over, and goes to the next.
                handed = waiter.result()
                if handed is None:
                    self._lost()
                else:
                    self._give(handed)
            raise

    def _give(self, connection: asyncpg.Connection) -> None:
        if self._most == 0 or connection.is_closed():
            connection.terminate()
            self._lost()
        elif not self._hand_over(connection):
            self._idle.append(connection)

    def _drop(self, connection: asyncpg.Connection) -> None:
        """Closes a connection, and cancels its running statement first, which may be waiting for a lock."""
        closing = asyncio.ensure_future(connection.close(timeout=CLOSING))
        self._closing.add(closing)
        closing.add_done_callback(self._closed)
        self._lost()

    def _closed(self, closing: asyncio.Future[None]) -> None:
        self._closing.discard(closing)
        if not closing.cancelled() and closing.exception() is not None:
            log.debug("a connection was not closed in order", exc_info=closing.exception())

    def _lost(self) -> None:
        if not self._hand_over(None):
            self._open -= 1

    def _hand_over(self, connection: asyncpg.Connection | None) -> bool:
        """Gives a connection, or its place, to who has waited longest: nobody who comes now is before them."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return True
        return False


def _closed() -> asyncpg.InterfaceError:
    return asyncpg.InterfaceError("the connections to the database are closed")
