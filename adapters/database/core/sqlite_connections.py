"""Connections to SQLite, each with a thread of its own."""

import asyncio
import sqlite3
from typing import Any

import aiosqlite


class SqliteConnection(aiosqlite.Connection):
    """A connection whose thread is stopped once, and who stops it again waits for the first stop.

    SQLAlchemy closes a connection whose use was cancelled, and stops it as well when that is cancelled too, as at the
    end of a process. The thread answers the first stop only, so that the second would be waited for for ever.
    """

    _stopping: "asyncio.Future[Any] | None" = None

    def stop(self) -> "asyncio.Future[Any] | None":
        if self._running:
            self._stopping = super().stop()
        return self._stopping


def connect(database: str, **options: Any) -> SqliteConnection:
    """Returns a connection that is opened when it is awaited. Its thread keeps no process from ending."""
    connection = SqliteConnection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
