"""Running a plan, breadth first: every field is answered for all objects of its level at once.

Values travel as columns, one list for each field with an entry for each object of the level. An entry that failed is
`BAD` until it has made its nearest nullable ancestor null, as graphql-core does. Paths are worked out only for errors.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from itertools import accumulate, chain
from operator import attrgetter
from types import NoneType
from typing import Any, Protocol

from graphql import (
    ExecutionResult,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInt,
    GraphQLObjectType,
    default_field_resolver,
    default_type_resolver,
    located_error,
)
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, Undefined, inspect, is_awaitable, is_iterable
from orjson import Fragment

from resolvers.execution.declarations import Column, Edge, Identity, Itself, PagedEdge, ReferenceEdge
from resolvers.execution.info import Info
from resolvers.execution.plan import Plan
from resolvers.execution.shapes import Abstract, Field, Leaf, Many, Object, Required, Selection, Shape
from resolvers.execution.texts import Linked
from resolvers.execution.where import Where, among, inside, same

Place = tuple[str | int, ...]


class Bulk(Protocol):
    """What the context of an operation offers: many keys of one loader at once, a value or an exception for each.

    `attributes` are all that will be read of the rows; None means anything. A context may also offer
    `load_texts(linked, keys)`, finished JSON by key or None for what it loads as rows, and `expect(reads)`, told first
    what will be read of the objects of each type.
    """

    async def load_bulk(
        self, loader: str, keys: Sequence[Any], attributes: frozenset[str] | None = None
    ) -> Sequence[Any]: ...


class _Bad:
    """An entry that failed; its error is recorded."""


BAD = _Bad()


async def run(plan: Plan, root: Any, context: Bulk, variables: Any) -> ExecutionResult:
    """The answer to an operation. `variables` are coerced (graphql-core's `VariableValues`)."""
    if hasattr(context, "expect"):
        context.expect(plan.reads)
    running = _Run(plan, root, context, variables)
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


class _Run:
    def __init__(self, plan: Plan, root: Any, context: Bulk, variables: Any) -> None:
        self._plan = plan
        self._root = root
        self._context = context
        self._variables = variables
        self._texts = getattr(context, "load_texts", None)
        self.errors: list[tuple[list[str | int], GraphQLError]] = []
        # Where failures became null and went no further up.
        self.nulled: set[Place] = set()

    async def selection(
        self, selection: Selection, rows: Sequence[Any], where: Where, serial: bool = False
    ) -> list[Any]:
        """What is selected of some objects of one type: a dict for each, or BAD."""
        if not rows:
            return []
        columns: list[Any] = [None] * len(selection.fields)
        waiting: list[tuple[int, Awaitable[list[Any]]]] = []
        for index, field in enumerate(selection.fields):
            at = Where(where, same, field.name, selection.type.name)
            raw = self._at_once(field, rows, at)
            leaf = None if raw is None else _leaf(field.shape)
            if raw is not None and leaf is not None and not _is_odd(kinds := set(map(type, raw))):
                columns[index] = self._leaves(field, field.shape, leaf, raw, kinds, at)
            else:
                answer = self._later(field, rows, at) if raw is None else self._complete(field, field.shape, raw, at)
                if serial:
                    columns[index] = await answer
                else:
                    waiting.append((index, answer))
            if serial and columns[index][0] is BAD:
                # The whole answer is null, and what was not done yet is not to be done.
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
                    return [
                        self._attempt(field, where, at, lambda it: prefix + it.id, it) for at, it in enumerate(rows)
                    ]
            case Itself():
                return list(rows)
            case None:
                return [self._attempt(field, where, at, self._call, field, it, where, at) for at, it in enumerate(rows)]
        return None

    def _attributes(self, name: str, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        try:
            return list(map(attrgetter(name), rows))
        except Exception:  # noqa: BLE001 - found again row by row
            return [self._attempt(field, where, index, getattr, row, name) for index, row in enumerate(rows)]

    async def _later(self, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        match field.declaration:
            case Edge(loader, key, many):
                keys = self._attributes(key, field, rows, where)
                if field.text is not None:
                    texts = await self._written(field.text, keys, field, where)
                    if texts is not None:
                        return self._settle(field, field.shape, list(texts), set(map(type, texts)), where)
                raw = await self._load(loader, keys, field, where, many)
            case PagedEdge() as edge:
                raw = await self._pages(edge, field, rows, where)
            case ReferenceEdge() as edge:
                raw = await self._references(edge, field, rows, where)
        return await self._complete(field, field.shape, raw, where)

    async def _written(self, text: Linked, keys: list[Any], field: Field, where: Where) -> Sequence[Any] | None:
        """Finished text for each key, where the context offers it."""
        if self._texts is None or BAD in keys:
            return None
        asked = [key for key in dict.fromkeys(keys) if key is not None]
        try:
            found = await self._texts(text, asked) if asked else {}
        except Exception as error:  # noqa: BLE001 - recorded for every object that asked
            return [self._failed(error, field, where, index) for index in range(len(keys))]
        if found is None:
            return None
        none = _EMPTY_LIST if text.many else None
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
                values[index] = self._failed(error, field, where, index)
            return values
        if asked is keys:
            return list(loaded)
        for index, value in zip(wanted, loaded, strict=True):
            values[index] = value
        return values

    async def _pages(self, edge: PagedEdge, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        def page(row: Any) -> Any:
            return edge.page(getattr(row, edge.key), **self._arguments(field))

        keys = [self._attempt(field, where, index, page, row) for index, row in enumerate(rows)]
        pages = await self._load(edge.loader, keys, field, where, many=False)
        return [
            page
            if page is BAD or isinstance(page, Exception)
            else self._attempt(field, where, index, edge.connect, edge.loader, keys[index], page)
            for index, page in enumerate(pages)
        ]

    async def _references(self, edge: ReferenceEdge, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        """Nodes of several types, one load for each type."""

        def refer(row: Any) -> tuple[str | None, Any]:
            reference = getattr(row, edge.attribute)
            loader = None if reference is None else edge.loaders.get(reference.type)
            return loader, None if loader is None else reference.id

        values = [self._attempt(field, where, index, refer, row) for index, row in enumerate(rows)]
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
        return resolve(row, self._info(field, where, index), **self._arguments(field))

    def _info(self, field: Field, where: Where, index: int) -> Any:
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
        return get_argument_values(field.definition, field.nodes[0], self._variables)

    async def _complete(self, field: Field, shape: Shape, raw: Sequence[Any], where: Where) -> list[Any]:
        """Raw values as the answer has them: entries are output, None, or BAD where null is not allowed."""
        values, kinds = list(raw), set(map(type, raw))
        if _is_odd(kinds):
            values = await self._evened(field, values, where)
            kinds = set(map(type, values))
        match shape.of if isinstance(shape, Required) else shape:
            case Leaf() as leaf:
                return self._leaves(field, shape, leaf, values, kinds, where)
            case Many(of):
                values = await self._lists(field, of, values, kinds, where)
            case Object(selection):
                values = await self._objects(selection, values, kinds, where)
            case Abstract() as abstract:
                values = await self._abstract(field, abstract, values, where)
        return self._settle(field, shape, values, kinds, where)

    async def _evened(self, field: Field, values: list[Any], where: Where) -> list[Any]:
        """Values without odd ones: awaitables are awaited, exceptions have failed, and undefined is null."""
        waiting = [index for index, value in enumerate(values) if is_awaitable(value)]
        for index, answer in zip(waiting, await _answers([values[index] for index in waiting]), strict=True):
            values[index] = answer
        for index, value in enumerate(values):
            if isinstance(value, Exception):
                values[index] = self._failed(value, field, where, index)
            elif value is Undefined:
                values[index] = None
        return values

    def _settle(self, field: Field, shape: Shape, values: list[Any], kinds: set[type], where: Where) -> list[Any]:
        """What failed becomes null where it may; what is null where it may not be has failed. `kinds` are the types of
        the values before they were completed, which makes none null and any null stay."""
        if isinstance(shape, Required):
            if NoneType not in kinds:
                return values
            error = TypeError(f"Cannot return null for non-nullable field {field.label}.")
            return [
                self._failed(error, field, where, index) if value is None else value
                for index, value in enumerate(values)
            ]
        if not self.errors:
            return values
        self.nulled.update(_steps(where.path(index)) for index, value in enumerate(values) if value is BAD)
        return [None if value is BAD else value for value in values]

    def _leaves(
        self, field: Field, shape: Shape, leaf: Leaf, values: list[Any], kinds: set[type], where: Where
    ) -> list[Any]:
        if kinds <= leaf.plain or (kinds == _WHOLE and leaf.definition is GraphQLInt and _fits(values)):
            return values
        if not kinds - _EMPTY <= leaf.plain:
            values = self._converted(field, leaf, values, kinds, where)
        return self._settle(field, shape, values, kinds, where)

    def _converted(self, field: Field, leaf: Leaf, values: list[Any], kinds: set[type], where: Where) -> list[Any]:
        whole = kinds.isdisjoint(_EMPTY)
        given = values if whole else [value for value in values if value is not None and value is not BAD]
        try:
            output = list(map(leaf.convert, given))
            if not isinstance(leaf.definition, GraphQLEnumType) and not _NO_OUTPUT.isdisjoint(map(type, output)):
                raise TypeError
        except Exception:  # noqa: BLE001 - found again value by value, as graphql-core words it
            return [
                value
                if value is None or value is BAD
                else self._attempt(field, where, index, _output, leaf.definition, value)
                for index, value in enumerate(values)
            ]
        if whole:
            return output
        entries = iter(output)
        return [value if value is None or value is BAD else next(entries) for value in values]

    async def _lists(self, field: Field, of: Shape, values: list[Any], kinds: set[type], where: Where) -> list[Any]:
        plain = kinds <= _LISTS
        if not plain:
            values = await self._collected(field, values, kinds, where)
            values = [
                value if value is None or value is BAD else self._attempt(field, where, index, _listed, value, field)
                for index, value in enumerate(values)
            ]
        lists = values if plain else [value for value in values if type(value) is list]
        lengths = list(map(len, values if plain else [value if type(value) is list else () for value in values]))
        entries = await self._complete(field, of, list(chain.from_iterable(lists)), inside(where, lengths))
        ends = list(accumulate(lengths))
        parts = [entries[end - length : end] for end, length in zip(ends, lengths, strict=True)]
        if plain and not self.errors:
            return parts
        return [
            value if type(value) is not list else BAD if any(entry is BAD for entry in part) else part
            for value, part in zip(values, parts, strict=True)
        ]

    async def _collected(self, field: Field, values: list[Any], kinds: set[type], where: Where) -> list[Any]:
        """Values with those that come by and by as lists."""
        if not any(hasattr(kind, "__aiter__") for kind in kinds):
            return values
        waiting = [_all_of(value) if hasattr(value, "__aiter__") else value for value in values]
        return await self._evened(field, waiting, where)

    async def _objects(self, selection: Selection, values: list[Any], kinds: set[type], where: Where) -> list[Any]:
        if kinds.isdisjoint(_EMPTY):
            return await self.selection(selection, values, where)
        present = [index for index, value in enumerate(values) if value is not None and value is not BAD]
        return await self._some(selection, values, present, where)

    async def _abstract(self, field: Field, shape: Abstract, values: list[Any], where: Where) -> list[Any]:
        resolve, answered = shape.type.resolve_type or default_type_resolver, list(values)
        names = [
            value
            if value is None or value is BAD
            else self._attempt(field, where, index, resolve, value, self._info(field, where, index), shape.type)
            for index, value in enumerate(values)
        ]
        if _is_odd(set(map(type, names))):
            names = await self._evened(field, names, where)
        grouped: dict[GraphQLObjectType, list[int]] = {}
        for index, name in enumerate(names):
            if name is BAD:
                answered[index] = BAD
            elif values[index] is not None:
                type_ = self._attempt(field, where, index, self._possible, shape.type, name, field)
                if type_ is BAD:
                    answered[index] = BAD
                else:
                    grouped.setdefault(type_, []).append(index)
        for type_, present in grouped.items():
            answered = await self._some(shape.select(type_), answered, present, where)
        return answered

    def _possible(self, type_: Any, name: Any, field: Field) -> GraphQLObjectType:
        """The type of a value of an abstract type, by name. Raises: GraphQLError."""
        if name is None:
            message = f"Abstract type '{type_}' must resolve to an Object type at runtime for field '{field.label}'."
            raise GraphQLError(message)
        found = self._plan.schema.type_map.get(name)
        if not isinstance(found, GraphQLObjectType) or not self._plan.schema.is_sub_type(type_, found):
            raise GraphQLError(f"Runtime Object type '{name}' is not a possible type for '{type_}'.")
        return found

    async def _some(self, selection: Selection, values: list[Any], present: list[int], where: Where) -> list[Any]:
        """`values` with the objects at some places answered, the others as they were."""
        answers = await self.selection(selection, [values[index] for index in present], among(where, present))
        answered = list(values)
        for index, answer in zip(present, answers, strict=True):
            answered[index] = answer
        return answered

    def _attempt(self, field: Field, where: Where, index: int, act: Callable[..., Any], *values: Any) -> Any:
        try:
            return act(*values)
        except Exception as error:  # noqa: BLE001 - recorded at its path
            return self._failed(error, field, where, index)

    def _failed(self, error: Exception, field: Field, where: Where, index: int) -> Any:
        path = list(_steps(where.path(index)))
        self.errors.append((path, located_error(error, list(field.nodes), path)))
        return BAD


def _steps(path: Path | None) -> Place:
    return tuple(path.as_list()) if path else ()


def _leaf(shape: Shape) -> Leaf | None:
    below = shape.of if isinstance(shape, Required) else shape
    return below if isinstance(below, Leaf) else None


def _is_odd(kinds: set[type]) -> bool:
    """Whether values of these types need a look before they are completed."""
    return any(issubclass(kind, _ODD) or hasattr(kind, "__await__") for kind in kinds)


async def _answers(waiting: Sequence[Awaitable[Any]]) -> list[Any]:
    """What some awaitables give, or the exceptions they raise."""
    if len(waiting) == 1:
        try:
            return [await waiting[0]]
        except Exception as error:  # noqa: BLE001 - the caller records it
            return [error]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Exception):
            raise answer
    return answers


async def _all_of(values: AsyncIterable[Any]) -> list[Any]:
    return [value async for value in values]


def _listed(value: Any, field: Field) -> list[Any]:
    if not is_iterable(value):
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.label}'.")
    return list(value)


def _output(type_: Any, value: Any) -> Any:
    """A value of a scalar or an enum as output. Raises whatever the type raises, and TypeError where it gives none."""
    output = type_.coerce_output_value(value)
    if output is None or output is Undefined:
        told = f"`{type_}.coerce_output_value({inspect(value)})` to return non-nullable value, returned: {output}"
        raise TypeError(f"Expected {told}")
    return output


def _fits(numbers: Sequence[int]) -> bool:
    """Whether all are integers as GraphQL has them, of 32 bits."""
    return min(numbers) >= -(2**31) and max(numbers) < 2**31


_EMPTY_LIST = Fragment(b"[]")
_ODD = (Exception, type(Undefined))
_EMPTY = frozenset({NoneType, _Bad})
_NO_OUTPUT = frozenset({NoneType, type(Undefined)})
_LISTS = frozenset({list})
_WHOLE = frozenset({int})
_ID = attrgetter("id")
