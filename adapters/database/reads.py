"""Reading rows fast: statements are built by SQLAlchemy once; on PostgreSQL asyncpg then fetches by itself.

SQLAlchemy's own fetching costs more than all of the graph once that is compiled (findings, Speed). On SQLite, where the
thread that talks to the file costs far more than that, SQLAlchemy executes as usual.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncEngine


class ReadStatement:
    """A statement whose every value is a named parameter, compiled once for PostgreSQL."""

    __slots__ = ("_names", "_processors", "select", "sql")

    def __init__(self, select: Select[Any], engine: AsyncEngine) -> None:
        compiled = select.compile(dialect=engine.dialect)
        self.select = select
        self.sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or ()
        self._processors: Mapping[str, Any] = compiled._bind_processors

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the compiled statement's placeholders."""
        processors = self._processors
        return [processors[name](values[name]) if name in processors else values[name] for name in self._names]


class Reads:
    """Runs read statements. `listeners` are told of each, for tests and tracing."""

    def __init__(self, engine: AsyncEngine, most_connections: int) -> None:
        self._engine = engine
        self._most = most_connections
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self.listeners: list[Callable[[str], None]] = []

    def statement(self, select: Select[Any]) -> ReadStatement:
        return ReadStatement(select, self._engine)

    async def fetch(self, statement: ReadStatement, values: Mapping[str, Any]) -> Sequence[Any]:
        """All rows, as sequences in the order of the statement's columns."""
        for listener in self.listeners:
            listener(statement.sql)
        if self._engine.dialect.name == "postgresql":
            pool = self._pool or await self._open()
            rows: Sequence[Any] = await pool.fetch(statement.sql, *statement.arguments(values))
            return rows
        async with self._engine.connect() as connection:
            return list(await connection.execute(statement.select, values))

    async def close(self) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                address = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
                self._pool = await asyncpg.create_pool(
                    address, min_size=1, max_size=self._most, reset=_leave_as_is, statement_cache_size=1000
                )
            return self._pool


async def _leave_as_is(_connection: Any) -> None:
    """A connection that only ran single reads has nothing to reset; asyncpg would ask the server to."""
