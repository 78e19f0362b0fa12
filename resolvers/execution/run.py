"""Running a plan, breadth first: every field is answered for all objects of its level at once.

Values travel as columns, one list for each field with an entry for each object of the level. An entry that failed is
`BAD` until it has made its nearest nullable ancestor null, as graphql-core does. Paths are worked out only for errors.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from operator import attrgetter
from typing import Any, Protocol

from graphql import (
    ExecutionResult,
    GraphQLError,
    default_field_resolver,
)
from graphql.pyutils import is_awaitable
from orjson import Fragment

from resolvers.execution.budget import Budget, OverBudget
from resolvers.execution.column_paths import Where, among, same
from resolvers.execution.completion import BAD, Completion, Place, is_odd, steps
from resolvers.execution.declarations import Column, Edge, Identity, Itself, PagedEdge, ReferenceEdge
from resolvers.execution.json_subtrees import Linked
from resolvers.execution.plan import Plan
from resolvers.execution.resolve_info import Info
from resolvers.execution.shapes import Field, Leaf, Required, Selection, Shape


class Bulk(Protocol):
    """What the context of an operation offers: many keys of one loader at once, a value or an exception for each.

    `attributes` are all that will be read of the rows; None means anything. A context may also offer
    `load_texts(linked, keys)`, finished JSON by key or None for what it loads as rows, and `expect(reads)`, told first
    what will be read of the objects of each type.
    """

    async def load_bulk(
        self, loader: str, keys: Sequence[Any], attributes: frozenset[str] | None = None
    ) -> Sequence[Any]: ...


async def run(plan: Plan, root: Any, context: Bulk, variables: Any, budget: Budget | None = None) -> ExecutionResult:
    """The answer to an operation. `variables` are coerced (graphql-core's `VariableValues`).

    Raises: OverBudget.
    """
    if hasattr(context, "expect"):
        context.expect(plan.reads)
    running = _Run(plan, root, context, variables, budget or Budget())
    answer = (await running.selection(plan.root, [root], Where(None, same), plan.serial))[0]
    data = None if answer is BAD else answer
    return ExecutionResult(data, _one_for_each_null(running.errors, running.nulled, data) or None)


def _one_for_each_null(
    errors: list[tuple[list[str | int], GraphQLError]], nulled: set[Place], data: Any
) -> list[GraphQLError]:
    """Of several errors that made the same place null, the first; none of those below it that stopped there."""
    kept: dict[Place, GraphQLError] = {}
    for path, error in errors:
        value, steps = data, 0
        while value is not None and steps < len(path):
            value = value[path[steps]]
            steps += 1
        if not any(tuple(path[:more]) in nulled for more in range(steps + 1, len(path) + 1)):
            kept.setdefault(tuple(path[:steps]), error)
    return list(kept.values())


class _Run(Completion):
    def __init__(self, plan: Plan, root: Any, context: Bulk, variables: Any, budget: Budget) -> None:
        super().__init__(plan.schema, budget)
        self._plan = plan
        self._root = root
        self._context = context
        self._variables = variables
        self._texts = getattr(context, "load_texts", None)

    async def selection(
        self, selection: Selection, rows: Sequence[Any], where: Where, serial: bool = False
    ) -> list[Any]:
        """What is selected of some objects of one type: a dict for each, or BAD."""
        if not rows:
            return []
        waiting: list[tuple[int, Coroutine[Any, Any, list[Any]]]] = []
        try:
            self._budget.answer(len(rows), len(selection.names), selection.width)
            columns = await self._begun(selection, rows, where, serial, waiting)
        except OverBudget as over:
            over.path = over.path or steps(where.path(0))
            for _, unneeded in waiting:
                unneeded.close()
            raise
        if columns is None:
            return [BAD]
        if len(waiting) == 1:
            columns[waiting[0][0]] = await waiting[0][1]
        elif waiting:
            answers = await asyncio.gather(*(answer for _, answer in waiting))
            for (index, _), column in zip(waiting, answers, strict=True):
                columns[index] = column
        names = selection.names
        if not names:
            return [{} for _ in rows]
        if self.errors:
            return [
                BAD if any(value is BAD for value in values) else dict(zip(names, values, strict=True))
                for values in zip(*columns, strict=True)
            ]
        return selection.build(columns)

    async def _begun(
        self,
        selection: Selection,
        rows: Sequence[Any],
        where: Where,
        serial: bool,
        waiting: list[tuple[int, Coroutine[Any, Any, list[Any]]]],
    ) -> list[Any] | None:
        """The columns that need no loader, and all of them when `serial`; None where one has made the whole null. The
        others are put among those `waiting`, each with its place."""
        columns: list[Any] = [None] * len(selection.fields)
        for index, field in enumerate(selection.fields):
            at = Where(where, same, field.name, selection.type.name)
            raw = self._at_once(field, rows, at)
            leaf = None if raw is None else leaf_of(field.shape)
            if raw is not None and leaf is not None and not is_odd(kinds := set(map(type, raw))):
                columns[index] = self.leaves(field, field.shape, leaf, raw, kinds, at)
            else:
                answer = self._later(field, rows, at) if raw is None else self.complete(field, field.shape, raw, at)
                if serial:
                    columns[index] = await answer
                else:
                    waiting.append((index, answer))
            if serial and columns[index][0] is BAD:
                # The whole answer is null, and what was not done yet is not to be done.
                return None
        return columns

    def _at_once(self, field: Field, rows: Sequence[Any], where: Where) -> list[Any] | None:
        """The raw values of a field that needs no loader, or None. Failures are recorded and BAD."""
        if field.constant is not None:
            return [field.constant] * len(rows)
        match field.declaration:
            case Column(attribute):
                return self._attributes(attribute, field, rows, where)
            case Identity(prefix):
                try:
                    return list(map(prefix.__add__, map(_ID, rows)))
                except Exception:  # noqa: BLE001 - found again row by row
                    return [self.attempt(field, where, at, lambda it: prefix + it.id, it) for at, it in enumerate(rows)]
            case Itself():
                return list(rows)
            case None:
                return [self.attempt(field, where, at, self._call, field, it, where, at) for at, it in enumerate(rows)]
        return None

    def _attributes(self, name: str, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        try:
            return list(map(attrgetter(name), rows))
        except Exception:  # noqa: BLE001 - found again row by row
            return [self.attempt(field, where, index, getattr, row, name) for index, row in enumerate(rows)]

    async def _later(self, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        match field.declaration:
            case Edge(loader, key, many):
                keys = self._attributes(key, field, rows, where)
                if field.text is not None:
                    texts = await self._written(field.text, keys, field, where)
                    if texts is not None:
                        return self.settle(field, field.shape, list(texts), set(map(type, texts)), where)
                raw = await self._load(loader, keys, field, where, many)
            case PagedEdge() as edge:
                raw = await self._pages(edge, field, rows, where)
            case ReferenceEdge() as edge:
                raw = await self._references(edge, field, rows, where)
        return await self.complete(field, field.shape, raw, where)

    async def _written(self, text: Linked, keys: list[Any], field: Field, where: Where) -> Sequence[Any] | None:
        """Finished text for each key, where the context offers it."""
        if self._texts is None or BAD in keys:
            return None
        asked = [key for key in dict.fromkeys(keys) if key is not None]
        try:
            found = await self._texts(text, asked) if asked else {}
        except Exception as error:  # noqa: BLE001 - recorded for every object that asked
            return [self.failed(error, field, where, index) for index in range(len(keys))]
        if found is None:
            return None
        none = _EMPTY_LIST if text.many else None
        self._budget.write(sum(len(found.get(key, "")) for key in keys))
        finished = {key: Fragment(written) for key, written in found.items()}
        return [finished.get(key, none) for key in keys]

    async def _load(self, loader: str, keys: list[Any], field: Field, where: Where, many: bool) -> list[Any]:
        """What a loader gives for some keys, and nothing for those that are None."""
        wanted = [index for index, key in enumerate(keys) if key is not None and key is not BAD]
        values: list[Any] = [BAD if key is BAD else ([] if many else None) for key in keys]
        if not wanted:
            return values
        asked = keys if len(wanted) == len(keys) else [keys[index] for index in wanted]
        try:
            attributes = None if field.whole else self._plan.attributes.get(loader)
            loaded = await self._context.load_bulk(loader, asked, attributes)
            if len(loaded) != len(asked):
                raise TypeError(f"asked for {len(asked)} keys, the loader answered {len(loaded)}")
        except Exception as error:  # noqa: BLE001 - recorded for every object that asked
            for index in wanted:
                values[index] = self.failed(error, field, where, index)
            return values
        if asked is keys:
            return list(loaded)
        for index, value in zip(wanted, loaded, strict=True):
            values[index] = value
        return values

    async def _pages(self, edge: PagedEdge, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        def page(row: Any) -> Any:
            return edge.page(getattr(row, edge.key), **self._arguments(field))

        keys = [self.attempt(field, where, index, page, row) for index, row in enumerate(rows)]
        pages = await self._load(edge.loader, keys, field, where, many=False)
        return [
            page
            if page is BAD or isinstance(page, Exception)
            else self.attempt(field, where, index, edge.connect, edge.loader, keys[index], page)
            for index, page in enumerate(pages)
        ]

    async def _references(self, edge: ReferenceEdge, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        """Nodes of several types, one load for each type."""

        def refer(row: Any) -> tuple[str | None, Any]:
            reference = getattr(row, edge.attribute)
            loader = None if reference is None else edge.loaders.get(reference.type)
            return loader, None if loader is None else reference.id

        values = [self.attempt(field, where, index, refer, row) for index, row in enumerate(rows)]
        places: dict[str | None, list[int]] = {}
        for index, value in enumerate(values):
            if value is not BAD:
                places.setdefault(value[0], []).append(index)
        for loader, present in places.items():
            keys = [values[index][1] for index in present]
            found = keys if loader is None else await self._load(loader, keys, field, among(where, present), many=False)
            for index, value in zip(present, found, strict=True):
                values[index] = value
        return values

    def _call(self, field: Field, row: Any, where: Where, index: int) -> Any:
        resolve = field.definition.resolve or default_field_resolver
        return resolve(row, self.info(field, where, index), **self._arguments(field))

    def info(self, field: Field, where: Where, index: int) -> Any:
        info = Info(where, index)
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

    def _arguments(self, field: Field) -> dict[str, Any]:
        return field.arguments(self._variables)


def leaf_of(shape: Shape) -> Leaf | None:
    below = shape.of if isinstance(shape, Required) else shape
    return below if isinstance(below, Leaf) else None


_EMPTY_LIST = Fragment(b"[]")
_ID = attrgetter("id")
