"""Writes of sets of rows, which wait until something is read or committed, and then go to the database together.

On PostgreSQL all that wait are one statement: each set of rows is one JSON parameter, and each write but the last is a
common table expression. All of them see the database as it was before, so two writes of one row never wait together
(`Transaction.write`). On SQLite each is executed for its rows, all in one visit to the database's thread.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    FromClause,
    Table,
    bindparam,
    column,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.types import NullType

from adapters.database.core.column_types import Json
from adapters.database.core.columns import is_noted
from adapters.database.core.compiled_statements import Prepared
from adapters.database.core.write_statements import upsert_into

Row = Mapping[str, Any]
# Adds ON CONFLICT to an insert.
OnConflict = Callable[[Any], Any]


class Write(Hashable, Protocol):
    """A write of rows of one table that are told apart by `key`. `noted` are the columns that are noted as a row is
    written. Nothing follows what `is_last` in one statement."""

    @property
    def table(self) -> Table: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def key(self) -> tuple[str, ...]: ...

    @property
    def noted(self) -> tuple[str, ...]: ...

    @property
    def is_last(self) -> bool: ...

    def from_rows(self, rows: FromClause, earlier: ColumnElement[int]) -> Any:
        """The statement for PostgreSQL, which takes rows from a table. `earlier` is known when the writes before this
        one are done."""

    def of_each(self) -> Sequence[Prepared]:
        """The statements for SQLite, in order, each of which is executed for each row."""


@dataclass(frozen=True)
class InsertRows:
    """Inserts rows with these columns."""

    table: Table
    columns: tuple[str, ...]
    on_conflict: OnConflict | None = None
    key: tuple[str, ...] = ("id",)
    is_last = False

    @property
    def noted(self) -> tuple[str, ...]:
        return _noted(self.table, "default", self.columns)

    def from_rows(self, rows: FromClause, earlier: ColumnElement[int]) -> Any:
        return self._insert("postgresql").from_select([it.name for it in rows.c], select(*rows.c))

    def of_each(self) -> Sequence[Prepared]:
        return (Prepared(self._insert("sqlite"), (*self.columns, *self.noted)),)

    def _insert(self, dialect: str) -> Any:
        insert = upsert_into(self.table, dialect)
        return insert if self.on_conflict is None else self.on_conflict(insert)


@dataclass(frozen=True)
class UpdateRows:
    """Updates some columns of rows that are found by their keys."""

    table: Table
    changed: tuple[str, ...]
    key: tuple[str, ...] = ("id",)
    is_last = False

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *self.changed)

    @property
    def noted(self) -> tuple[str, ...]:
        return _noted(self.table, "onupdate", self.changed)

    def from_rows(self, rows: FromClause, earlier: ColumnElement[int]) -> Any:
        return self._update(dict(rows.c.items()))

    def of_each(self) -> Sequence[Prepared]:
        of = self.table.c
        return (Prepared(self._update({name: bindparam(name, type_=of[name].type) for name in self._all})),)

    @property
    def _all(self) -> tuple[str, ...]:
        return (*self.columns, *self.noted)

    def _update(self, values: Mapping[str, Any]) -> Any:
        of = self.table.c
        mine = [of[name] == values[name] for name in self.key]
        return update(self.table).where(*mine).values({of[it]: values[it] for it in (*self.changed, *self.noted)})


def statements_of_each(write: Write) -> Sequence[Prepared]:
    """Returns the statements of SQLite for a write."""
    return write.of_each()


def together(writes: Sequence[Write]) -> Prepared:
    """Returns one statement of PostgreSQL for several writes. The rows of each are one parameter, as JSON."""
    earlier: ColumnElement[int] = literal_column("0")
    expressions = []
    for place, write in enumerate(writes[:-1]):
        made = write.from_rows(_given_rows(write, place), earlier)
        expression = made.returning(literal_column("1")).cte(f"write_{place}")
        expressions.append(expression)
        earlier = earlier + select(func.count()).select_from(expression).scalar_subquery()
    last = writes[-1].from_rows(_given_rows(writes[-1], len(writes) - 1), earlier)
    return Prepared(last.add_cte(*expressions))


def as_json(write: Write, rows: Sequence[Row], dialect: Dialect) -> str:
    """Returns rows as the parameter of a statement."""
    processors = _processors(write.table, write.columns, dialect)
    if processors:
        rows = [{**row, **{name: process(row[name]) for name, process in processors}} for row in rows]
    return orjson.dumps(rows).decode()


def _given_rows(write: Write, place: int) -> FromClause:
    of = write.table.c
    names = (*write.columns, *write.noted)
    given = func.json_to_recordset(bindparam(f"rows_{place}", type_=NullType()))
    columns = [column(name, of[name].type if name in of else BigInteger()) for name in names]
    return given.table_valued(*columns).render_derived(name=f"given_{place}", with_types=True)


@cache
def _noted(table: Table, when: str, given: tuple[str, ...]) -> tuple[str, ...]:
    # SQLAlchemy's names are no plain texts, which keys of JSON have to be.
    return tuple(
        str(it.name) for it in table.c if is_noted(it) and getattr(it, when) is not None and it.name not in given
    )


@cache
def _processors(table: Table, names: tuple[str, ...], dialect: Dialect) -> Sequence[tuple[str, Callable[[Any], Any]]]:
    # Only what is stored as JSON text has another value on PostgreSQL.
    found = (
        (name, table.c[name].type._cached_bind_processor(dialect))
        for name in names
        if name in table.c and isinstance(table.c[name].type, Json)
    )
    return [(name, process) for name, process in found if process is not None]
