"""Completes what an operation selects, breadth first: every field is answered for all objects of its level at once.

Values travel as columns, one list for each field with an entry for each object of the level. Leaves are serialized,
lists and objects taken apart and put together again, and failures propagated to the nearest nullable ancestor.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Coroutine, Sequence
from itertools import accumulate, chain
from types import NoneType
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLSchema,
    default_type_resolver,
)
from graphql.pyutils import Undefined, inspect, is_awaitable, is_iterable

from resolvers.execution.budget import Budget, OverBudget
from resolvers.execution.column_paths import ColumnPaths
from resolvers.execution.field_errors import FAILED, Failed, FieldErrors, response_path
from resolvers.execution.field_values import FieldValues
from resolvers.execution.shapes import Abstract, Field, Leaf, ListOf, NonNull, Object, Selection, Shape, leaf_of

# The least number of characters in an answer of a scalar that is no string.
SHORTEST_SCALAR = 4

PendingFields = list[tuple[int, Coroutine[Any, Any, list[Any]]]]


class Completion:
    """Completes the selections of one run, from the raw values that `fields` gives. Entries of a completed column are
    output, None, or FAILED where null is not allowed."""

    def __init__(self, schema: GraphQLSchema, fields: FieldValues, budget: Budget, errors: FieldErrors) -> None:
        self._schema = schema
        self._fields = fields
        self._budget = budget
        self._errors = errors

    async def select(
        self, selection: Selection, rows: Sequence[Any], paths: ColumnPaths, serial: bool = False
    ) -> list[Any]:
        """What is selected of objects of one type: a dict for each, or FAILED. Raises: OverBudget."""
        if not rows:
            return []
        pending: PendingFields = []
        try:
            self._budget.add_objects(len(rows), selection.weight, selection.overhead)
            columns = await self._start_fields(selection, rows, paths, serial, pending)
        except OverBudget as over:
            over.path = over.path or response_path(paths.path(0))
            for _, unneeded in pending:
                unneeded.close()
            raise
        if columns is None:
            return [FAILED]
        if len(pending) == 1:
            columns[pending[0][0]] = await pending[0][1]
        elif pending:
            completed = await asyncio.gather(*(column for _, column in pending))
            for (index, _), column in zip(pending, completed, strict=True):
                columns[index] = column
        return self._objects_of(selection, columns, len(rows))

    async def _start_fields(
        self, selection: Selection, rows: Sequence[Any], paths: ColumnPaths, serial: bool, pending: PendingFields
    ) -> list[Any] | None:
        """The columns that can be completed at once, and all of them when `serial`; None where one has made the whole
        null. The others are added to `pending`, each with its index."""
        columns: list[Any] = [None] * len(selection.fields)
        for index, field in enumerate(selection.fields):
            field_paths = paths.field(field.name, selection.type.name)
            raw = self._fields.without_loading(field, rows, field_paths)
            leaf = None if raw is None else leaf_of(field.shape)
            if raw is not None and leaf is not None and not _needs_resolving(types := set(map(type, raw))):
                columns[index] = self._complete_leaves(field, field.shape, leaf, raw, types, field_paths)
            else:
                column = (
                    self._complete_loaded(field, rows, field_paths)
                    if raw is None
                    else self._complete(field, field.shape, raw, field_paths)
                )
                if serial:
                    columns[index] = await column
                else:
                    pending.append((index, column))
            if serial and columns[index][0] is FAILED:
                # The whole answer is null, and the remaining fields must not run.
                return None
        return columns

    def _objects_of(self, selection: Selection, columns: list[Any], count: int) -> list[Any]:
        names = selection.names
        if not names:
            return [{} for _ in range(count)]
        if self._errors.found:
            return [
                FAILED if any(value is FAILED for value in values) else dict(zip(names, values, strict=True))
                for values in zip(*columns, strict=True)
            ]
        return selection.build(columns)

    async def _complete_loaded(self, field: Field, rows: Sequence[Any], paths: ColumnPaths) -> list[Any]:
        values, finished = await self._fields.loaded(field, rows, paths)
        if finished:
            return self._enforce_nullability(field, field.shape, values, set(map(type, values)), paths)
        return await self._complete(field, field.shape, values, paths)

    async def _complete(self, field: Field, shape: Shape, raw: Sequence[Any], paths: ColumnPaths) -> list[Any]:
        values, types = list(raw), set(map(type, raw))
        if _needs_resolving(types):
            values = await self._resolved(field, values, paths)
            types = set(map(type, values))
        match shape.of if isinstance(shape, NonNull) else shape:
            case Leaf() as leaf:
                return self._complete_leaves(field, shape, leaf, values, types, paths)
            case ListOf(of):
                values = await self._complete_lists(field, of, values, types, paths)
            case Object(selection):
                values = await self._complete_objects(selection, values, types, paths)
            case Abstract() as abstract:
                values = await self._complete_abstract(field, abstract, values, paths)
        return self._enforce_nullability(field, shape, values, types, paths)

    async def _resolved(self, field: Field, values: list[Any], paths: ColumnPaths) -> list[Any]:
        """The values with awaitables awaited, exceptions recorded as failures, and null for undefined."""
        awaited = [index for index, value in enumerate(values) if is_awaitable(value)]
        for index, result in zip(awaited, await _results([values[index] for index in awaited]), strict=True):
            values[index] = result
        for index, value in enumerate(values):
            if isinstance(value, Exception):
                values[index] = self._errors.record(value, field, paths, index)
            elif value is Undefined:
                values[index] = None
        return values

    def _enforce_nullability(
        self, field: Field, shape: Shape, values: list[Any], types: set[type], paths: ColumnPaths
    ) -> list[Any]:
        """Failures become null in a nullable field; null is a failure in a non-null one. `types` are those of the
        values before completion, which makes no value null and no null a value."""
        if isinstance(shape, NonNull):
            if NoneType not in types:
                return values
            error = TypeError(f"Cannot return null for non-nullable field {field.label}.")
            return [
                self._errors.record(error, field, paths, index) if value is None else value
                for index, value in enumerate(values)
            ]
        return self._errors.to_null(values, paths) if self._errors.found else values

    def _complete_leaves(
        self, field: Field, shape: Shape, leaf: Leaf, values: list[Any], types: set[type], paths: ColumnPaths
    ) -> list[Any]:
        if types <= leaf.plain or (types == _INT and leaf.definition is GraphQLInt and _fit_int(values)):
            if types == _STR:
                self._budget.add_characters(sum(map(len, values)))
            return values
        if not types - _EMPTY <= leaf.plain:
            values = self._serialized(field, leaf, values, types, paths)
        self._budget.add_characters(sum(len(value) if type(value) is str else SHORTEST_SCALAR for value in values))
        return self._enforce_nullability(field, shape, values, types, paths)

    def _serialized(
        self, field: Field, leaf: Leaf, values: list[Any], types: set[type], paths: ColumnPaths
    ) -> list[Any]:
        complete = types.isdisjoint(_EMPTY)
        given = values if complete else [value for value in values if value is not None and value is not FAILED]
        try:
            output = list(map(leaf.convert, given))
            if not isinstance(leaf.definition, GraphQLEnumType) and not _NO_OUTPUT.isdisjoint(map(type, output)):
                raise TypeError
        except Exception:  # noqa: BLE001 - found again value by value, with graphql-core's message
            return [
                value
                if value is None or value is FAILED
                else self._errors.attempt(field, paths, index, _serialize, leaf.definition, value)
                for index, value in enumerate(values)
            ]
        if complete:
            return output
        remaining = iter(output)
        return [value if value is None or value is FAILED else next(remaining) for value in values]

    async def _complete_lists(
        self, field: Field, of: Shape, values: list[Any], types: set[type], paths: ColumnPaths
    ) -> list[Any]:
        only_lists = types <= _LIST
        if not only_lists:
            values = await self._collected(field, values, types, paths)
            values = [
                value
                if value is None or value is FAILED
                else self._errors.attempt(field, paths, index, _to_list, value, field)
                for index, value in enumerate(values)
            ]
        lists = values if only_lists else [value for value in values if type(value) is list]
        lengths = list(map(len, values if only_lists else [it if type(it) is list else () for it in values]))
        if leaf_of(of) is None:
            self._budget.check_room(sum(lengths))
        items = await self._complete(field, of, list(chain.from_iterable(lists)), paths.list_items(lengths))
        ends = list(accumulate(lengths))
        completed = [items[end - length : end] for end, length in zip(ends, lengths, strict=True)]
        if only_lists and not self._errors.found:
            return completed
        return [
            value if type(value) is not list else FAILED if any(item is FAILED for item in its_items) else its_items
            for value, its_items in zip(values, completed, strict=True)
        ]

    async def _collected(self, field: Field, values: list[Any], types: set[type], paths: ColumnPaths) -> list[Any]:
        """The values with asynchronous iterators read to their end."""
        if not any(hasattr(it, "__aiter__") for it in types):
            return values
        return await self._resolved(
            field, [_collect(value) if hasattr(value, "__aiter__") else value for value in values], paths
        )

    async def _complete_objects(
        self, selection: Selection, values: list[Any], types: set[type], paths: ColumnPaths
    ) -> list[Any]:
        if types.isdisjoint(_EMPTY):
            return await self.select(selection, values, paths)
        present = [index for index, value in enumerate(values) if value is not None and value is not FAILED]
        return await self._select_at(present, selection, values, paths)

    async def _complete_abstract(
        self, field: Field, shape: Abstract, values: list[Any], paths: ColumnPaths
    ) -> list[Any]:
        resolve_type, completed = shape.type.resolve_type or default_type_resolver, list(values)
        attempt = self._errors.attempt
        names = [
            value
            if value is None or value is FAILED
            else attempt(field, paths, index, resolve_type, value, self._fields.info(field, paths, index), shape.type)
            for index, value in enumerate(values)
        ]
        if _needs_resolving(set(map(type, names))):
            names = await self._resolved(field, names, paths)
        by_type: dict[GraphQLObjectType, list[int]] = {}
        for index, name in enumerate(names):
            if name is FAILED:
                completed[index] = FAILED
            elif values[index] is not None:
                type_ = attempt(field, paths, index, self._possible_type, shape.type, name, field)
                if type_ is FAILED:
                    completed[index] = FAILED
                else:
                    by_type.setdefault(type_, []).append(index)
        for type_, indexes in by_type.items():
            completed = await self._select_at(indexes, shape.select(type_), completed, paths)
        return completed

    def _possible_type(self, abstract: Any, name: Any, field: Field) -> GraphQLObjectType:
        """The type of a value of an abstract type, by name. Raises: GraphQLError."""
        if name is None:
            message = f"Abstract type '{abstract}' must resolve to an Object type at runtime for field '{field.label}'."
            raise GraphQLError(message)
        found = self._schema.type_map.get(name)
        if not isinstance(found, GraphQLObjectType) or not self._schema.is_sub_type(abstract, found):
            raise GraphQLError(f"Runtime Object type '{name}' is not a possible type for '{abstract}'.")
        return found

    async def _select_at(
        self, indexes: list[int], selection: Selection, values: list[Any], paths: ColumnPaths
    ) -> list[Any]:
        """The values with the objects at some indexes completed, and the others as they were."""
        objects = await self.select(selection, [values[index] for index in indexes], paths.subset(indexes))
        completed = list(values)
        for index, value in zip(indexes, objects, strict=True):
            completed[index] = value
        return completed


def _needs_resolving(types: set[type]) -> bool:
    """Whether values of these types are to be awaited, are exceptions, or are undefined."""
    return any(issubclass(it, _UNRESOLVED) or hasattr(it, "__await__") for it in types)


async def _results(awaitables: Sequence[Awaitable[Any]]) -> list[Any]:
    """What some awaitables return, or the exceptions they raise."""
    if len(awaitables) == 1:
        try:
            return [await awaitables[0]]
        except Exception as error:  # noqa: BLE001 - the caller records it
            return [error]
    results = await asyncio.gather(*awaitables, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, Exception):
            raise result
    return results


async def _collect(values: AsyncIterable[Any]) -> list[Any]:
    return [value async for value in values]


def _to_list(value: Any, field: Field) -> list[Any]:
    if not is_iterable(value):
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.label}'.")
    return list(value)


def _serialize(type_: Any, value: Any) -> Any:
    """A value of a scalar or an enum as output. Raises whatever the type raises, and TypeError where it gives none."""
    output = type_.coerce_output_value(value)
    if output is None or output is Undefined:
        call = f"`{type_}.coerce_output_value({inspect(value)})`"
        raise TypeError(f"Expected {call} to return non-nullable value, returned: {output}")
    return output


def _fit_int(numbers: Sequence[int]) -> bool:
    """Whether all are in the range of GraphQL's Int, 32 bits."""
    return min(numbers) >= -(2**31) and max(numbers) < 2**31


_UNRESOLVED = (Exception, type(Undefined))
_EMPTY = frozenset({NoneType, Failed})
_NO_OUTPUT = frozenset({NoneType, type(Undefined)})
_LIST = frozenset({list})
_INT = frozenset({int})
_STR = frozenset({str})
