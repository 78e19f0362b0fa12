"""The transactions of units of work: SQLAlchemy builds and compiles the statements, and the drivers execute them.

SQLAlchemy's execution took more of our process than all rules (docs/performance.md). On PostgreSQL asyncpg executes
each statement; on SQLite statements that need nothing of each other are executed in one visit to the database's thread.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from sqlite3 import SQLITE_READONLY
from sqlite3 import Error as SqliteError
from sqlite3 import IntegrityError as SqliteIntegrityError
from typing import Any

from asyncpg import IntegrityConstraintViolationError
from sqlalchemy import Dialect, Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.core.compiled_statements import Prepared, StatementShapes, Values
from adapters.database.core.drivers import BEGIN, Call, Driver, Found, PostgresDriver, SqliteDriver
from adapters.database.core.outages import sqlite_code
from adapters.database.core.pool import Pools
from adapters.database.core.result_rows import ResultRows
from adapters.database.core.set_writes import Row, Write, as_json, statements_of_each, together

# What stores write are rows found by their keys: plans do not depend on the values, and no join needs whole tables.
SESSION = {"jit": "off", "plan_cache_mode": "force_generic_plan", "enable_hashjoin": "off", "enable_mergejoin": "off"}

COMMIT = Call("COMMIT")
# Of writes that go to the database together, the combinations whose statements are kept.
MOST_COMBINATIONS = 500


class Transaction:
    """One transaction. It begins with its first statement, and is rolled back unless it is committed."""

    def __init__(self, driver: Driver, shared: "Transactions", moment: datetime) -> None:
        self.dialect = shared.dialect
        self.moment = moment
        self._driver = driver
        self._shared = shared
        self._is_open = False
        self._waiting: dict[Write, list[Row]] = {}
        self._is_last_waiting = False
        self._keys: defaultdict[Table, set[tuple[Any, ...]]] = defaultdict(set)

    async def write(self, write: Write, rows: Sequence[Row]) -> None:
        """Writes rows, at the latest before the next statement or the commit."""
        if not rows:
            return
        keys = {tuple(map(row.__getitem__, write.key)) for row in rows}
        if len(keys) < len(rows):
            # One statement would write any of those with the same key.
            for row in rows:
                await self.write(write, (row,))
            return
        if self._is_last_waiting or not self._keys[write.table].isdisjoint(keys):
            await self._run(self._taken())
        self._keys[write.table] |= keys
        self._is_last_waiting = write.is_last
        noted = dict.fromkeys(write.noted, self.moment)
        self._waiting.setdefault(write, []).extend({**row, **noted} for row in rows)

    async def execute(self, statement: Any, values: Values | Sequence[Values] | None = None) -> ResultRows:
        """Executes a statement, once or for each of many values."""
        [found] = await self.execute_all([(statement, values)])
        return found

    async def execute_all(self, asked: Sequence[tuple[Any, Values | Sequence[Values] | None]]) -> list[ResultRows]:
        """Executes statements that need nothing of each other's results."""
        prepared = [self._call(statement, values) for statement, values in asked]
        before = self._taken()
        found = await self._run([*before, *(call for call, _ in prepared)])
        results = zip(prepared, found[len(before) :], strict=True)
        return [ResultRows(read(it.rows), it.changed) for (_, read), it in results]

    async def commit(self) -> None:
        waiting = self._taken()
        if waiting or self._is_open:
            await self._run([*waiting, COMMIT])
            self._is_open = False

    async def roll_back(self) -> None:
        """Ends a transaction that was not committed."""
        if self._is_open:
            self._is_open = False
            # A connection that cannot roll back is not used again.
            with suppress(Exception):
                await self._driver.run([Call("ROLLBACK")])

    def _call(
        self, statement: Any, values: Values | Sequence[Values] | None
    ) -> tuple[Call, Callable[[Sequence[Any]], list[Any]]]:
        many = isinstance(values, Sequence)
        given: Sequence[Values] = () if values is None else values if isinstance(values, Sequence) else (values,)
        if isinstance(statement, Prepared):
            compiled = statement.compiled(self.dialect)
            given = given or ({},)
        else:
            compiled, given = self._shared.shapes.compiled(statement, given)
        completed = [compiled.complete(it, self.moment) for it in given]
        if compiled.has_lists:
            (one,) = completed
            sql, arguments = compiled.expanded(one)
            return Call(sql, arguments, compiled.returns_rows), compiled.rows
        rows = [compiled.arguments(it) for it in completed]
        if many and len(rows) > 1:
            return Call(compiled.sql, rows, compiled.returns_rows, many=True), compiled.rows
        return Call(compiled.sql, rows[0], compiled.returns_rows), compiled.rows

    def _taken(self) -> list[Call]:
        """Returns the calls of what waits, which then waits no longer."""
        if not self._waiting:
            return []
        waiting, self._waiting = self._waiting, {}
        self._keys.clear()
        self._is_last_waiting = False
        if self.dialect.name == "postgresql":
            one = self._shared.together(tuple(waiting)).compiled(self.dialect)
            given = {f"rows_{at}": as_json(*it, self.dialect) for at, it in enumerate(waiting.items())}
            return [Call(one.sql, one.arguments(one.complete(given, self.moment)))]
        return [
            self._call(statement, rows)[0]
            for write, rows in waiting.items()
            for statement in self._shared.of_each(write)
        ]

    async def _run(self, calls: Sequence[Call]) -> list[Found]:
        for call in calls:
            if call is not COMMIT:
                self._shared.note(call.sql)
        if self._is_open:
            return await self._checked(calls)
        if not calls:
            return []
        self._is_open = True
        return (await self._checked([self._driver.begin, *calls]))[1:]

    async def _checked(self, calls: Sequence[Call]) -> list[Found]:
        try:
            return await self._driver.run(calls)
        except (IntegrityConstraintViolationError, SqliteIntegrityError) as violated:
            raise IntegrityError(None, None, violated, hide_parameters=True) from violated


class Transactions:
    """Begins transactions on a database. `listeners` are called with each statement, for tests and tracing.
    They run on connections of `pools` where there are any."""

    def __init__(self, engine: AsyncEngine, pools: Pools | None, most_connections: int) -> None:
        self._engine = engine
        self.dialect: Dialect = engine.dialect
        self.shapes = StatementShapes(engine.dialect)
        self.listeners: list[Callable[[str], None]] = []
        self.together = lru_cache(MOST_COMBINATIONS)(together)
        self.of_each = lru_cache(MOST_COMBINATIONS)(statements_of_each)
        self._connections = None if pools is None else pools.for_transactions(most_connections, SESSION)
        setting = None if pools is None else pools.setting_for_transaction(SESSION)
        # Without arguments, several statements take one round trip.
        self._begin = BEGIN if setting is None else Call(f"{BEGIN.sql}; {setting}")

    @asynccontextmanager
    async def begin(self, now: Callable[[], datetime] = partial(datetime.now, UTC)) -> AsyncIterator[Transaction]:
        """Yields a transaction. When it gets its connection is the time that is noted with its writes."""
        if self._connections is None:
            # The only connection that writes, which waits for its turn.
            async with self._engine.connect() as pooled:
                raw: Any = await pooled.get_raw_connection()
                try:
                    # The pool rolls back what is left open.
                    yield Transaction(SqliteDriver(raw.driver_connection), self, now())
                except SqliteError as failure:
                    if sqlite_code(failure) == SQLITE_READONLY:
                        # It was opened when the file could not be written, and would never write.
                        await pooled.invalidate()
                    raise
            return
        async with self._connections.lend() as connection:
            transaction = Transaction(PostgresDriver(connection, self._begin), self, now())
            try:
                yield transaction
            except TimeoutError:
                # The connection waits for an answer still, and is not used again.
                raise
            except Exception:
                await transaction.roll_back()
                raise
            await transaction.roll_back()

    def note(self, sql: str) -> None:
        for listener in self.listeners:
            listener(sql)

    async def close(self) -> None:
        if self._connections is not None:
            await self._connections.close()
