"""Loaders: every way the graph reads rows, each declared in one line beside its table's other code.

A loader answers many keys with one statement. The statement is built once for each loader and kind of reach; lists of
keys are one parameter, so that the database can keep its plan (findings, Speed).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Table, Text, bindparam, func, select, tuple_

from adapters.database.engine import Database
from adapters.database.reads import ReadStatement
from adapters.database.rows import Rows, parameters, within
from adapters.database.types import in_keys
from domain.access import Reach
from domain.paging import Page, PageKey
from domain.values import fold

MOST_STATEMENTS = 2_000


@dataclass(frozen=True, slots=True)
class One:
    """At most one row for each key."""

    of: Rows
    key: ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Many:
    """All rows of each key, in order."""

    of: Rows
    key: ColumnElement[Any]
    order: tuple[ColumnElement[Any], ...]


@dataclass(frozen=True, slots=True)
class Distinct:
    """The distinct values of one column for each key, in order."""

    key: ColumnElement[Any]
    value: ColumnElement[Any]
    tenant: ColumnElement[int]


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition a page key may name. Its value is always a parameter, made of what the key has by `prepare`."""

    condition: Callable[[str, str], ColumnElement[bool]]
    prepare: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True, slots=True)
class Paged:
    """Pages of the rows of each parent. `filters` and `orders` are what a page key may name."""

    of: Rows
    parent: ColumnElement[Any]
    filters: Mapping[str, Filter]
    orders: Mapping[str, ColumnElement[Any]]


LoaderSpec = One | Many | Distinct | Paged


class SqlReader:
    """Answers loaders from the database, a connection for each batch (findings: never one for each request)."""

    def __init__(self, database: Database, specs: Mapping[str, LoaderSpec]) -> None:
        self._reads = database.reads
        self._dialect = database.dialect
        self._specs = specs
        self._statements: dict[tuple[Any, ...], ReadStatement] = {}
        self._narrow: dict[tuple[str, frozenset[str]], One | Many] = {}

    async def load(
        self, loader: str, keys: Sequence[Any], reach: Reach, attributes: frozenset[str] | None = None
    ) -> Sequence[Any]:
        """One value for each key, in order; None, an empty list or an empty page where there is nothing in reach.

        With `attributes`, only the columns behind them are read.
        """
        spec = self._specs[loader]
        if isinstance(spec, Paged):
            return await self._pages(loader, spec, keys, reach)
        if attributes is not None and not isinstance(spec, Distinct):
            spec = self._narrowed(loader, spec, attributes)
        kind = (loader, reach.tenant_id is None, attributes)
        statement = self._statement(kind, lambda: self._keyed(spec, reach))
        found = await self._reads.fetch(statement, {"keys": keys, **parameters(reach)})
        if isinstance(spec, One):
            place = spec.of.place(spec.key)
            by_key = {row[place]: row for row in spec.of.read(found)}
            return [by_key.get(key) for key in keys]
        lists: dict[Any, list[Any]] = {key: [] for key in keys}
        if isinstance(spec, Distinct):
            for value, key in found:
                lists[key].append(value)
        else:
            place = spec.of.place(spec.key)
            for row in spec.of.read(found):
                lists[row[place]].append(row)
        return [lists[key] for key in keys]

    async def count(self, loader: str, keys: Sequence[PageKey], reach: Reach) -> Sequence[int]:
        """How many rows the whole list of each paged key has."""
        spec = self._specs[loader]
        assert isinstance(spec, Paged)
        counts: dict[PageKey, int] = {}
        for like, group in _alike(keys).items():
            kind = ("count", loader, reach.tenant_id is None, like.parent, tuple(name for name, _ in like.filters))
            statement = self._statement(kind, lambda like=like: self._count(spec, like, reach))  # type: ignore[misc]
            values = {**self._values(spec, like, reach), "keys": [key.parent for key in group]}
            found = await self._reads.fetch(statement, values)
            by_parent = {None if like.parent is None else row[1]: row[0] for row in found}
            counts.update((key, by_parent.get(key.parent, 0)) for key in group)
        return [counts[key] for key in keys]

    def _statement(self, kind: tuple[Any, ...], build: Callable[[], Select[Any]]) -> ReadStatement:
        """The statement of a kind, built when it first comes."""
        if kind not in self._statements:
            _make_room(self._statements)
            self._statements[kind] = self._reads.statement(build())
        return self._statements[kind]

    def _narrowed(self, loader: str, spec: One | Many, attributes: frozenset[str]) -> One | Many:
        kind = (loader, attributes)
        if kind not in self._narrow:
            _make_room(self._narrow)
            self._narrow[kind] = replace(spec, of=spec.of.narrowed(attributes, spec.key))
        return self._narrow[kind]

    def _keyed(self, spec: One | Many | Distinct, reach: Reach) -> Select[Any]:
        if isinstance(spec, Distinct):
            values = select(spec.value, spec.key).distinct().order_by(spec.key, spec.value)
            return values.where(self._in(spec.key), within(spec.tenant, reach))
        statement: Select[Any] = spec.of.select().where(self._in(spec.key))
        if spec.of.tenant is not None:
            statement = statement.where(within(spec.of.tenant, reach))
        # Of several with one key (an order number, seen across companies) the newest comes last and is kept.
        order = spec.order if isinstance(spec, Many) else () if spec.key.primary_key else (spec.of.table.c.id,)
        return statement.order_by(*order)

    async def _pages(self, loader: str, spec: Paged, keys: Sequence[PageKey], reach: Reach) -> Sequence[Page]:
        pages: dict[PageKey, Page] = {}
        for like, group in _alike(keys).items():
            shape = (like.parent, like.order, like.descending, like.window.backward, like.window.cursor is None)
            kind = (loader, reach.tenant_id is None, shape, tuple(name for name, _ in like.filters))
            statement = self._statement(kind, lambda like=like: self._page(spec, like, reach))  # type: ignore[misc]
            found: dict[Any, list[Any]] = defaultdict(list)
            values = {**self._values(spec, like, reach), "keys": [key.parent for key in group]}
            for row in await self._reads.fetch(statement, values):
                found[None if like.parent is None else row[-1]].append(row)
            pages.update((key, _page(spec, key, found[key.parent])) for key in group)
        return [pages[key] for key in keys]

    def _page(self, spec: Paged, like: PageKey, reach: Reach) -> Select[Any]:
        """At most one row more than the page, so that it is known whether there are more."""
        id_, order = spec.of.table.c.id, spec.orders[like.order]
        falling = like.descending != like.window.backward
        directed = (order.desc(), id_.desc()) if falling else (order.asc(), id_.asc())
        columns = (*spec.of.columns, order.label("page_order"), id_.label("page_id"), spec.parent.label("page_parent"))
        statement = self._filtered(select(*columns).select_from(spec.of.source), spec, like, reach)
        if like.window.cursor is not None:
            place = tuple_(order, id_)
            here = tuple_(bindparam("cursor_order", type_=order.type), bindparam("cursor_id", type_=id_.type))
            statement = statement.where(place < here if falling else place > here)
        most = bindparam("page_rows", type_=Integer())
        if like.parent is None:
            return statement.order_by(*directed).limit(most)
        rank = func.row_number().over(partition_by=spec.parent, order_by=directed).label("page_rank")
        ranked = statement.where(self._in(spec.parent)).add_columns(rank).subquery()
        wanted = [column for column in ranked.c if column.name != "page_rank"]
        return select(*wanted).where(ranked.c.page_rank <= most).order_by(ranked.c.page_rank)

    def _count(self, spec: Paged, like: PageKey, reach: Reach) -> Select[Any]:
        if like.parent is None:
            return self._filtered(select(func.count()).select_from(spec.of.source), spec, like, reach)
        statement = self._filtered(select(func.count(), spec.parent).select_from(spec.of.source), spec, like, reach)
        return statement.where(self._in(spec.parent)).group_by(spec.parent)

    def _filtered(self, statement: Select[Any], spec: Paged, like: PageKey, reach: Reach) -> Select[Any]:
        if spec.of.tenant is not None:
            statement = statement.where(within(spec.of.tenant, reach))
        return statement.where(*(spec.filters[name].condition(name, self._dialect) for name, _ in like.filters))

    def _values(self, spec: Paged, like: PageKey, reach: Reach) -> dict[str, Any]:
        values = {name: spec.filters[name].prepare(value) for name, value in like.filters}
        cursor = like.window.cursor or (None, None)
        place = {"cursor_order": cursor[0], "cursor_id": cursor[1], "page_rows": like.window.size + 1}
        return {**values, **place, **parameters(reach)}

    def _in(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        return in_keys(column, self._dialect, integers=column.type.python_type is int)


def one(of: Rows, key: str = "id") -> One:
    return One(of, of.table.c[key])


def many(of: Rows, key: str, order: tuple[str, ...] = ("position", "id")) -> Many:
    return Many(of, of.table.c[key], tuple(of.table.c[name] for name in order))


def distinct(table: Table, key: str, value: str) -> Distinct:
    return Distinct(table.c[key], table.c[value], table.c.tenant_id)


def paged(of: Rows, parent: str, orders: Mapping[str, str], filters: Mapping[str, Filter] | None = None) -> Paged:
    return Paged(of, of.table.c[parent], filters or {}, {name: of.table.c[column] for name, column in orders.items()})


def among(column: ColumnElement[Any]) -> Filter:
    """The column has one of the values."""
    return Filter(lambda name, dialect: in_keys(column, dialect, name), lambda values: [str(value) for value in values])


def compared(column: ColumnElement[Any], compare: Callable[[Any, Any], Any]) -> Filter:
    """The column compares to the value, by `operator.gt` and the like."""
    return Filter(lambda name, _dialect: compare(column, bindparam(name, type_=column.type)))


def folded(column: ColumnElement[str]) -> Filter:
    """The column, which is casefolded, is the value in any case."""
    return Filter(lambda name, _dialect: column == bindparam(name, type_=column.type), fold)


def containing(column: ColumnElement[str], pattern: str = "%{}%") -> Filter:
    """The column, which is casefolded, matches the value put into the pattern."""
    return Filter(
        lambda name, _dialect: column.like(bindparam(name, type_=Text()), escape="/"),
        lambda value: pattern.format(fold(value).replace("/", "//").replace("%", "/%").replace("_", "/_")),
    )


def _make_room(kept: dict[Any, Any]) -> None:
    """Clients choose the columns, so there is no end of statements; the oldest go."""
    if len(kept) >= MOST_STATEMENTS:
        del kept[next(iter(kept))]


def _alike(keys: Sequence[PageKey]) -> dict[PageKey, list[PageKey]]:
    """Keys that one statement can answer: those that differ in nothing but the parent."""
    groups: dict[PageKey, list[PageKey]] = {}
    for key in dict.fromkeys(keys):
        groups.setdefault(key._replace(parent=None if key.parent is None else True), []).append(key)
    return groups


def _page(spec: Paged, key: PageKey, found: list[Any]) -> Page:
    window, width = key.window, len(spec.of.columns)
    more = len(found) > window.size
    kept = found[: window.size]
    if window.backward:
        kept.reverse()
    return Page(
        rows=spec.of.read([row[:width] for row in kept]),
        cursors=[(row[width], row[width + 1]) for row in kept],
        has_next=window.cursor is not None if window.backward else more,
        has_previous=more if window.backward else window.cursor is not None,
    )
