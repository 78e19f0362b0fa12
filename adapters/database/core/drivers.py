"""What executes the statements of a transaction: asyncpg, or sqlite3 in the thread of aiosqlite."""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import asyncpg


class Call(NamedTuple):
    """One statement. With `many`, there is a list of arguments for each of its executions."""

    sql: str
    arguments: Sequence[Any] = ()
    returns_rows: bool = False
    many: bool = False


class Found(NamedTuple):
    """What a statement returned, or how many rows it changed."""

    rows: Sequence[Any]
    changed: int


class Driver(Protocol):
    """Executes statements on one connection, in order. `begin` begins a transaction."""

    begin: Call

    async def run(self, calls: Sequence[Call]) -> list[Found]: ...


BEGIN = Call("BEGIN ISOLATION LEVEL READ COMMITTED")


class PostgresDriver:
    """Takes a round trip for each statement."""

    def __init__(self, connection: asyncpg.Connection, begin: Call = BEGIN) -> None:
        self._connection = connection
        self.begin = begin

    async def run(self, calls: Sequence[Call]) -> list[Found]:
        return [await self._one(call) for call in calls]

    async def _one(self, call: Call) -> Found:
        connection = self._connection
        if call.many:
            if not call.returns_rows:
                await connection.executemany(call.sql, call.arguments)
                return Found((), -1)
            rows = await connection.fetchmany(call.sql, call.arguments)
        elif not call.returns_rows:
            status = await connection.execute(call.sql, *call.arguments)
            if status == "ROLLBACK" and call.sql == "COMMIT":
                # PostgreSQL answers so, and not by an error, when a statement of the transaction has failed.
                raise asyncpg.InFailedSQLTransactionError("a statement before the commit has failed")
            return Found((), _count(status))
        else:
            rows = await connection.fetch(call.sql, *call.arguments)
        return Found(rows, len(rows))


class SqliteDriver:
    """Visits the thread of the database once for all statements."""

    begin = Call("BEGIN IMMEDIATE")

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def run(self, calls: Sequence[Call]) -> list[Found]:
        connection = self._connection
        # aiosqlite has no public way to do more than one thing in a visit.
        found: list[Found] = await connection._execute(_run_all, connection._conn, calls)
        return found


def _run_all(connection: sqlite3.Connection, calls: Sequence[Call]) -> list[Found]:
    return [_run(connection, call) for call in calls]


def _run(connection: sqlite3.Connection, call: Call) -> Found:
    if not call.many:
        cursor = connection.execute(call.sql, call.arguments)
        return Found(cursor.fetchall(), cursor.rowcount)
    if not call.returns_rows:
        return Found((), connection.executemany(call.sql, call.arguments).rowcount)
    rows = [row for arguments in call.arguments for row in connection.execute(call.sql, arguments)]
    return Found(rows, len(rows))


def _count(status: str) -> int:
    """Returns how many rows were changed, as in "UPDATE 2" and "INSERT 0 2"."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else -1
