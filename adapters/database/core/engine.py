"""Connections: one engine for writing and one for reading, on either database.

On SQLite every writing transaction takes the write lock at its start, because a read that turns into a write loses
updates otherwise; reading never waits for it (WAL).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.database.core.read_statements import ReadExecutor

# Errors are logged without the values of their statement, which may be secrets and what is known of people.
_DISCREET: Mapping[str, Any] = {"hide_parameters": True}
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class BadDatabaseUrl(ValueError):
    """The address of the database cannot be used; the text says what would be."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database we may use. `dialect` is "sqlite" or "postgresql"."""

    write: AsyncEngine
    read: AsyncEngine
    url: URL
    reads: ReadExecutor

    @property
    def dialect(self) -> str:
        return self.write.dialect.name

    def file(self) -> tuple[int, int] | None:
        """Which file the address of an SQLite database names now; connections go on with the one they opened, even
        when it is deleted, and what is written then is lost. None where the database is no file, or where it is gone.
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
        await self.write.dispose()
        await self.read.dispose()


def parse_url(url: str) -> URL:
    """The address of a database. Raises: BadDatabaseUrl."""
    examples = "sqlite+aiosqlite:///path/to/file.db or postgresql+asyncpg://user@host/name"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadDatabaseUrl(f"This is not a database address. Use {examples}.") from None
    if parsed.drivername not in DRIVERS:
        raise BadDatabaseUrl(f"{parsed.drivername} is not supported. Use {examples}.")
    if "sslmode" in parsed.query:
        # As libpq and most providers spell what asyncpg calls `ssl`.
        parsed = parsed.update_query_dict({"ssl": parsed.query["sslmode"]}).difference_update_query(["sslmode"])
    if parsed.drivername.startswith("sqlite") and parsed.database in (None, "", ":memory:"):
        raise BadDatabaseUrl("A database in memory cannot be shared by connections. Name a file.")
    return parsed


def open_database(url: str, pool_size: int = 10) -> Database:
    """Engines for a database; nothing is connected yet. Raises: BadDatabaseUrl."""
    parsed = parse_url(url)
    if parsed.drivername.startswith("postgresql"):
        alive = {**_DISCREET, "pool_size": pool_size, "max_overflow": 0, "pool_pre_ping": True}
        write = create_async_engine(parsed, **alive)
        read = create_async_engine(parsed, isolation_level="AUTOCOMMIT", **alive)
        return Database(write, read, parsed, ReadExecutor(read, pool_size))
    write = create_async_engine(parsed, pool_size=1, max_overflow=0, pool_timeout=30, **_DISCREET)
    read = create_async_engine(parsed, pool_size=pool_size, max_overflow=0, **_DISCREET)
    for engine in (write, read):
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(write.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return Database(write, read, parsed, ReadExecutor(read, pool_size))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: a decision that was answered for survives a power cut, not only a crash of the process.
    for pragma in ("journal_mode=WAL", "busy_timeout=15000", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
