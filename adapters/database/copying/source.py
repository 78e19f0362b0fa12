"""The SQLite file that is copied. While it is open here, no other process can read or write it."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Table, func, literal_column, select, tuple_
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.copying.errors import CannotCopy
from adapters.database.copying.rows import Row, copied_rows
from adapters.database.core.outages import sqlite_code

# A batch ends with the first row that exceeds one of these.
BATCH_ROWS = 2_000
BATCH_BYTES = 4 * 1024 * 1024

Key = Sequence[Any]


class Source:
    """Reads an SQLite file in the order of primary keys, which stays the same when the file is rewritten."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection

    def __enter__(self) -> Self:
        """Locks the file. Raises: CannotCopy, if any other process has it open."""
        # Threads take turns: one batch is awaited before the next.
        self._connection = sqlite3.connect(
            f"{self._file.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # Every process that has opened a database in WAL mode shares a lock until it closes it, also when it is
            # idle. Only in this mode that lock is demanded for ourselves.
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as failure:
            self._connection.close()
            raise _cannot_lock(self._file, failure) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.rollback()
        self._connection.close()

    def revision(self) -> str:
        (found,) = self._connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(found)

    def count(self, table: Table) -> int:
        statement = select(func.count()).select_from(table)
        where = copied_rows(table)
        rows = self._run(statement if where is None else statement.where(where))
        return int(next(rows)[0])

    def batch(self, table: Table, after: Key | None) -> list[Row]:
        """The next rows after a primary key, or the first ones; none at the end of the table."""
        rows: list[Row] = []
        size = 0
        for row in self._rows(table, after):
            rows.append(row)
            size += sum(len(it) for it in row if isinstance(it, str | bytes))
            if len(rows) >= BATCH_ROWS or size >= BATCH_BYTES:
                break
        return rows

    def _rows(self, table: Table, after: Key | None) -> Iterator[Row]:
        # Literal columns: the values are wanted as they are stored.
        stored: list[ColumnElement[Any]] = [literal_column(f'"{it.name}"') for it in table.columns]
        key = [it for it in table.columns if it.primary_key]
        statement = select(*stored).select_from(table).order_by(*key)
        if after is not None:
            statement = statement.where(tuple_(*key) > tuple_(*after))
        where = copied_rows(table)
        return self._run(statement if where is None else statement.where(where))

    def _run(self, statement: Any) -> Iterator[Row]:
        compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"))
        values = [compiled.params[name] for name in compiled.positiontup or ()]
        return self._connection.execute(str(compiled), values)


def key_of(table: Table, row: Row) -> list[Any]:
    """The primary key of a row."""
    return [value for column, value in zip(table.columns, row, strict=True) if column.primary_key]


def _cannot_lock(file: Path, failure: sqlite3.OperationalError) -> CannotCopy:
    if sqlite_code(failure) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CannotCopy(
            f"{file} is in use. Stop the servers and workers that use it, and every other program that has it open: "
            "what they write after the copy would be missing from it."
        )
    return CannotCopy(f"{file} cannot be read: {failure}.")
