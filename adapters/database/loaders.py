"""Loaders: every way the graph reads rows, each declared in one line beside its table's other code.

A loader answers many keys with one statement. The statement is built once for each loader and kind of reach; lists of
keys are one parameter, so that the database can keep its plan (findings, Speed).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select, tuple_

from adapters.database.engine import Database
from adapters.database.rows import Rows, parameters, within
from adapters.database.types import in_keys
from domain.access import Reach
from domain.paging import Page, PageKey


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
class Paged:
    """Pages of the rows of each parent. `filters` and `orders` are what a page key may name."""

    of: Rows
    parent: ColumnElement[Any]
    filters: Mapping[str, Callable[[Any], ColumnElement[bool]]]
    orders: Mapping[str, ColumnElement[Any]]


LoaderSpec = One | Many | Distinct | Paged


class SqlReader:
    """Answers loaders from the database, a connection for each batch (findings: never one for each request)."""

    def __init__(self, database: Database, specs: Mapping[str, LoaderSpec]) -> None:
        self._database = database
        self._specs = specs
        self._statements: dict[tuple[str, bool], Select[Any]] = {}

    async def load(self, loader: str, keys: Sequence[Any], reach: Reach) -> Sequence[Any]:
        """One value for each key, in order; None, an empty list or an empty page where there is nothing in reach."""
        spec = self._specs[loader]
        if isinstance(spec, Paged):
            return await self._pages(spec, keys, reach)
        found = await self._fetch(self._keyed(loader, spec, reach), {"keys": keys, **parameters(reach)})
        if isinstance(spec, One):
            by_key = {row[-1]: spec.of.make(row[:-1]) for row in found}
            return [by_key.get(key) for key in keys]
        lists: dict[Any, list[Any]] = defaultdict(list)
        for row in found:
            lists[row[-1]].append(row[0] if isinstance(spec, Distinct) else spec.of.make(row[:-1]))
        return [lists.get(key, []) for key in keys]

    async def count(self, loader: str, keys: Sequence[PageKey], reach: Reach) -> Sequence[int]:
        """How many rows the whole list of each paged key has."""
        spec = self._specs[loader]
        assert isinstance(spec, Paged)
        counts: dict[PageKey, int] = {}
        for like, group in _alike(keys).items():
            statement = self._filtered(select(func.count(), spec.parent).select_from(spec.of.source), spec, like, reach)
            if like.parent is None:
                statement = statement.with_only_columns(func.count())
                counts[group[0]] = (await self._fetch(statement, {}))[0][0]
                continue
            parents = [key.parent for key in group]
            grouped = statement.where(self._in(spec.parent)).group_by(spec.parent)
            found = {row[1]: row[0] for row in await self._fetch(grouped, {"keys": parents})}
            counts.update((key, found.get(key.parent, 0)) for key in group)
        return [counts[key] for key in keys]

    async def _fetch(self, statement: Select[Any], values: dict[str, Any]) -> Sequence[Any]:
        async with self._database.read.connect() as connection:
            result = await connection.execute(statement, values)
            return list(result)

    def _keyed(self, loader: str, spec: One | Many | Distinct, reach: Reach) -> Select[Any]:
        kind = (loader, reach.tenant_id is None)
        if kind not in self._statements:
            self._statements[kind] = self._build(spec, reach)
        return self._statements[kind]

    def _build(self, spec: One | Many | Distinct, reach: Reach) -> Select[Any]:
        if isinstance(spec, Distinct):
            statement = select(spec.value, spec.key).distinct().order_by(spec.key, spec.value)
            return statement.where(self._in(spec.key), within(spec.tenant, reach))
        statement = spec.of.select().add_columns(spec.key.label("loader_key")).where(self._in(spec.key))
        if spec.of.tenant is not None:
            statement = statement.where(within(spec.of.tenant, reach))
        return statement.order_by(spec.key, *spec.order) if isinstance(spec, Many) else statement

    async def _pages(self, spec: Paged, keys: Sequence[PageKey], reach: Reach) -> Sequence[Page]:
        pages: dict[PageKey, Page] = {}
        for like, group in _alike(keys).items():
            statement = self._page_statement(spec, like, reach)
            parents = [key.parent for key in group]
            found: dict[Any, list[Any]] = defaultdict(list)
            for row in await self._fetch(statement, {} if like.parent is None else {"keys": parents}):
                found[None if like.parent is None else row[-1]].append(row)
            width = len(spec.of.columns)
            pages.update((key, _page(spec, key, found[key.parent], width)) for key in group)
        return [pages[key] for key in keys]

    def _page_statement(self, spec: Paged, like: PageKey, reach: Reach) -> Select[Any]:
        """At most one row more than the page, so that it is known whether there are more."""
        window, id_ = like.window, spec.of.table.c.id
        order = spec.orders[like.order]
        falling = like.descending != window.backward
        directed = (order.desc(), id_.desc()) if falling else (order.asc(), id_.asc())
        columns = (*spec.of.columns, order.label("page_order"), id_.label("page_id"), spec.parent.label("page_parent"))
        statement = self._filtered(select(*columns).select_from(spec.of.source), spec, like, reach)
        if window.cursor is not None:
            place, here = tuple_(order, id_), tuple_(*window.cursor, types=[order.type, id_.type])
            statement = statement.where(place < here if falling else place > here)
        if like.parent is None:
            return statement.order_by(*directed).limit(window.size + 1)
        rank = func.row_number().over(partition_by=spec.parent, order_by=directed).label("page_rank")
        ranked = statement.where(self._in(spec.parent)).add_columns(rank).subquery()
        wanted = [column for column in ranked.c if column.name != "page_rank"]
        return select(*wanted).where(ranked.c.page_rank <= window.size + 1).order_by(ranked.c.page_rank)

    def _filtered(self, statement: Select[Any], spec: Paged, like: PageKey, reach: Reach) -> Select[Any]:
        if spec.of.tenant is not None:
            statement = statement.where(within(spec.of.tenant, reach))
        return statement.where(*(spec.filters[name](value) for name, value in like.filters))

    def _in(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        return in_keys(column, self._database.dialect, integers=column.type.python_type is int)


def one(of: Rows, key: str = "id") -> One:
    return One(of, of.table.c[key])


def many(of: Rows, key: str, order: tuple[str, ...] = ("position", "id")) -> Many:
    return Many(of, of.table.c[key], tuple(of.table.c[name] for name in order))


def distinct(table: Table, key: str, value: str) -> Distinct:
    return Distinct(table.c[key], table.c[value], table.c.tenant_id)


def paged(
    of: Rows,
    parent: str,
    orders: Mapping[str, str],
    filters: Mapping[str, Callable[[Any], ColumnElement[bool]]] | None = None,
) -> Paged:
    return Paged(of, of.table.c[parent], filters or {}, {name: of.table.c[column] for name, column in orders.items()})


def _alike(keys: Sequence[PageKey]) -> dict[PageKey, list[PageKey]]:
    """Keys that one statement can answer: those that differ in nothing but the parent."""
    groups: dict[PageKey, list[PageKey]] = {}
    for key in dict.fromkeys(keys):
        groups.setdefault(key._replace(parent=None if key.parent is None else True), []).append(key)
    return groups


def _page(spec: Paged, key: PageKey, found: list[Any], width: int) -> Page:
    window = key.window
    more = len(found) > window.size
    kept = found[: window.size]
    if window.backward:
        kept.reverse()
    return Page(
        rows=[spec.of.make(row[:width]) for row in kept],
        cursors=[(row[width], row[width + 1]) for row in kept],
        has_next=window.cursor is not None if window.backward else more,
        has_previous=more if window.backward else window.cursor is not None,
    )
