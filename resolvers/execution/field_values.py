"""The raw values of fields, a column at a time: from attributes, loaders and resolvers written by hand."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from graphql import default_field_resolver
from graphql.pyutils import is_awaitable
from orjson import Fragment

from resolvers.execution.budget import Budget
from resolvers.execution.column_paths import ColumnPaths
from resolvers.execution.context import ExecutionContext
from resolvers.execution.declarations import Column, Edge, Identity, IdentityOf, PagedEdge, ReferenceEdge, SameRow
from resolvers.execution.field_errors import FAILED, FieldErrors
from resolvers.execution.json_subtrees import EdgeNode
from resolvers.execution.plan import Plan
from resolvers.execution.resolve_info import ResolveInfo
from resolvers.execution.shapes import Field


class FieldValues:
    """Gives the raw values of fields in one run of a plan. What fails is recorded, and FAILED."""

    def __init__(
        self, plan: Plan, root: Any, context: ExecutionContext, variables: Any, budget: Budget, errors: FieldErrors
    ) -> None:
        self._plan = plan
        self._root = root
        self._context = context
        self._variables = variables
        self._budget = budget
        self._errors = errors

    def without_loading(self, field: Field, rows: Sequence[Any], paths: ColumnPaths) -> list[Any] | None:
        """A raw value for each row, or None for a field that is loaded."""
        if field.constant is not None:
            return [field.constant] * len(rows)
        match field.declaration:
            case Column(attribute):
                return self._attributes(attribute, field, rows, paths)
            case Identity(prefix):
                return self._global_ids(prefix, field, rows, paths)
            case IdentityOf(prefix, attribute):
                ids = self._attributes(attribute, field, rows, paths)
                return [it if it is None or it is FAILED else prefix + it for it in ids]
            case SameRow():
                return list(rows)
            case None:
                return [
                    self._errors.attempt(field, paths, index, self._resolve, field, row, paths, index)
                    for index, row in enumerate(rows)
                ]
        return None

    async def loaded(self, field: Field, rows: Sequence[Any], paths: ColumnPaths) -> tuple[list[Any], bool]:
        """A raw value for each row, and whether the values are finished JSON."""
        match field.declaration:
            case Edge(loader, key, many):
                keys = self._attributes(key, field, rows, paths)
                if field.json_subtree is not None:
                    subtrees = await self._json_subtrees(field.json_subtree, keys, field, paths)
                    if subtrees is not None:
                        return subtrees, True
                return await self._load(loader, keys, field, paths, many), False
            case PagedEdge() as edge:
                return await self._pages(edge, field, rows, paths), False
            case ReferenceEdge() as edge:
                return await self._references(edge, field, rows, paths), False
        raise TypeError(f"{field.label} is not loaded")

    def info(self, field: Field, paths: ColumnPaths, index: int) -> Any:
        """What graphql-core passes to a resolver about the field of one object."""
        info = ResolveInfo(paths, index)
        info.context = self._context
        info.field_name = field.nodes[0].name.value
        info.field_nodes = list(field.nodes)
        info.fragments = self._plan.fragments
        info.is_awaitable = is_awaitable
        info.operation = self._plan.operation
        info.parent_type = field.parent
        info.return_type = field.definition.type
        info.root_value = self._root
        info.schema = self._plan.schema
        info.variable_values = self._variables
        return info

    def _resolve(self, field: Field, row: Any, paths: ColumnPaths, index: int) -> Any:
        resolve = field.definition.resolve or default_field_resolver
        return resolve(row, self.info(field, paths, index), **self._arguments(field))

    def _arguments(self, field: Field) -> dict[str, Any]:
        return field.arguments(self._variables)

    def _attributes(self, name: str, field: Field, rows: Sequence[Any], paths: ColumnPaths) -> list[Any]:
        try:
            return list(map(attrgetter(name), rows))
        except Exception:  # noqa: BLE001 - found again row by row
            return [self._errors.attempt(field, paths, index, getattr, row, name) for index, row in enumerate(rows)]

    def _global_ids(self, prefix: str, field: Field, rows: Sequence[Any], paths: ColumnPaths) -> list[Any]:
        try:
            return list(map(prefix.__add__, map(_ROW_ID, rows)))
        except Exception:  # noqa: BLE001 - found again row by row
            return [
                self._errors.attempt(field, paths, index, lambda it: prefix + it.id, row)
                for index, row in enumerate(rows)
            ]

    async def _json_subtrees(
        self, edge: EdgeNode, keys: list[Any], field: Field, paths: ColumnPaths
    ) -> list[Any] | None:
        """Finished JSON for each key, or None where the edge is to be loaded as rows."""
        if FAILED in keys:
            return None
        wanted = [key for key in dict.fromkeys(keys) if key is not None]
        try:
            found = await self._context.load_json_subtrees(edge, wanted) if wanted else {}
        except Exception as error:  # noqa: BLE001 - recorded for each object
            return [self._errors.record(error, field, paths, index) for index in range(len(keys))]
        if found is None:
            return None
        empty = _EMPTY_LIST if edge.many else None
        texts = [text for key in keys if (text := found.get(key)) is not None]
        # Each object begins with a brace, and costs a point. One in a text counts too, which is rare.
        self._budget.add_points(sum(text.count("{") for text in texts))
        self._budget.add_characters(sum(map(len, texts)))
        fragments = {key: Fragment(json) for key, json in found.items()}
        return [fragments.get(key, empty) for key in keys]

    async def _load(self, loader: str, keys: list[Any], field: Field, paths: ColumnPaths, many: bool) -> list[Any]:
        """What a loader gives for each key; null or an empty list for keys that are None."""
        present = [index for index, key in enumerate(keys) if key is not None and key is not FAILED]
        values: list[Any] = [FAILED if key is FAILED else ([] if many else None) for key in keys]
        if not present:
            return values
        wanted = keys if len(present) == len(keys) else [keys[index] for index in present]
        try:
            attributes = None if field.whole_rows else self._plan.attributes_by_loader.get(loader)
            found = await self._context.load_bulk(loader, wanted, attributes)
            if len(found) != len(wanted):
                raise TypeError(f"asked for {len(wanted)} keys, the loader answered {len(found)}")
        except Exception as error:  # noqa: BLE001 - recorded for each object
            for index in present:
                values[index] = self._errors.record(error, field, paths, index)
            return values
        if wanted is keys:
            return list(found)
        for index, value in zip(present, found, strict=True):
            values[index] = value
        return values

    async def _pages(self, edge: PagedEdge, field: Field, rows: Sequence[Any], paths: ColumnPaths) -> list[Any]:
        def page_keys() -> Callable[[Any], Any]:
            return edge.pages(self._context, **self._arguments(field))

        try:
            key_of = page_keys()
        except Exception:  # noqa: BLE001 - found again row by row

            def key_of(parent: Any) -> Any:
                return page_keys()(parent)

        attempt = self._errors.attempt
        parents = self._attributes(edge.key, field, rows, paths)
        keys = [
            parent if parent is FAILED else attempt(field, paths, index, key_of, parent)
            for index, parent in enumerate(parents)
        ]
        pages = await self._load(edge.loader, keys, field, paths, many=False)
        return [
            page
            if page is FAILED or isinstance(page, Exception)
            else attempt(field, paths, index, edge.connect, edge.loader, keys[index], page)
            for index, page in enumerate(pages)
        ]

    async def _references(
        self, edge: ReferenceEdge, field: Field, rows: Sequence[Any], paths: ColumnPaths
    ) -> list[Any]:
        """Nodes of several types, one load for each type."""

        def loader_and_id(row: Any) -> tuple[str | None, Any]:
            reference = getattr(row, edge.attribute)
            loader = None if reference is None else edge.loaders.get(reference.type)
            return loader, None if loader is None else reference.id

        values = [self._errors.attempt(field, paths, index, loader_and_id, row) for index, row in enumerate(rows)]
        by_loader: dict[str | None, list[int]] = {}
        for index, value in enumerate(values):
            if value is not FAILED:
                by_loader.setdefault(value[0], []).append(index)
        for loader, indexes in by_loader.items():
            ids = [values[index][1] for index in indexes]
            subset = paths.subset(indexes)
            found = ids if loader is None else await self._load(loader, ids, field, subset, many=False)
            for index, value in zip(indexes, found, strict=True):
                values[index] = value
        return values


_EMPTY_LIST = Fragment(b"[]")
_ROW_ID = attrgetter("id")
