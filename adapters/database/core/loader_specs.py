"""Declarations of loaders, which read rows for the graph. Each is one line in the module of its concept; `reader.py`
executes them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import gt, lt
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    all_,
    bindparam,
    func,
    literal_column,
    select,
)

from adapters.database.core.column_types import KeyList, in_keys
from adapters.database.core.row_mapping import RowMapping
from domain.shared.access import TenantScope
from domain.shared.parsers import fold
from domain.shared.search import search_words


@dataclass(frozen=True, slots=True)
class One:
    """At most one row for each key."""

    rows: RowMapping
    key: ColumnElement[Any]

    def unique(self, tenant_scope: TenantScope) -> bool:
        """Whether there can be no second row of a key in the tenant scope."""
        single = (PrimaryKeyConstraint, UniqueConstraint)
        constraints = (set(it.columns) for it in self.rows.table.constraints if isinstance(it, single))
        own = {self.key} if tenant_scope.tenant_id is None else {self.key, self.rows.tenant}
        return any(columns <= own for columns in constraints)


@dataclass(frozen=True, slots=True)
class Many:
    """Returns all rows of each key, in order."""

    rows: RowMapping
    key: ColumnElement[Any]
    order: tuple[ColumnElement[Any], ...]


@dataclass(frozen=True, slots=True)
class Distinct:
    """Returns the distinct values of one column for each key, in order."""

    key: ColumnElement[Any]
    value: ColumnElement[Any]
    tenant: ColumnElement[int]


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition for page keys. Its value is always a parameter, which `prepare` makes from the key's value."""

    condition: Callable[[str, str], ColumnElement[bool]]
    prepare: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True, slots=True)
class Paged:
    """Returns pages of the rows of each parent. `filters` and `orders` are the names that page keys can use."""

    rows: RowMapping
    parent: ColumnElement[Any]
    filters: Mapping[str, Filter]
    orders: Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Computed:
    """Applies a rule of the domain to all rows of each key."""

    rows: Many
    compute: Callable[[Sequence[Any]], Sequence[Any]]


# Special characters of LIKE patterns; the backslash is PostgreSQL's default escape character.
_ESCAPED = re.compile(r"[\\%_]")
_AS_IT_IS = r"\\\g<0>"

LoaderSpec = One | Many | Distinct | Computed | Paged


def one(rows: RowMapping, key: str = "id") -> One:
    return One(rows, rows.table.c[key])


def many(rows: RowMapping, key: str, order: tuple[str, ...] = ("position", "id")) -> Many:
    return Many(rows, rows.table.c[key], tuple(rows.table.c[name] for name in order))


def distinct(table: Table, key: str, value: str) -> Distinct:
    return Distinct(table.c[key], table.c[value], table.c.tenant_id)


def paged(
    rows: RowMapping, parent: str, orders: Mapping[str, str], filters: Mapping[str, Filter] | None = None
) -> Paged:
    """Pages of rows. Each list can be narrowed to rows by their ids."""
    columns = rows.table.c
    by_id = {"id": one_of(columns.id)}
    return Paged(
        rows, columns[parent], {**by_id, **(filters or {})}, {name: columns[column] for name, column in orders.items()}
    )


def one_of(column: ColumnElement[Any]) -> Filter:
    """Matches rows whose column has one of the values."""
    return Filter(lambda name, dialect: in_keys(column, dialect, name), lambda values: [str(value) for value in values])


def compares(column: ColumnElement[Any], compare: Callable[[Any, Any], Any]) -> Filter:
    """Compares the column with the value, with `operator.gt` and others."""
    return Filter(lambda name, _dialect: compare(column, bindparam(name, type_=column.type)))


def times(*columns: Column[Any]) -> dict[str, Filter]:
    """The filters of ranges of time, `<column>_after` and `<column>_before`. Both ends are excluded."""
    return {
        f"{column.name}_{end}": compares(column, compare)
        for column in columns
        for end, compare in (("after", gt), ("before", lt))
    }


def equals_in_any_case(column: ColumnElement[str]) -> Filter:
    """Matches a casefolded column with the value, without regard to case."""
    return Filter(lambda name, _dialect: column == bindparam(name, type_=column.type), fold)


def contains_words(column: ColumnElement[str]) -> Filter:
    """Matches a search column that contains all words of the value, in any order."""

    def condition(name: str, dialect: str) -> ColumnElement[bool]:
        words = bindparam(name, type_=KeyList())
        if dialect == "postgresql":
            return column.like(all_(words))
        word = func.json_each(words).table_valued("value").c.value
        return ~select(literal_column("1")).where(column.not_like(word, escape="\\")).exists()

    return Filter(condition, lambda value: [f"%{_ESCAPED.sub(_AS_IT_IS, word)}%" for word in search_words(value)])


def matches_pattern(column: ColumnElement[str], pattern: str = "%{}%") -> Filter:
    """Matches a casefolded column with a pattern that contains the value."""
    return Filter(
        lambda name, _dialect: column.like(bindparam(name, type_=Text()), escape="/"),
        lambda value: pattern.format(fold(value).replace("/", "//").replace("%", "/%").replace("_", "/_")),
    )
