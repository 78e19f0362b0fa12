"""The engines of a database: one for writing and one for reading.

On SQLite, writing transactions take the write lock at their start, because updates could otherwise be lost when a
reading transaction starts to write. Reads never wait for the lock (WAL).
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.database.core.outages import sqlite_code
from adapters.database.core.pgbouncer import (
    PARAMETER,
    UNPREPARED,
    is_behind_pgbouncer,
    setting_for_transaction,
    without_parameter,
)
from adapters.database.core.pool import Pools, connection_options
from adapters.database.core.read_statements import ReadExecutor
from adapters.database.core.sqlite_connections import connect
from adapters.database.core.timeouts import UNLIMITED, Timeouts
from adapters.database.core.transactions import Transactions

# Errors are logged without the values of their statement, which may contain secrets and personal data.
_DISCREET: Mapping[str, Any] = {"hide_parameters": True}
# How long a transaction waits for one of another process to end, in milliseconds, and for its turn in this process, in
# seconds. Then the request is refused, and may be repeated.
_SQLITE_BUSY = 5_000
_SQLITE_TURN = 8.0
# After so many seconds a server or a worker gives up a statement: PostgreSQL may be halted or out of reach.
ANSWER_SECONDS = 15.0
# How long a connection to PostgreSQL may take to be opened, in seconds.
_CONNECTED_IN = 5.0
# What writes beside units of work, such as the queue of jobs, takes its turn with so many connections at most.
_MOST_OTHER_WRITERS = 5
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class BadDatabaseUrl(ValueError):
    """The database URL is invalid. The message says what to set."""


@dataclass(frozen=True, slots=True)
class Database:
    """The engines of a database. `dialect` is "sqlite" or "postgresql"."""

    write: AsyncEngine
    read: AsyncEngine
    url: URL
    reads: ReadExecutor
    transactions: Transactions
    # Further connections to PostgreSQL; None on SQLite.
    pools: Pools | None = None

    @property
    def dialect(self) -> str:
        return self.write.dialect.name

    def file(self) -> tuple[int, int] | None:
        """Returns the identity of the file that the URL of an SQLite database refers to, or None. Open connections keep
        using the file they opened even if it is deleted; later writes to it are lost.
        """
        if self.dialect != "sqlite":
            return None
        try:
            found = Path(self.url.database or "").stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    async def close(self) -> None:
        await self.reads.close()
        await self.transactions.close()
        await self.write.dispose()
        await self.read.dispose()


def parse_url(url: str) -> URL:
    """Parses a database URL. Raises: BadDatabaseUrl."""
    examples = "sqlite+aiosqlite:///path/to/file.db or postgresql+asyncpg://user@host/name"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadDatabaseUrl(f"This is not a database address. Use {examples}.") from None
    if parsed.drivername not in DRIVERS:
        raise BadDatabaseUrl(f"{parsed.drivername} is not supported. Use {examples}.")
    if "sslmode" in parsed.query:
        # libpq and most providers call asyncpg's `ssl` so.
        parsed = parsed.update_query_dict({"ssl": parsed.query["sslmode"]}).difference_update_query(["sslmode"])
    if PARAMETER in parsed.query and (
        parsed.query[PARAMETER] not in ("true", "false") or parsed.drivername.startswith("sqlite")
    ):
        raise BadDatabaseUrl(f"{PARAMETER} is true or false, for PostgreSQL only. Use {examples}.")
    if parsed.drivername.startswith("sqlite") and parsed.database in (None, "", ":memory:"):
        raise BadDatabaseUrl("A database in memory cannot be shared by connections. Name a file.")
    return parsed


def open_database(
    url: str, pool_size: int = 10, answer_seconds: float | None = None, timeouts: Timeouts | None = None
) -> Database:
    """Creates the engines of a database, without connecting. A statement that PostgreSQL has not answered after
    `answer_seconds` fails, and its connection is given up; by default it may take any time.

    Raises: BadDatabaseUrl.
    """
    parsed = parse_url(url)
    if parsed.drivername.startswith("postgresql"):
        return _postgresql(parsed, pool_size, answer_seconds, timeouts)
    alike = {**_DISCREET, "max_overflow": 0, "connect_args": {"async_creator_fn": connect}}
    write = create_async_engine(parsed, pool_size=1, pool_timeout=_SQLITE_TURN, **alike)
    read = create_async_engine(parsed, pool_size=pool_size, **alike)
    for engine in (write, read):
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "handle_error", _give_up_broken)
    event.listen(write.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return Database(write, read, parsed, ReadExecutor(read, None, pool_size), Transactions(write, None, pool_size))


def _postgresql(url: URL, pool_size: int, answer_seconds: float | None, timeouts: Timeouts | None) -> Database:
    waiting, session = (timeouts.waiting, timeouts.session) if timeouts else (UNLIMITED, UNLIMITED)
    pooled, address = is_behind_pgbouncer(url), without_parameter(url)
    limits = {"timeout": _CONNECTED_IN, "command_timeout": answer_seconds, **(UNPREPARED if pooled else {})}
    # A single statement cannot bring a time-out with it, so we end it ourselves.
    reading = {**limits, "command_timeout": timeouts.statement} if pooled and timeouts else limits
    settings = {"prepared_statement_cache_size": 0} if pooled else {"server_settings": dict(waiting)}
    alive = {**_DISCREET, "max_overflow": 0, "pool_pre_ping": True}
    writers = min(pool_size, _MOST_OTHER_WRITERS)
    write = create_async_engine(
        address,
        pool_size=writers,
        pool_timeout=answer_seconds or 30,
        connect_args={**limits, **settings},
        **alive,
    )
    read = create_async_engine(
        address, pool_size=pool_size, isolation_level="AUTOCOMMIT", connect_args={**reading, **settings}, **alive
    )
    for engine in (write, read):
        event.listen(engine.sync_engine, "handle_error", _give_up_broken)
    if pooled and waiting:
        _set_for_transactions(write, waiting)
    options = connection_options(write)
    pools = Pools({**options, **limits}, {**options, **reading}, session, pooled)
    reads, transactions = ReadExecutor(read, pools, pool_size), Transactions(write, pools, pool_size)
    return Database(write, read, url, reads, transactions, pools)


def _set_for_transactions(engine: AsyncEngine, session: Mapping[str, str]) -> None:
    statement = setting_for_transaction(session)

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    event.listen(engine.sync_engine, "begin", on_begin)


def _give_up_broken(failure: ExceptionContext) -> None:
    """Closes a connection that would not recover: one whose answer may never come, and one to an SQLite file that could
    not be written when it was opened."""
    cause = failure.original_exception
    if isinstance(cause, TimeoutError) or sqlite_code(cause) == sqlite3.SQLITE_READONLY:
        failure.is_disconnect, failure.invalidate_pool_on_disconnect = True, False


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: a committed transaction survives a power failure, and not only a crash of the process.
    for pragma in ("journal_mode=WAL", f"busy_timeout={_SQLITE_BUSY}", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
