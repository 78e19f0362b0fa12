"""Running a plan, breadth first: every field is answered for all objects of its level at once.

Values travel as columns, one list for each field with an entry for each object of the level. An entry that failed is
`BAD` until it has made its nearest nullable ancestor null, as graphql-core does. Paths are worked out only for errors.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from inspect import isawaitable
from itertools import accumulate, chain
from operator import attrgetter
from types import NoneType
from typing import Any, Protocol

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    located_error,
)
from graphql.execution.values import get_argument_values

from resolvers.execution.declarations import Column, Edge, Identity, Itself, PagedEdge, ReferenceEdge
from resolvers.execution.plan import Abstract, Field, Leaf, Many, Object, Plan, Required, Selection, Shape


class Bulk(Protocol):
    """What the context of an operation offers: many keys of one loader at once, a value or an exception for each.

    `attributes` are all that will be read of the rows; None means anything.
    """

    async def load_bulk(
        self, loader: str, keys: Sequence[Any], attributes: frozenset[str] | None = None
    ) -> Sequence[Any]: ...


class _Bad:
    """An entry that failed; its error is recorded."""


BAD = _Bad()


class Where:
    """Where the entries of a column stand in the answer. `of` finds an entry's place among those of `outer`."""

    __slots__ = ("key", "of", "outer")

    def __init__(self, outer: "Where | None", key: str | None, of: Callable[[int], tuple[int, int | None]]) -> None:
        self.outer = outer
        self.key = key
        self.of = of

    def path(self, index: int) -> list[str | int]:
        if self.outer is None:
            return []
        within, position = self.of(index)
        path = self.outer.path(within)
        if self.key is not None:
            path.append(self.key)
        if position is not None:
            path.append(position)
        return path


def _same(index: int) -> tuple[int, None]:
    return index, None


class Info:
    """What a resolver by hand is told, under the names graphql-core uses."""

    __slots__ = (
        "context",
        "field_name",
        "field_nodes",
        "fragments",
        "is_awaitable",
        "operation",
        "parent_type",
        "path",
        "return_type",
        "root_value",
        "schema",
        "variable_values",
    )

    context: Any
    field_name: str
    field_nodes: list[FieldNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    is_awaitable: Callable[[Any], bool]
    operation: OperationDefinitionNode
    parent_type: GraphQLObjectType
    path: Any
    return_type: Any
    root_value: Any
    schema: GraphQLSchema
    variable_values: Any


async def run(plan: Plan, root: Any, context: Bulk, variables: Any) -> ExecutionResult:
    """The answer to an operation. `variables` are coerced (graphql-core's `VariableValues`)."""
    running = _Run(plan, root, context, variables)
    answer = (await running.selection(plan.root, [root], Where(None, None, _same), plan.serial))[0]
    data = None if answer is BAD else answer
    return ExecutionResult(data, _one_for_each_null(running.errors, data) or None)


def _one_for_each_null(errors: list[GraphQLError], data: Any) -> list[GraphQLError]:
    """Of several errors that made the same place null, the first."""
    kept: dict[tuple[str | int, ...], GraphQLError] = {}
    for error in errors:
        value, place = data, []
        for step in error.path or ():
            if value is None:
                break
            place.append(step)
            value = value[step]
        kept.setdefault(tuple(place), error)
    return list(kept.values())


class _Run:
    def __init__(self, plan: Plan, root: Any, context: Bulk, variables: Any) -> None:
        self._plan = plan
        self._root = root
        self._context = context
        self._variables = variables
        self.errors: list[GraphQLError] = []

    async def selection(
        self, selection: Selection, rows: Sequence[Any], where: Where, serial: bool = False
    ) -> list[Any]:
        """What is selected of some objects of one type: a dict for each, or BAD."""
        columns: list[Any] = [None] * len(selection.fields)
        waiting: list[tuple[int, Awaitable[Any]]] = []
        for index, field in enumerate(selection.fields):
            at = Where(where, field.name, _same)
            raw = self._at_once(field, rows, at)
            if raw is not None and _is_leaf(field.shape):
                columns[index] = self._leaves(field, field.shape, raw, at)
                continue
            answer = self._later(field, rows, at) if raw is None else self._complete(field, field.shape, raw, at)
            if serial:
                columns[index] = await answer
            else:
                waiting.append((index, answer))
        if len(waiting) == 1:
            columns[waiting[0][0]] = await waiting[0][1]
        elif waiting:
            answers = await asyncio.gather(*(answer for _, answer in waiting))
            for (index, _), answer in zip(waiting, answers, strict=True):
                columns[index] = answer
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
        """The raw values of a field that needs no waiting, or None."""
        declaration = field.declaration
        if field.constant is not None:
            return [field.constant] * len(rows)
        if isinstance(declaration, Itself):
            return list(rows)
        if isinstance(declaration, Identity):
            return list(map(declaration.prefix.__add__, map(_ID, rows)))
        if isinstance(declaration, Column):
            try:
                return list(map(attrgetter(declaration.attribute), rows))
            except Exception:  # noqa: BLE001 - found again below, row by row
                return [
                    self._attempt(field, where, index, getattr, row, declaration.attribute)
                    for index, row in enumerate(rows)
                ]
        return None

    async def _later(self, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        raw = await self._fetch(field, rows, where)
        return await self._complete(field, field.shape, raw, where)

    async def _fetch(self, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        """The raw values of a field over a loader or a resolver by hand; failures are recorded and BAD."""
        declaration = field.declaration
        if isinstance(declaration, Edge):
            keys = list(map(attrgetter(declaration.key), rows))
            return await self._load(declaration.loader, keys, field, where, declaration.many)
        if isinstance(declaration, PagedEdge):
            return await self._pages(declaration, field, rows, where)
        if isinstance(declaration, ReferenceEdge):
            return await self._references(declaration, field, rows, where)
        return await self._by_hand(field, rows, where)

    async def _load(self, loader: str, keys: list[Any], field: Field, where: Where, many: bool) -> list[Any]:
        wanted = [index for index, key in enumerate(keys) if key is not None and key is not BAD]
        values: list[Any] = [BAD if key is BAD else ([] if many else None) for key in keys]
        if not wanted:
            return values
        try:
            asked = keys if len(wanted) == len(keys) else [keys[index] for index in wanted]
            loaded = await self._context.load_bulk(loader, asked, self._plan.attributes.get(loader))
        except Exception as error:  # noqa: BLE001 - recorded for every object that asked
            for index in wanted:
                values[index] = self._failed(error, field, where, index)
            return values
        if len(wanted) == len(keys):
            values = list(loaded)
        else:
            for index, value in zip(wanted, loaded, strict=True):
                values[index] = value
        return values

    async def _pages(self, edge: PagedEdge, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        def page(row: Any) -> Any:
            return edge.page(getattr(row, edge.key), **self._arguments(field))

        keys = [self._attempt(field, where, index, page, row) for index, row in enumerate(rows)]
        pages = await self._load(edge.loader, keys, field, where, many=False)
        return [
            page if page is BAD or isinstance(page, Exception) else edge.connect(edge.loader, key, page)
            for key, page in zip(keys, pages, strict=True)
        ]

    async def _references(self, edge: ReferenceEdge, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        """Nodes of several types, one load for each type."""
        references = [getattr(row, edge.attribute) for row in rows]
        loaders = [None if it is None else edge.loaders.get(it.type) for it in references]
        values: list[Any] = [None] * len(rows)
        for loader in dict.fromkeys(it for it in loaders if it is not None):
            mine = [index for index, it in enumerate(loaders) if it == loader]
            keys = [references[index].id for index in mine]
            picked = Where(where, None, lambda index, mine=mine: (mine[index], None))  # type: ignore[misc]
            for index, value in zip(mine, await self._load(loader, keys, field, picked, many=False), strict=True):
                values[index] = value
        return values

    async def _by_hand(self, field: Field, rows: Sequence[Any], where: Where) -> list[Any]:
        resolve = field.definition.resolve
        values: list[Any] = [None] * len(rows)
        for index, row in enumerate(rows):
            values[index] = self._attempt(field, where, index, self._call, resolve, field, row, where, index)
        waiting = [index for index, value in enumerate(values) if isawaitable(value)]
        if len(waiting) == 1:
            answers: list[Any] = [await _caught(values[waiting[0]])]
        else:
            answers = await asyncio.gather(*(values[index] for index in waiting), return_exceptions=True)
        for index, answer in zip(waiting, answers, strict=True):
            failed = isinstance(answer, Exception)
            values[index] = self._failed(answer, field, where, index) if failed else answer
        return values

    def _call(self, resolve: Any, field: Field, row: Any, where: Where, index: int) -> Any:
        arguments = self._arguments(field)
        if resolve is None:
            return (
                row.get(field.nodes[0].name.value)
                if isinstance(row, dict)
                else getattr(row, field.nodes[0].name.value, None)
            )
        return resolve(row, self._info(field, where, index), **arguments)

    def _info(self, field: Field, where: Where, index: int) -> Info:
        info = Info()
        info.context = self._context
        info.field_name = field.nodes[0].name.value
        info.field_nodes = list(field.nodes)
        info.fragments = self._plan.fragments
        info.is_awaitable = isawaitable
        info.operation = self._plan.operation
        info.parent_type = field.parent
        info.path = where.path(index)
        info.return_type = field.definition.type
        info.root_value = self._root
        info.schema = self._plan.schema
        info.variable_values = self._variables
        return info

    def _arguments(self, field: Field) -> dict[str, Any]:
        return get_argument_values(field.definition, field.nodes[0], self._variables)

    async def _complete(self, field: Field, shape: Shape, raw: Sequence[Any], where: Where) -> list[Any]:
        """Raw values as the answer has them: entries are output, None, or BAD where null is not allowed."""
        if _is_leaf(shape):
            return self._leaves(field, shape, raw, where)
        values = self._exceptions(field, raw, where)
        match shape.of if isinstance(shape, Required) else shape:
            case Many(of):
                values = await self._lists(field, of, values, where)
            case Object(selection):
                values = await self._objects(selection, values, where)
            case Abstract() as abstract:
                values = await self._abstract(field, abstract, values, where)
        return self._settle(field, shape, values, where)

    def _settle(self, field: Field, shape: Shape, values: list[Any], where: Where) -> list[Any]:
        """What failed becomes null where it may; what is null where it may not be has failed."""
        if isinstance(shape, Required):
            if None in values:
                message = f"Cannot return null for non-nullable field {field.label}."
                return [
                    self._failed(GraphQLError(message), field, where, index) if value is None else value
                    for index, value in enumerate(values)
                ]
            return values
        return [None if value is BAD else value for value in values] if self.errors else values

    def _leaves(self, field: Field, shape: Shape, raw: Sequence[Any], where: Where) -> list[Any]:
        leaf = shape.of if isinstance(shape, Required) else shape
        assert isinstance(leaf, Leaf)
        kinds = set(map(type, raw))
        if kinds <= _plain(leaf.type) or (kinds == _WHOLE and leaf.type.name == "Int" and _fits(raw)):
            return list(raw)
        if BAD in raw or any(issubclass(kind, Exception) for kind in kinds):
            raw = self._exceptions(field, raw, where)
        values = self._serialized(field, leaf.type, raw, where)
        return self._settle(field, shape, values, where) if NoneType in kinds or self.errors else values

    def _serialized(self, field: Field, type_: Any, raw: Sequence[Any], where: Where) -> list[Any]:
        serialize = _words(type_) if isinstance(type_, GraphQLEnumType) else type_.serialize
        try:
            if None not in raw and BAD not in raw:
                return list(map(serialize, raw))
            return [value if value is None or value is BAD else serialize(value) for value in raw]
        except Exception:  # noqa: BLE001 - found again value by value, as graphql-core words it
            slow = type_.coerce_output_value
            return [
                value if value is None or value is BAD else self._attempt(field, where, index, slow, value)
                for index, value in enumerate(raw)
            ]

    async def _lists(self, field: Field, of: Shape, values: list[Any], where: Where) -> list[Any]:
        if set(map(type, values)) <= _LISTS:
            lengths = list(map(len, values))
            entries = await self._complete(field, of, list(chain.from_iterable(values)), _inside(where, lengths))
            if not self.errors:
                ends = list(accumulate(lengths))
                return [entries[end - length : end] for end, length in zip(ends, lengths, strict=True)]
            lists = values
        else:
            lists = [
                value if _is_list(value) else self._not_a_list(value, field, where, index)
                for index, value in enumerate(values)
            ]
            lengths = [len(value) if _is_list(value) else 0 for value in lists]
            flat = [entry for value in lists if _is_list(value) for entry in value]
            entries = await self._complete(field, of, flat, _inside(where, lengths))
        answer, start = [], 0
        for value, length in zip(lists, lengths, strict=True):
            if not _is_list(value):
                answer.append(value)
                continue
            part = entries[start : start + length]
            start += length
            answer.append(BAD if self.errors and BAD in part else part)
        return answer

    def _not_a_list(self, value: Any, field: Field, where: Where, index: int) -> Any:
        if value is None or value is BAD:
            return value
        message = f"Expected Iterable, but did not find one for field '{field.label}'."
        return self._failed(GraphQLError(message), field, where, index)

    async def _objects(self, selection: Selection, values: list[Any], where: Where) -> list[Any]:
        if None not in values and not (self.errors and BAD in values):
            return await self.selection(selection, values, where)
        present = [index for index, value in enumerate(values) if value is not None and value is not BAD]
        return await self._some(selection, values, present, where)

    async def _abstract(self, field: Field, shape: Abstract, values: list[Any], where: Where) -> list[Any]:
        grouped: dict[str, list[int]] = {}
        types: dict[str, GraphQLObjectType] = {}
        for index, value in enumerate(values):
            if value is None or value is BAD:
                continue
            type_ = self._attempt(field, where, index, self._type_of, field, shape, value, where, index)
            if type_ is BAD:
                values[index] = BAD
                continue
            types[type_.name] = type_
            grouped.setdefault(type_.name, []).append(index)
        for name, present in grouped.items():
            values = await self._some(shape.select(types[name]), values, present, where)
        return values

    async def _some(self, selection: Selection, values: list[Any], present: list[int], where: Where) -> list[Any]:
        """`values` with the objects at some places answered, the others as they were."""
        picked = Where(where, None, lambda index: (present[index], None))
        answers = await self.selection(selection, [values[index] for index in present], picked)
        answered = list(values)
        for index, answer in zip(present, answers, strict=True):
            answered[index] = answer
        return answered

    def _type_of(self, field: Field, shape: Abstract, value: Any, where: Where, index: int) -> GraphQLObjectType:
        info: Any = self._info(field, where, index)
        for possible in self._plan.schema.get_possible_types(shape.type):
            if possible.is_type_of is not None and possible.is_type_of(value, info):
                return possible
        raise GraphQLError(f"Abstract type '{shape.type.name}' has no possible type for this value.")

    def _exceptions(self, field: Field, raw: Sequence[Any], where: Where) -> list[Any]:
        """Exceptions that were handed over as values are failures of their entries."""
        if any(issubclass(kind, Exception) for kind in set(map(type, raw))):
            return [
                self._failed(value, field, where, index) if isinstance(value, Exception) else value
                for index, value in enumerate(raw)
            ]
        return list(raw)

    def _attempt(self, field: Field, where: Where, index: int, act: Callable[..., Any], *values: Any) -> Any:
        try:
            value = act(*values)
        except Exception as error:  # noqa: BLE001 - recorded at its path
            return self._failed(error, field, where, index)
        return value

    def _failed(self, error: Exception, field: Field, where: Where, index: int) -> Any:
        self.errors.append(located_error(error, list(field.nodes), where.path(index)))
        return BAD


def _is_leaf(shape: Shape) -> bool:
    return isinstance(shape.of if isinstance(shape, Required) else shape, Leaf)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and not hasattr(value, "_fields")


def _finder(lengths: list[int]) -> Callable[[int], tuple[int, int | None]]:
    """Finds in which list an entry of the flattened lists stands, and at which place."""

    def find(index: int) -> tuple[int, int]:
        ends = list(accumulate(lengths))
        within = next(number for number, end in enumerate(ends) if index < end)
        return within, index - (ends[within] - lengths[within])

    return find


def _inside(where: Where, lengths: list[int]) -> Where:
    return Where(where, None, _finder(lengths))


_LISTS = frozenset({list})
_NOTHING: frozenset[type] = frozenset()
_TEXT = frozenset({str})
_TRUTH = frozenset({bool})
_WHOLE = frozenset({int})
_ID = attrgetter("id")


def _plain(type_: GraphQLScalarType | GraphQLEnumType) -> frozenset[type]:
    """The Python types whose values are their own output."""
    if type_.name in ("String", "ID") or getattr(type_, "serialize", None) is str:
        return _TEXT
    return _TRUTH if type_.name == "Boolean" else _NOTHING


def _fits(numbers: Sequence[int]) -> bool:
    """Whether all are integers as GraphQL has them, of 32 bits."""
    return min(numbers) >= -(2**31) and max(numbers) < 2**31


def _words(type_: GraphQLEnumType) -> Callable[[Any], str]:
    """The names of an enum by value; a value it does not know is a KeyError."""
    return {value.value: name for name, value in type_.values.items()}.__getitem__


async def _caught(waiting: Awaitable[Any]) -> Any:
    try:
        return await waiting
    except Exception as error:  # noqa: BLE001 - the caller records it
        return error
