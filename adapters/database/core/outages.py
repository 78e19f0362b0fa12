"""Classifies errors that mean a temporary outage of the database, so that the same request may succeed later. They are
logged in a rate-limited line, instead of a traceback for each request."""

import logging
import sqlite3
from collections.abc import Iterator
from time import monotonic

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

log = logging.getLogger(__name__)

# The minimum time between two log lines, in seconds.
LOG_INTERVAL = 10.0
# PostgreSQL's error classes and single codes: connections and authorisation, resources, operator intervention, system
# errors; statements and idle transactions that took too long; read-only transactions, deadlocks, serialization
# failures, and locks or databases that are not available.
_SQL_STATES = ("08", "28", "53", "57014", "57P", "58", "25P03", "25006", "3D000", "40P01", "40001", "55000", "55P03")
_DISK_FULL = "53100"
# For how long a disk that was full is taken to be so still, in seconds.
SPACE_SECONDS = 5.0
# Serialization failures and deadlocks.
_ROLLED_BACK = ("40001", "40P01")
_SQLITE = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)
# asyncpg calls it an internal error when the server ended the connection in the middle of a statement.
_ALWAYS = (PoolTimeout, ConnectionError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def outage(error: BaseException) -> BaseException | None:
    """Returns the cause of an error that indicates an outage, or None."""
    return next((it for it in _causes(error) if _is_outage(it)), None)


def is_rolled_back(error: BaseException) -> bool:
    """Whether PostgreSQL has rolled a transaction back in favour of another, so that it may be run again."""
    return any(getattr(it, "sqlstate", None) in _ROLLED_BACK for it in _causes(error))


def sqlite_code(error: BaseException) -> int:
    """Returns SQLite's primary code of an error; 0 for errors of anything else, Python's own module among them."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def log_outage(error: BaseException) -> bool:
    """Returns whether an outage caused this error, and logs it."""
    cause = outage(error)
    if cause is not None:
        _throttled_log.warn(cause)
        _space.note(cause)
    return cause is not None


def ran_out_of_space() -> bool:
    """Returns whether something could not be written in the last seconds because the disk is full."""
    return _space.ran_out()


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, sqlite3.Error):
        return sqlite_code(error) in _SQLITE
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str) and state.startswith(_SQL_STATES):
        return True
    # A missing socket or an unknown host name.
    return isinstance(error, (*_ALWAYS, OSError)) and not isinstance(error, FileExistsError)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yields an error and its causes."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        found = left.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        left += [getattr(found, "orig", None), found.__cause__]


class _Space:
    """When something last could not be written because the disk is full. Rows that are changed in place, as those of
    readiness checks, can be written for long after that."""

    def __init__(self) -> None:
        self._ran_out: float | None = None

    def note(self, cause: BaseException) -> None:
        if sqlite_code(cause) == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", None) == _DISK_FULL:
            self._ran_out = monotonic()

    def ran_out(self) -> bool:
        return self._ran_out is not None and monotonic() - self._ran_out < SPACE_SECONDS


_space = _Space()


class _ThrottledLog:
    """Logs the first of many messages, and with the next one the number of those left out."""

    def __init__(self) -> None:
        self._written: float | None = None
        self._left_out = 0

    def warn(self, cause: BaseException) -> None:
        now = monotonic()
        if self._written is not None and now - self._written < LOG_INTERVAL:
            self._left_out += 1
            return
        more = f" ({self._left_out:,} more since the last line)" if self._left_out else ""
        log.warning("the database cannot be used: %s: %s%s", type(cause).__name__, _first_line(cause), more)
        self._written, self._left_out = now, 0


_throttled_log = _ThrottledLog()


def _first_line(cause: BaseException) -> str:
    return str(cause).partition("\n")[0][:200]
