"""Maps row types of the domain to their tables, and restricts rows to those a caller can see."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    Table,
    TableClause,
    bindparam,
    column,
    null,
    select,
)

from adapters.database.core.column_types import Json
from adapters.database.core.columns import Uuid, is_noted
from domain.shared.access import TenantScope

# The columns of the table of tenants (`adapters/database/companies/tables.py`) that determine their environment.
_TENANTS = TableClause("tenants", column("id", Integer), column("environment", String))


class Attribute(NamedTuple):
    """The SQL expression of an attribute. A `plain` text needs no escapes in JSON."""

    column: ColumnElement[Any]
    nullable: bool
    plain: bool = False


class CompositeAttribute(NamedTuple):
    """An attribute of several columns: a condition that it is not null, and its own attributes."""

    present: ColumnElement[bool] | None
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class RowMapping:
    """A row type, the columns it is read from in the order of its fields, and the table that owns it.

    `tenant` is the column of the tenant; the catalogue has none. `stored` are the columns
    kept as JSON, by index, with how each is loaded: asyncpg hands them over as they are kept. `composites` are
    attributes of several columns that can also be written as JSON (`json_subtrees.py`), and `expressions` those that
    SQL computes.
    Rows that are not `visible` are never read; the condition has no parameters.
    """

    row: Any
    make: Callable[[Any], Any]
    columns: tuple[ColumnElement[Any], ...]
    table: Table
    source: FromClause
    tenant: ColumnElement[int] | None
    stored: tuple[tuple[int, Callable[[str], Any]], ...] = ()
    composites: Mapping[str, CompositeAttribute] = field(default_factory=dict)
    expressions: Mapping[str, Attribute] = field(default_factory=dict)
    visible: ColumnElement[bool] | None = None

    def read(self, fetched: Iterable[Sequence[Any]]) -> list[Any]:
        """Returns the fetched rows. On the fast path enum values stay text, which equals them."""
        return list(map(self._load if self.stored else self.make, fetched))

    def narrowed(self, attributes: frozenset[str], key: ColumnElement[Any] | None) -> "RowMapping":
        """Returns a mapping with only the columns of some attributes, and the key."""
        derived = self.row.derived() if hasattr(self.row, "derived") else {}
        names = self.row._fields
        wanted = {name for it in attributes for name in derived.get(it, (it,))}
        if not wanted <= set(names):
            return self
        kept = [index for index, it in enumerate(self.columns) if it is key or names[index] in wanted]
        part = _part(self.row, tuple(names[index] for index in kept))
        stored = tuple((kept.index(index), load) for index, load in self.stored if index in kept)
        columns = tuple(self.columns[index] for index in kept)
        return replace(self, row=part, make=partial(tuple.__new__, part), columns=columns, stored=stored)

    def attribute(self, name: str) -> Attribute | None:
        """Returns the SQL expression of an attribute, or None if there is none."""
        if name not in self.row._fields:
            return self.expressions.get(name)
        column = self.columns[self.row._fields.index(name)]
        return Attribute(column, getattr(column, "nullable", True), column.type is Uuid)

    def index_of(self, column: ColumnElement[Any]) -> int | None:
        """Returns the index of a column in a row, or None if rows do not have it."""
        return next((index for index, it in enumerate(self.columns) if it is column), None)

    def _load(self, fetched: Sequence[Any]) -> Any:
        values = list(fetched)
        for index, load in self.stored:
            if isinstance(values[index], str):
                values[index] = load(values[index])
        return self.make(values)

    def select(self) -> Select[Any]:
        """Reads rows for a store, which writes them: without the times that are noted where a row is written."""
        noted = (isinstance(it, Column) and is_noted(it) for it in self.columns)
        columns = [null() if is_noted_ else it for it, is_noted_ in zip(self.columns, noted, strict=True)]
        return select(*columns).select_from(self.source)


def row_mapping(
    row: Any,
    table: Table,
    source: FromClause | None = None,
    composites: Mapping[str, CompositeAttribute] | None = None,
    tenant: ColumnElement[int] | None = None,
    **computed: ColumnElement[Any],
) -> RowMapping:
    """The reading of a named tuple from the columns of the same names; `computed` gives the others. `tenant` says whose
    a row is where that is not the table's own column."""
    columns = tuple(computed[name] if name in computed else table.c[name] for name in row._fields)
    if tenant is None and "tenant_id" in table.c:
        tenant = table.c.tenant_id
    stored = tuple((index, it.type.load) for index, it in enumerate(columns) if isinstance(it.type, Json))
    # The same as `row._make`, without a Python call for each row.
    make = partial(tuple.__new__, row)
    return RowMapping(row, make, columns, table, table if source is None else source, tenant, stored, composites or {})


class _NotLoaded:
    """An attribute that was not requested."""

    def __get__(self, row: Any, _owner: Any = None) -> Any:
        raise AttributeError("this column was not loaded")


def _part(row: Any, names: tuple[str, ...]) -> Any:
    """Returns a subclass of a row type with only some of its fields."""
    missing = {name: _NotLoaded() for name in row._fields if name not in names}
    return type(row.__name__, (namedtuple(row.__name__, names), row), {"__slots__": (), **missing})


def visible_when(rows: RowMapping, condition: ColumnElement[bool]) -> RowMapping:
    """Restricts rows by a condition without parameters."""
    return replace(rows, visible=condition)


def column_values(row: NamedTuple, table: Table) -> dict[str, Any]:
    """Returns the values of a row by column, without those that are noted where the row is written."""
    return {name: row[place] for place, name in _stored_columns(type(row), table)}


def changed_values(before: NamedTuple, after: NamedTuple, table: Table) -> dict[str, Any]:
    """Returns the values that differ, by column."""
    stored = _stored_columns(type(after), table)
    return {name: after[place] for place, name in stored if before[place] != after[place]}


def column_names(row: Any, table: Table) -> tuple[str, ...]:
    """Returns the columns of the values of a row type."""
    return tuple(name for _, name in _stored_columns(row, table))


@cache
def _stored_columns(row: Any, table: Table) -> tuple[tuple[int, str], ...]:
    return tuple(
        (place, name) for place, name in enumerate(row._fields) if name in table.c and not is_noted(table.c[name])
    )


def in_scope(tenant: ColumnElement[int], tenant_scope: TenantScope) -> ColumnElement[bool]:
    """The only place that restricts rows to those a caller can see (docs/domain.md#tenancy)."""
    if tenant_scope.tenant_id is not None:
        return tenant == bindparam("tenant_id", tenant_scope.tenant_id)
    environment = bindparam("environment", str(tenant_scope.environment), type_=String())
    return tenant.in_(select(_TENANTS.c.id).where(_TENANTS.c.environment == environment).correlate(None))


def scoped(statement: Select[Any], rows: RowMapping, tenant_scope: TenantScope) -> Select[Any]:
    """Returns the statement, restricted to rows that a caller can see."""
    return statement.where(*limits(rows, tenant_scope))


def limits(rows: RowMapping, tenant_scope: TenantScope) -> list[ColumnElement[bool]]:
    """Returns the condition for rows that a caller can see."""
    tenant = [] if rows.tenant is None else [in_scope(rows.tenant, tenant_scope)]
    return tenant if rows.visible is None else [*tenant, rows.visible]


def parameters(tenant_scope: TenantScope) -> dict[str, Any]:
    """Returns the values of the parameters that `in_scope` added to a statement."""
    if tenant_scope.tenant_id is not None:
        return {"tenant_id": tenant_scope.tenant_id}
    return {"environment": str(tenant_scope.environment)}
