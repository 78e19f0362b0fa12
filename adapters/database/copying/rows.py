"""The rows of a table as both databases store them: what SQLite stores becomes what PostgreSQL stores, and both have
the same checksum.

Texts, JSON, amounts in minor units and files are stored alike and never parsed on the way, so that nothing in them
changes. Only times, dates and Booleans differ.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Date, Table

from adapters.database.core.column_types import LAST_TIME, UtcDateTime
from adapters.database.notes.store import COPY
from adapters.database.notes.tables import notes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BITS = 128

Row = Sequence[Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Checksum:
    """How many rows there are, and the sum of their hashes, which no order changes."""

    rows: int = 0
    hashes: int = 0

    def plus(self, rows: Iterable[Row]) -> "Checksum":
        """Adds rows in the form that SQLite stores."""
        count, hashes = self.rows, self.hashes
        for row in rows:
            # The representation of such tuples is unambiguous.
            digest = blake2b(repr(tuple(row)).encode(), digest_size=_BITS // 8).digest()
            count, hashes = count + 1, hashes + int.from_bytes(digest, "big")
        return Checksum(count, hashes % (1 << _BITS))


@dataclass(frozen=True, slots=True)
class _Form:
    """How the values of a column differ."""

    to_postgresql: Convert
    to_sqlite: Convert


def names_of(table: Table) -> list[str]:
    """The columns of a table in the order in which rows have their values."""
    return [it.name for it in table.columns]


def copied_rows(table: Table) -> ColumnElement[bool] | None:
    """The condition for the rows of a table that are copied; None if all are. How far the copy has come is not."""
    return notes.c.name != COPY if table is notes else None


def for_postgresql(table: Table) -> Callable[[Row], Row]:
    """Returns what makes of a row of SQLite one of PostgreSQL."""
    return _each([(index, form.to_postgresql) for index, form in _forms(table)])


def for_checksum(table: Table) -> Callable[[Row], Row]:
    """Returns what makes of a row of PostgreSQL one of SQLite."""
    return _each([(index, form.to_sqlite) for index, form in _forms(table)])


def _each(converts: Sequence[tuple[int, Convert]]) -> Callable[[Row], Row]:
    def converted(row: Row) -> Row:
        values = list(row)
        for index, convert in converts:
            if values[index] is not None:
                values[index] = convert(values[index])
        return values

    return converted


def _forms(table: Table) -> list[tuple[int, _Form]]:
    found = ((index, _form(column)) for index, column in enumerate(table.columns))
    return [(index, form) for index, form in found if form is not None]


def _form(column: Column[Any]) -> _Form | None:
    if isinstance(column.type, UtcDateTime):
        return _Form(_time, _microseconds)
    if isinstance(column.type, Boolean):
        return _Form(bool, int)
    if isinstance(column.type, Date):
        return _Form(date.fromisoformat, date.isoformat)
    return None


def _time(microseconds: int) -> datetime:
    time = _EPOCH + timedelta(microseconds=microseconds)
    if time > LAST_TIME:
        raise ValueError(f"{time} is later than {LAST_TIME}, the last time that can be stored")
    return time


def _microseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)
