"""The PostgreSQL database that is copied into.

How far the copy has come is a note in the target, written in the transaction of each batch: after `kill -9` the copy
continues behind the last batch. As long as the note is there, no other command uses the database (migrator.py).
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, Table, delete, exists, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.copying.errors import CannotCopy
from adapters.database.copying.rows import Checksum, Row, copied_rows, for_checksum, for_postgresql, names_of
from adapters.database.copying.source import key_of
from adapters.database.core.engine import Database
from adapters.database.core.pgbouncer import is_behind_pgbouncer
from adapters.database.metadata import metadata
from adapters.database.notes.store import BEAT, COPY, replace_note
from adapters.database.notes.tables import notes

# The number of an advisory lock that means: a copy is running.
LOCK = 7_150_015
# How long the connections of a process that was killed may take to end, in seconds.
ENDED_IN = 5.0
FETCHED = 2_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a copy has come. `counts` are the rows of the source's tables at the start; `key` is the last primary key
    that was copied of `table`; all tables before it are finished."""

    counts: dict[str, int] = field(default_factory=dict)
    copied: int = 0
    table: str | None = None
    key: list[Any] | None = None

    def after(self, table: Table, rows: Sequence[Row]) -> "Progress":
        return replace(self, copied=self.copied + len(rows), table=table.name, key=key_of(table, rows[-1]))


class Target:
    """Writes batches, and what remembers them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Makes sure that this is the only copy, and that nothing else uses the database. Raises: CannotCopy."""
        if is_behind_pgbouncer(self._database.url):
            raise CannotCopy(
                "PgBouncer does not keep the lock of a copy. Set QUOTEGRAPH_DATABASE_URL to PostgreSQL itself."
            )
        async with self._database.read.connect() as connection:
            if not (await connection.execute(select(func.pg_try_advisory_lock(LOCK)))).scalar_one():
                raise CannotCopy("Another copy into this database is running.")
            others = await _others(connection)
            if others:
                raise CannotCopy(
                    f"Others use the database in QUOTEGRAPH_DATABASE_URL, by {others} connections. Stop the servers, "
                    "workers and other programs that have it open."
                )
            yield

    async def progress(self) -> Progress | None:
        """How far an unfinished copy has come, or None."""
        async with self._database.write.connect() as connection:
            statement = select(notes.c.value).where(notes.c.name == COPY)
            found = (await connection.execute(statement)).scalar_one_or_none()
            return None if found is None else Progress(**json.loads(found))

    async def begin(self, counts: dict[str, int]) -> Progress:
        """Marks an empty database as that of an unfinished copy. Raises: CannotCopy, if it has data."""
        progress = Progress(counts)
        async with self._database.write.begin() as connection:
            # A server that was started on the empty database has written it.
            await connection.execute(delete(notes).where(notes.c.name == BEAT))
            filled = [it.name for it in metadata.sorted_tables if await _has_rows(connection, it)]
            if filled:
                raise CannotCopy(
                    f"The database in QUOTEGRAPH_DATABASE_URL has data of its own, in {', '.join(filled[:3])}. Name an "
                    "empty one."
                )
            await _remember(connection, progress)
        return progress

    async def write(self, table: Table, rows: Sequence[Row], progress: Progress) -> Progress:
        """Writes a batch, and that it was written. Raises: CannotCopy, if PostgreSQL refuses a row."""
        convert, further = for_postgresql(table), progress.after(table, rows)
        async with self._database.write.begin() as connection:
            await _remember(connection, further)
            try:
                await (await _raw(connection)).copy_records_to_table(
                    table.name, records=[convert(it) for it in rows], columns=names_of(table)
                )
            except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError, OverflowError) as refused:
                raise _refused(table, rows, refused) from None
        return further

    async def finish(self) -> None:
        """Sets the sequences behind the copied rows, and makes the database usable."""
        async with self._database.write.begin() as connection:
            for table in metadata.sorted_tables:
                column = table.autoincrement_column
                if column is not None:
                    sequence = func.pg_get_serial_sequence(table.name, column.name)
                    last = select(func.max(column)).scalar_subquery()
                    await connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
            await connection.execute(delete(notes).where(notes.c.name == COPY))
            # Without statistics the first queries would be planned as for empty tables.
            await connection.execute(text("ANALYZE"))

    async def checksum(self, table: Table, advance: Any) -> Checksum:
        """The checksum of what is stored. `advance` is called with the number of rows that were read."""
        convert, total = for_checksum(table), Checksum()
        stored: list[ColumnElement[Any]] = [literal_column(f'"{it}"') for it in names_of(table)]
        statement = select(*stored).select_from(table)
        where = copied_rows(table)
        if where is not None:
            statement = statement.where(where)
        async with self._database.write.begin() as connection:
            # Begins the transaction that the cursor needs.
            await connection.execute(text("SELECT 1"))
            sql = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
            cursor = await (await _raw(connection)).cursor(sql)
            while rows := await cursor.fetch(FETCHED):
                total = total.plus(convert(tuple(it)) for it in rows)
                advance(len(rows))
        return total


async def _others(connection: AsyncConnection) -> int:
    """How many other connections there are, once those that are just ending have ended."""
    statement = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    deadline = asyncio.get_running_loop().time() + ENDED_IN
    while True:
        found = int((await connection.execute(statement)).scalar_one())
        if not found or asyncio.get_running_loop().time() > deadline:
            return found
        await asyncio.sleep(0.1)


async def _has_rows(connection: AsyncConnection, table: Table) -> bool:
    return bool((await connection.execute(select(exists().select_from(table)))).scalar_one())


async def _remember(connection: AsyncConnection, progress: Progress) -> None:
    await replace_note(connection, COPY, json.dumps(asdict(progress)))


async def _raw(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


def _refused(table: Table, rows: Sequence[Row], refused: Exception) -> CannotCopy:
    """Names the row, which PostgreSQL counts within the batch."""
    line = re.search(r"line (\d+)", getattr(refused, "context", None) or "")
    row = rows[int(line[1]) - 1] if line else rows[0]
    where = "row" if line else "one of the rows from"
    return CannotCopy(
        f"PostgreSQL refuses the {where} {key_of(table, row)} of {table.name}: {refused}. Correct it in the source, "
        "and repeat the command."
    )
