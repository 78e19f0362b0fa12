"""Made-up rows of every table, with values that are easily changed on the way from one database to another."""

import json
import sqlite3
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, LargeBinary, String, UniqueConstraint

from adapters.database.core.column_types import Json, UtcDateTime, Word
from adapters.database.metadata import metadata
from domain.shared.ids import new_id

ROWS = 5
TIMES = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
    datetime(2026, 3, 29, 1, 30, 0, 1, UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_998, UTC),
    datetime(1900, 1, 1, 0, 0, 0, 123_456, UTC),
)
DATES = ("1970-01-01", "2024-02-29", "9999-12-31", "1899-12-31", "2026-11-28")
TEXTS = ("José \U0001f5a8 ﬁ", "", ' a\nb\t"c" \\d,e\'', "\u0085\ufeff\u200b\U0010ffff", "ÅÄÖ" * 3_000)
WHOLE = (2**63 - 1, -(2**63), 0, 1, 900_719_925_474_099_3)
JSON = (
    '{"b":1.10,"a":"\\u00e9"}',
    "[]",
    " [ 1e2 , 0.1000000000000000055511151231257827 ] ",
    '{"a":1,"a":2}',
    "[123456789012345678901234567890]",
)
FILES = (b"\x00\xff" * 300_000, b"", b"\\x00", "é".encode("latin-1"), bytes(range(256)))


def fill_every_table(file: Path) -> None:
    """Writes rows to each table, and leaves out no column."""
    keys: dict[str, dict[str, list[Any]]] = {}
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        for table in metadata.sorted_tables:
            keys[table.name] = defaultdict(list)
            for number in range(ROWS):
                row = {it.name: _value(it, number, keys) for it in table.columns}
                for name, value in row.items():
                    keys[table.name][name].append(value)
                names, marks = ", ".join(f'"{it}"' for it in row), ", ".join("?" * len(row))
                connection.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', list(row.values()))
    connection.close()


def _value(column: Column[Any], number: int, keys: dict[str, dict[str, list[Any]]]) -> Any:
    for foreign in column.foreign_keys:
        return keys[foreign.column.table.name][foreign.column.name][number]
    # In the last row, everything that may be missing is.
    if column.nullable and number == ROWS - 1:
        return None
    return _written(column, number)


def _written(column: Column[Any], number: int) -> Any:
    type_ = column.type
    unique = column.primary_key or _is_unique(column)
    if isinstance(type_, UtcDateTime):
        return (TIMES[number] - TIMES[0]) // timedelta(microseconds=1)
    if isinstance(type_, Date):
        return DATES[number]
    if isinstance(type_, Boolean):
        return number % 2
    if isinstance(type_, LargeBinary):
        return FILES[number]
    if isinstance(type_, Json):
        assert json.loads(JSON[number]) is not None
        return JSON[number]
    if isinstance(type_, Word):
        words = [str(it) for it in type_.words]
        return words[number % len(words)]
    if isinstance(type_, BigInteger) and not unique:
        return WHOLE[number]
    if isinstance(type_, BigInteger | Integer):
        return number + 1
    if column.primary_key and getattr(type_, "length", None) == 36:
        return new_id()
    return _text(type_, number, unique)


def _text(type_: Any, number: int, unique: bool) -> str:
    length = type_.length if isinstance(type_, String) else None
    # What is unique is indexed, and PostgreSQL indexes no text of kilobytes.
    text = f"{number}{TEXTS[number][:50]}" if unique else TEXTS[number]
    return text[:length]


def _is_unique(column: Column[Any]) -> bool:
    sets = [it for it in column.table.constraints if isinstance(it, UniqueConstraint)]
    indexes: list[Index | UniqueConstraint] = [*column.table.indexes, *sets]
    return any(column.name in it.columns for it in indexes)
