"""Fast reads: SQLAlchemy builds each statement once, and on PostgreSQL asyncpg fetches the rows.

SQLAlchemy's fetching would cost more than all of the compiled graph (docs/adr/0006-reading-beside-sqlalchemy.md). On
SQLite, where the database thread costs much more than that, SQLAlchemy executes the statements.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Select
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.core.column_types import KeyList
from adapters.database.core.pool import Pools


class ReadStatement:
    """A statement with all values as named parameters, compiled once for PostgreSQL."""

    __slots__ = ("_names", "_processors", "select", "sql")

    def __init__(self, select: Select[Any] | CompoundSelect[Any], engine: AsyncEngine) -> None:
        compiled = select.compile(dialect=engine.dialect)
        # The compiled object takes much more memory than its text, and asyncpg needs only the text.
        self.select = select if engine.dialect.name == "sqlite" else None
        self.sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or ()
        # asyncpg accepts a list of keys unchanged; SQLAlchemy would process each.
        self._processors: Mapping[str, Any] = {
            name: process
            for name, process in compiled._bind_processors.items()
            if not isinstance(compiled.binds[name].type, KeyList)
        }

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Returns the values in the order of the compiled statement's placeholders."""
        processors = self._processors
        return [processors[name](values[name]) if name in processors else values[name] for name in self._names]


class ReadExecutor:
    """Runs read statements, through connections of `pools` where there are any. `listeners` are called with each, for
    tests and tracing."""

    def __init__(self, engine: AsyncEngine, pools: Pools | None, most_connections: int) -> None:
        self._engine = engine
        self._connections = None if pools is None else pools.for_statements(most_connections)
        self.listeners: list[Callable[[str], None]] = []

    def statement(self, select: Select[Any] | CompoundSelect[Any]) -> ReadStatement:
        return ReadStatement(select, self._engine)

    async def fetch(self, statement: ReadStatement, values: Mapping[str, Any]) -> Sequence[Any]:
        """All rows, as sequences in the order of the statement's columns."""
        for listener in self.listeners:
            listener(statement.sql)
        if self._connections is not None:
            return await self._connections.fetch(statement.sql, statement.arguments(values))
        async with self._engine.connect() as connection:
            assert statement.select is not None
            return list(await connection.execute(statement.select, values))

    async def close(self) -> None:
        if self._connections is not None:
            await self._connections.close()
