"""Executes loaders: many keys with one statement.

A statement is built once for each loader and kind of tenant scope; lists of keys are one parameter, so that the
database can keep its plan.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, any_, bindparam, func, literal_column, select, true, tuple_
from sqlalchemy.dialects.postgresql import array

from adapters.database.core.column_types import each_key, in_keys
from adapters.database.core.engine import Database
from adapters.database.core.json_subtrees import TOO_MANY_ROWS, json_statement
from adapters.database.core.loader_specs import Computed, Distinct, LoaderSpec, Many, One, Paged
from adapters.database.core.query_batching import QueryBatcher
from adapters.database.core.read_statements import ReadStatement
from adapters.database.core.row_mapping import in_scope, parameters, scoped
from domain.shared.access import TenantScope
from domain.shared.errors import TooManyRows
from domain.shared.paging import Page, PageKey

MOST_ROWS = 100_000
MOST_STATEMENTS = 2_000
# So few keys of one loader may share a statement with other requests'.
FEW_KEYS = 2
# The database takes as long to parse a longer statement as it saves by rendering the JSON (docs/performance.md).
LONGEST_JSON_STATEMENT = 60_000


class SqlReader:
    """Executes loaders, with a connection for each batch: the batches of one request run concurrently.

    A statement reads at most `most_rows`, or raises TooManyRows: the lengths of lists are not known before.
    """

    def __init__(self, database: Database, specs: Mapping[str, LoaderSpec], most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._reads = database.reads
        self._dialect = database.dialect
        self._specs = specs
        self._statements: dict[tuple[Any, ...], ReadStatement] = {}
        self._batcher = QueryBatcher()
        self._narrowed_specs: dict[tuple[str, frozenset[str]], One | Many | Paged] = {}
        self._json_statements: dict[tuple[Any, bool], ReadStatement | None] = {}

    async def load(
        self, loader: str, keys: Sequence[Any], tenant_scope: TenantScope, attributes: frozenset[str] | None = None
    ) -> Sequence[Any]:
        """One value for each key, in order; None, an empty list or an empty page where nothing is in scope.

        With `attributes`, only the columns behind them are read.
        """
        spec = self._specs[loader]
        if isinstance(spec, Computed):
            found = await self._lists((loader, tenant_scope.tenant_id is None), spec.rows, keys, tenant_scope)
            return [spec.compute(found[key]) for key in keys]
        if attributes is not None and not isinstance(spec, Distinct):
            spec = self._narrowed(loader, spec, attributes)
        if isinstance(spec, Paged):
            return await self._pages(loader, spec, keys, tenant_scope, attributes)
        kind = (loader, tenant_scope.tenant_id is None, attributes)
        if isinstance(spec, One):
            statement = self._statement(kind, lambda: self._keyed(spec, tenant_scope))
            return await self._ones(spec, kind, statement, keys, tenant_scope)
        lists = await self._lists(kind, spec, keys, tenant_scope)
        return [lists[key] for key in keys]

    async def _lists(
        self, kind: tuple[Any, ...], spec: Many | Distinct, keys: Sequence[Any], tenant_scope: TenantScope
    ) -> Mapping[Any, list[Any]]:
        """What each key has, in order."""
        statement = self._statement(kind, lambda: self._keyed(spec, tenant_scope))
        found = await self._reads.fetch(statement, {"keys": keys, **parameters(tenant_scope)})
        if len(found) > self._most_rows:
            raise TooManyRows(self._most_rows)
        lists: dict[Any, list[Any]] = {key: [] for key in keys}
        if isinstance(spec, Distinct):
            for value, key in found:
                lists[key].append(value)
        else:
            for key, row in _by_key(spec, found):
                lists[key].append(row)
        return lists

    async def _ones(
        self, spec: One, kind: Hashable, statement: ReadStatement, keys: Sequence[Any], tenant_scope: TenantScope
    ) -> Sequence[Any]:
        async def find(keys: Sequence[Any]) -> Mapping[Any, Any]:
            return dict(_by_key(spec, await self._reads.fetch(statement, {"keys": keys, **parameters(tenant_scope)})))

        few = len(keys) <= FEW_KEYS
        by_key = await (self._batcher.find((kind, tenant_scope), keys, find) if few else find(keys))
        return [by_key.get(key) for key in keys]

    async def json_subtrees(
        self, edge: Any, keys: Sequence[Any], tenant_scope: TenantScope
    ) -> Mapping[Any, str] | None:
        """Finished JSON for each key that has something in scope, or None for what only rows can answer.

        `edge` says what of an edge is asked for (`resolvers/execution/json_subtrees.py`).
        """
        if self._dialect != "postgresql":
            return None
        kind = (edge, tenant_scope.tenant_id is None)
        if kind not in self._json_statements:
            _make_room(self._json_statements)
            self._json_statements[kind] = self._json_statement(edge, tenant_scope)
        statement = self._json_statements[kind]
        if statement is None:
            return None
        found = dict(await self._reads.fetch(statement, {"keys": keys, **parameters(tenant_scope)}))
        if TOO_MANY_ROWS in found:
            raise TooManyRows(self._most_rows)
        return found

    def _json_statement(self, edge: Any, tenant_scope: TenantScope) -> ReadStatement | None:
        try:
            written = json_statement(edge, self._specs, tenant_scope, self._most_rows)
            statement = None if written is None else self._reads.statement(written)
        except RecursionError:
            return None
        return None if statement is None or len(statement.sql) > LONGEST_JSON_STATEMENT else statement

    async def count(self, loader: str, keys: Sequence[PageKey], tenant_scope: TenantScope) -> Sequence[int]:
        """How many rows the whole list of each paged key has."""
        spec = self._specs[loader]
        assert isinstance(spec, Paged)
        counts: dict[PageKey, int] = {}
        for query, group in _by_query(keys).items():
            kind = (
                "count",
                loader,
                tenant_scope.tenant_id is None,
                query.parent,
                tuple(name for name, _ in query.filters),
            )
            statement = self._statement(kind, lambda query=query: self._count(spec, query, tenant_scope))  # type: ignore[misc]
            values = {**self._values(spec, query, tenant_scope), "keys": [key.parent for key in group]}
            found = await self._reads.fetch(statement, values)
            by_parent = {None if query.parent is None else row[1]: row[0] for row in found}
            counts.update((key, by_parent.get(key.parent, 0)) for key in group)
        return [counts[key] for key in keys]

    def _statement(self, kind: tuple[Any, ...], build: Callable[[], Select[Any]]) -> ReadStatement:
        """The statement of a kind, built when it first comes."""
        if kind not in self._statements:
            _make_room(self._statements)
            self._statements[kind] = self._reads.statement(build())
        return self._statements[kind]

    def _narrowed(self, loader: str, spec: One | Many | Paged, attributes: frozenset[str]) -> One | Many | Paged:
        kind = (loader, attributes)
        if kind not in self._narrowed_specs:
            _make_room(self._narrowed_specs)
            key = None if isinstance(spec, Paged) else spec.key
            self._narrowed_specs[kind] = replace(spec, rows=spec.rows.narrowed(attributes, key))
        return self._narrowed_specs[kind]

    def _keyed(self, spec: One | Many | Distinct, tenant_scope: TenantScope) -> Select[Any]:
        if isinstance(spec, Distinct):
            values = select(spec.value, spec.key).distinct().order_by(spec.key, spec.value)
            return values.where(self._in(spec.key), in_scope(spec.tenant, tenant_scope)).limit(self._row_limit)
        key = () if spec.rows.index_of(spec.key) is not None else (spec.key,)
        statement: Select[Any] = select(*spec.rows.columns, *key).select_from(spec.rows.source)
        statement = statement.where(self._in(spec.key))
        statement = scoped(statement, spec.rows, tenant_scope)
        return statement.order_by(*spec.order).limit(self._row_limit) if isinstance(spec, Many) else statement

    @property
    def _row_limit(self) -> ColumnElement[int]:
        # In the statement itself: of a parameter PostgreSQL would think that it is small.
        return literal_column(str(self._most_rows + 1), Integer)

    async def _pages(
        self,
        loader: str,
        spec: Paged,
        keys: Sequence[PageKey],
        tenant_scope: TenantScope,
        attributes: frozenset[str] | None,
    ) -> Sequence[Page]:
        pages: dict[PageKey, Page] = {}
        for query, group in _by_query(keys).items():
            several = len(group) > 1
            shape = (
                query.parent,
                several,
                query.order,
                query.descending,
                query.window.backward,
                query.window.cursor is None,
            )
            kind = (loader, tenant_scope.tenant_id is None, attributes, shape, tuple(name for name, _ in query.filters))
            build = partial(self._pages_of_each if several else self._page, spec, query, tenant_scope)
            statement = self._statement(kind, build)
            found: dict[Any, list[Any]] = defaultdict(list)
            values = {
                **self._values(spec, query, tenant_scope),
                "key": group[0].parent,
                "keys": [key.parent for key in group],
            }
            for row in await self._reads.fetch(statement, values):
                found[None if query.parent is None else row[-1]].append(row)
            pages.update((key, _page(spec, key, found[key.parent])) for key in group)
        return [pages[key] for key in keys]

    def _page(self, spec: Paged, query: PageKey, tenant_scope: TenantScope) -> Select[Any]:
        """The page of one parent, or of all in scope."""
        columns = (*spec.rows.columns, *_cursor_columns(spec, query), spec.parent.label("page_parent"))
        statement = select(*columns).select_from(spec.rows.source)
        if query.parent is not None:
            statement = statement.where(spec.parent == bindparam("key", type_=spec.parent.type))
        return self._limited(statement, spec, query, tenant_scope)

    def _pages_of_each(self, spec: Paged, query: PageKey, tenant_scope: TenantScope) -> Select[Any]:
        """Reads a page for each of the parents, each a range of an index. Numbering rows by parent would read all rows
        (docs/keyset.md)."""
        keys = each_key(self._dialect, integers=spec.parent.type.python_type is int)
        columns = (*spec.rows.columns, *_cursor_columns(spec, query), spec.parent.label("page_parent"))
        if self._dialect == "postgresql":
            one = select(*columns).select_from(spec.rows.source).where(spec.parent == any_(array([keys.c.value])))
            # By the parent first, which only the index of a parent's rows can give: where most rows are of one parent,
            # PostgreSQL would go through all parents' rows in their order, and never end for a parent of few.
            page = self._limited(one, spec, query, tenant_scope, spec.parent).lateral("page")
            statement = select(*page.c).select_from(keys.join(page, true()))
            return statement.order_by(*_ordered(query, page.c.page_order, page.c.page_id))
        # SQLite knows no LATERAL: the ids of each page first, then their rows.
        id_ = spec.rows.table.c.id
        ids = select(id_).select_from(spec.rows.source).where(spec.parent == keys.c.value).correlate(keys)
        mine = (spec.parent == keys.c.value, id_.in_(self._limited(ids, spec, query, tenant_scope)))
        statement = select(*columns).select_from(keys.join(spec.rows.source, true()))
        # Of what a row is joined with, only one row may be visible.
        statement = scoped(statement, spec.rows, tenant_scope).where(*mine)
        return statement.order_by(*_ordered(query, *_cursor_columns(spec, query)))

    def _limited(
        self, statement: Select[Any], spec: Paged, query: PageKey, tenant_scope: TenantScope, *first: ColumnElement[Any]
    ) -> Select[Any]:
        """At most one row more than the page, so that it is known whether there are more."""
        id_, order = spec.rows.table.c.id, spec.orders[query.order]
        statement = self._filtered(statement, spec, query, tenant_scope)
        if query.window.cursor is not None:
            place = tuple_(order, id_)
            here = tuple_(bindparam("cursor_order", type_=order.type), bindparam("cursor_id", type_=id_.type))
            statement = statement.where(place < here if _is_descending(query) else place > here)
        return statement.order_by(*_ordered(query, *first, order, id_)).limit(bindparam("page_rows", type_=Integer()))

    def _count(self, spec: Paged, query: PageKey, tenant_scope: TenantScope) -> Select[Any]:
        if query.parent is None:
            return self._filtered(select(func.count()).select_from(spec.rows.source), spec, query, tenant_scope)
        statement = self._filtered(
            select(func.count(), spec.parent).select_from(spec.rows.source), spec, query, tenant_scope
        )
        return statement.where(self._in(spec.parent)).group_by(spec.parent)

    def _filtered(self, statement: Select[Any], spec: Paged, query: PageKey, tenant_scope: TenantScope) -> Select[Any]:
        statement = scoped(statement, spec.rows, tenant_scope)
        return statement.where(*(spec.filters[name].condition(name, self._dialect) for name, _ in query.filters))

    def _values(self, spec: Paged, query: PageKey, tenant_scope: TenantScope) -> dict[str, Any]:
        values = {name: spec.filters[name].prepare(value) for name, value in query.filters}
        cursor = query.window.cursor or (None, None)
        place = {"cursor_order": cursor[0], "cursor_id": cursor[1], "page_rows": query.window.size + 1}
        return {**values, **place, **parameters(tenant_scope)}

    def _in(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        return in_keys(column, self._dialect, integers=column.type.python_type is int)


def _by_key(spec: One | Many, found: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """The rows that were fetched, each with its key, which is fetched last where rows do not have it."""
    place = spec.rows.index_of(spec.key)
    if place is None:
        return zip((it[-1] for it in found), spec.rows.read(it[:-1] for it in found), strict=True)
    return ((row[place], row) for row in spec.rows.read(found))


def _make_room(kept: dict[Any, Any]) -> None:
    """Clients choose the columns, so there is no end of statements; the oldest go."""
    if len(kept) >= MOST_STATEMENTS:
        del kept[next(iter(kept))]


def _by_query(keys: Sequence[PageKey]) -> dict[PageKey, list[PageKey]]:
    """Keys that one statement can answer: those that differ in nothing but the parent."""
    groups: dict[PageKey, list[PageKey]] = {}
    for key in dict.fromkeys(keys):
        groups.setdefault(key._replace(parent=None if key.parent is None else True), []).append(key)
    return groups


def _is_descending(query: PageKey) -> bool:
    return query.descending != query.window.backward


def _ordered(query: PageKey, *place: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [it.desc() if _is_descending(query) else it.asc() for it in place]


def _cursor_columns(spec: Paged, query: PageKey) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Returns the values of a cursor."""
    return spec.orders[query.order].label("page_order"), spec.rows.table.c.id.label("page_id")


def _page(spec: Paged, key: PageKey, found: list[Any]) -> Page:
    window, width = key.window, len(spec.rows.columns)
    more = len(found) > window.size
    kept = found[: window.size]
    if window.backward:
        kept.reverse()
    return Page(
        rows=spec.rows.read([row[:width] for row in kept]),
        cursors=[(row[width], row[width + 1]) for row in kept],
        has_next=window.cursor is not None if window.backward else more,
        has_previous=more if window.backward else window.cursor is not None,
    )
