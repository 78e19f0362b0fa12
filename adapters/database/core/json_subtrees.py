"""JSON subtrees rendered by PostgreSQL, from the same loaders and columns that rows are read with.

Below an edge where only columns are selected, one statement gives the finished JSON for each key
(docs/adr/0008-subtrees-written-by-the-database.md). What is not simply a column here, or could be null where the schema
allows no null, is declined and read as rows. The nodes of a subtree are those of the executor
(`resolvers/execution/json_subtrees.py`), matched here by their attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from adapters.database.core.column_types import UtcDateTime, Word, in_keys
from adapters.database.core.composite_attributes import constant
from adapters.database.core.loader_specs import LoaderSpec, Many, One
from adapters.database.core.row_mapping import Attribute, CompositeAttribute, RowMapping, limits, scoped
from domain.shared.access import TenantScope

_TEXTS = frozenset({"String", "ID", "EmailAddress", "URL", "CountryCode", "CurrencyCode", "Decimal"})

_NULL = constant("null")

# The key of the only row of a statement whose lists have too many rows.
TOO_MANY_ROWS = None

Piece = str | ColumnElement[Any]


class _NotSupported(Exception):
    """Part of the subtree cannot be rendered here."""


def json_statement(
    edge: Any, loaders: Mapping[str, LoaderSpec], tenant_scope: TenantScope, most_rows: int
) -> Select[Any] | CompoundSelect[Any] | None:
    """A statement that gives each of `keys` with its finished JSON, or None for what cannot be rendered.

    Lists within lists are counted first: where they have more than `most_rows`, it gives the key `TOO_MANY_ROWS` alone.
    """
    spec = loaders[edge.loader]
    if not isinstance(spec, One | Many):
        return None
    try:
        writer = _Writer(loaders, tenant_scope, (spec.rows,), {}, spec.rows.source, [])
        written = writer.object(spec.rows, edge.fields)
    except _NotSupported:
        return None
    whose = in_keys(spec.key, "postgresql", integers=spec.key.type.python_type is int)
    if isinstance(spec, Many):
        statement = select(spec.key, _array(written, spec)).group_by(spec.key)
    else:
        statement = select(spec.key, written)
    statement = scoped(statement.select_from(writer.joined(spec.rows.source)).where(whose), spec.rows, tenant_scope)
    if not writer.lists or not isinstance(spec, Many):
        return statement
    rows = [
        scoped(select(constant("")).select_from(it).where(whose), spec.rows, tenant_scope).limit(_number(most_rows + 1))
        for it in writer.lists
    ]
    return _unless_too_many(statement, spec.key, rows, most_rows)


def _unless_too_many(
    statement: Select[Any], key: ColumnElement[Any], rows: list[Select[Any]], most: int
) -> CompoundSelect[Any]:
    """The statement, or one row without a key. A condition without columns is evaluated once, before any read."""
    counted = union_all(*rows).subquery()
    size = select(func.count().label("rows")).select_from(counted).cte("size")
    number = select(size.c.rows).scalar_subquery()
    refusal = select(cast(null(), key.type), constant("")).where(number > _number(most))
    return union_all(statement.where(number <= _number(most)), refusal)


def _number(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Renders what one select gives: of the innermost of the rows `around`, with the columns of others in `joins`.
    `lists` are the lists below the topmost, each as the join of all rows on the way to it, which ends in `path`."""

    loaders: Mapping[str, LoaderSpec]
    tenant_scope: TenantScope
    around: tuple[RowMapping, ...]
    joins: dict[FromClause, ColumnElement[bool]]
    path: FromClause
    lists: list[FromClause]

    def joined(self, source: FromClause) -> FromClause:
        # Columns are joined, never JSON: nothing is rendered for rows that belong to none of ours.
        for table, condition in self.joins.items():
            source = source.outerjoin(table, condition)
        return source

    def object(self, owner: RowMapping | CompositeAttribute, fields: Any) -> ColumnElement[str]:
        """Renders the fields of a row, or of one of its attributes, as an object."""
        pieces: list[Piece] = ["{"]
        for index, (name, value) in enumerate(fields):
            pieces.append(f'{"," if index else ""}"{name}":')
            pieces += self._value(owner, value)
        return _concatenated([*pieces, "}"])

    def _value(self, owner: RowMapping | CompositeAttribute, value: Any) -> list[Piece]:
        match value.kind:
            case "constant":
                return [f'"{value.text}"']
            case "id":
                return [f'"{value.prefix}', _attribute(owner, "id").column, '"']
            case "scalar":
                return _scalar(_attribute(owner, value.attribute), value)
            case "object":
                return [self._object_node(owner, value)]
            case "edge" if isinstance(owner, RowMapping):
                return [self._edge_node(owner, value)]
        raise _NotSupported

    def _object_node(self, owner: RowMapping | CompositeAttribute, node: Any) -> Piece:
        if node.attribute is None:
            return self.object(owner, node.fields)
        composite = owner.composites.get(node.attribute) if isinstance(owner, RowMapping) else None
        if composite is None or (node.non_null and composite.present is not None):
            raise _NotSupported
        written = self.object(composite, node.fields)
        return written if composite.present is None else case((composite.present, written), else_=_NULL)

    def _edge_node(self, owner: RowMapping, edge: Any) -> Piece:
        """Renders an edge below: with a join if it has at most one row, else with a subselect."""
        spec, key = self.loaders[edge.loader], _attribute(owner, edge.key)
        if not isinstance(spec, One | Many) or (edge.non_null and not edge.many):
            raise _NotSupported
        if spec.rows.source is not spec.rows.table or any(spec.rows.table is it.table for it in self.around):
            raise _NotSupported
        belongs = and_(spec.key == key.column, *limits(spec.rows, self.tenant_scope))
        inner = replace(self, around=(*self.around, spec.rows), path=self.path.join(spec.rows.table, belongs))
        if isinstance(spec, One) and spec.unique(self.tenant_scope) and spec.rows.table not in self.joins:
            self.joins[spec.rows.table] = belongs
            written = inner.object(spec.rows, edge.fields)
            return case((spec.key.is_not(None), written), else_=_NULL)
        if isinstance(spec, Many):
            self.lists.append(inner.path)
        return self._selected(spec, belongs, edge, replace(inner, joins={}))

    def _selected(self, spec: One | Many, belongs: ColumnElement[bool], edge: Any, inner: "_Writer") -> Piece:
        written = inner.object(spec.rows, edge.fields)
        chosen = _array(written, spec) if isinstance(spec, Many) else written
        source = inner.joined(spec.rows.table)
        found = select(chosen).select_from(source).where(belongs)
        if isinstance(spec, One):
            columns = spec.rows.table.c
            found = found.order_by(columns.get("id", spec.key).desc()).limit(literal_column("1"))
        subselect = found.correlate(*(it.table for it in self.around)).scalar_subquery()
        return subselect if isinstance(spec, Many) else func.coalesce(subselect, _NULL)


def _attribute(owner: RowMapping | CompositeAttribute, name: str) -> Attribute:
    found = owner.attribute(name) if isinstance(owner, RowMapping) else owner.attributes.get(name)
    if found is None:
        raise _NotSupported
    return found


def _scalar(attribute: Attribute, scalar: Any) -> list[Piece]:
    if scalar.non_null and attribute.nullable:
        raise _NotSupported
    column, type_ = attribute.column, attribute.column.type
    if isinstance(type_, Word):
        if scalar.enum_names is None or not {str(it) for it in type_.words} <= scalar.enum_names:
            raise _NotSupported
        return _quoted(column, attribute.nullable)
    if scalar.enum_names is not None:
        raise _NotSupported
    if isinstance(type_, UtcDateTime) and scalar.type == "DateTime":
        return _quoted(_utc(column), attribute.nullable)
    if isinstance(type_, Date) and scalar.type == "Date":
        return _quoted(func.to_char(column, constant("YYYY-MM-DD")), attribute.nullable)
    if isinstance(type_, Boolean) and scalar.type == "Boolean":
        return [_nullable(case((column, constant("true")), else_=constant("false")), column, attribute.nullable)]
    # A BigInteger may exceed GraphQL's Int.
    if type(type_) is Integer and scalar.type == "Int":
        return [_nullable(cast(column, Text), column, attribute.nullable)]
    if isinstance(type_, String) and scalar.type in _TEXTS:
        if attribute.plain:
            return _quoted(column, attribute.nullable)
        escaped = cast(func.to_json(column), Text)
        return [func.coalesce(escaped, _NULL) if attribute.nullable else escaped]
    raise _NotSupported


def _quoted(written: ColumnElement[Any], nullable: bool) -> list[Piece]:
    if nullable:
        quote = constant('"')
        return [func.coalesce(quote.op("||")(written).op("||")(quote), _NULL)]
    return ['"', written, '"']


def _nullable(written: ColumnElement[Any], column: ColumnElement[Any], nullable: bool) -> ColumnElement[Any]:
    return case((column.is_(None), _NULL), else_=written) if nullable else written


def _utc(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Renders a time as the scalar DateTime does: without a fraction if it is zero."""
    at = func.timezone(constant("UTC"), column)
    whole, exact = constant('YYYY-MM-DD"T"HH24:MI:SS"Z"'), constant('YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    return case((func.date_trunc(constant("second"), at) == at, func.to_char(at, whole)), else_=func.to_char(at, exact))


def _array(written: ColumnElement[str], spec: Many | One) -> ColumnElement[str]:
    assert isinstance(spec, Many)
    joined = func.string_agg(written, aggregate_order_by(constant(","), *spec.order))
    return func.concat(constant("["), joined, constant("]"))


def _concatenated(pieces: list[Piece]) -> ColumnElement[str]:
    """Concatenates pieces that are not null; adjacent constants are merged."""
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return _joined([constant(it) if isinstance(it, str) else it for it in merged])


def _joined(parts: list[ColumnElement[str]]) -> ColumnElement[str]:
    # Split recursively in halves: a chain of hundreds exceeds the compiler's recursion limit.
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return _joined(parts[:half]).op("||", return_type=Text())(_joined(parts[half:]))
