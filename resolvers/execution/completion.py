"""Completing: from the values that fields gave to the values that the answer has, a column at a time.

Leaves are output, lists and objects taken apart and put together again. An entry that failed is `BAD` until it has made
its nearest nullable ancestor null, as graphql-core does. Paths are worked out only for errors.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
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
    located_error,
)
from graphql.pyutils import Path, Undefined, inspect, is_awaitable, is_iterable

from resolvers.execution.budget import Budget, OverBudget
from resolvers.execution.column_paths import Where, among, inside
from resolvers.execution.shapes import Abstract, Field, Leaf, Many, Object, Required, Selection, Shape

# What a value that is no text takes in an answer, at least.
SHORT = 4

Place = tuple[str | int, ...]


class _Bad:
    """An entry that failed; its error is recorded."""


BAD = _Bad()


class Completion(ABC):
    """One run's values and errors. `nulled` are the places where failures became null and went no further up."""

    def __init__(self, schema: GraphQLSchema, budget: Budget) -> None:
        self._schema = schema
        self._budget = budget
        self.errors: list[tuple[list[str | int], GraphQLError]] = []
        self.nulled: set[Place] = set()

    @abstractmethod
    async def selection(
        self, selection: Selection, rows: Sequence[Any], where: Where, serial: bool = False
    ) -> list[Any]:
        """What is selected of some objects of one type."""

    @abstractmethod
    def info(self, field: Field, where: Where, index: int) -> Any:
        """What a resolver by hand is told of its field."""

    async def complete(self, field: Field, shape: Shape, raw: Sequence[Any], where: Where) -> list[Any]:
        """Raw values as the answer has them: entries are output, None, or BAD where null is not allowed."""
        values, kinds = list(raw), set(map(type, raw))
        if is_odd(kinds):
            values = await self._evened(field, values, where)
            kinds = set(map(type, values))
        match shape.of if isinstance(shape, Required) else shape:
            case Leaf() as leaf:
                return self.leaves(field, shape, leaf, values, kinds, where)
            case Many(of):
                values = await self._lists(field, of, values, kinds, where)
            case Object(selection):
                values = await self._objects(selection, values, kinds, where)
            case Abstract() as abstract:
                values = await self._abstract(field, abstract, values, where)
        return self.settle(field, shape, values, kinds, where)

    async def _evened(self, field: Field, values: list[Any], where: Where) -> list[Any]:
        """Values without odd ones: awaitables are awaited, exceptions have failed, and undefined is null."""
        waiting = [index for index, value in enumerate(values) if is_awaitable(value)]
        for index, answer in zip(waiting, await _answers([values[index] for index in waiting]), strict=True):
            values[index] = answer
        for index, value in enumerate(values):
            if isinstance(value, Exception):
                values[index] = self.failed(value, field, where, index)
            elif value is Undefined:
                values[index] = None
        return values

    def settle(self, field: Field, shape: Shape, values: list[Any], kinds: set[type], where: Where) -> list[Any]:
        """What failed becomes null where it may; what is null where it may not be has failed. `kinds` are the types of
        the values before they were completed, which makes none null and any null stay."""
        if isinstance(shape, Required):
            if NoneType not in kinds:
                return values
            error = TypeError(f"Cannot return null for non-nullable field {field.label}.")
            return [
                self.failed(error, field, where, index) if value is None else value
                for index, value in enumerate(values)
            ]
        if not self.errors:
            return values
        self.nulled.update(steps(where.path(index)) for index, value in enumerate(values) if value is BAD)
        return [None if value is BAD else value for value in values]

    def leaves(
        self, field: Field, shape: Shape, leaf: Leaf, values: list[Any], kinds: set[type], where: Where
    ) -> list[Any]:
        if kinds <= leaf.plain or (kinds == _WHOLE and leaf.definition is GraphQLInt and _fits(values)):
            if kinds == _TEXT:
                self._budget.write(sum(map(len, values)))
            return values
        if not kinds - _EMPTY <= leaf.plain:
            values = self._converted(field, leaf, values, kinds, where)
        self._budget.write(sum(len(value) if type(value) is str else SHORT for value in values))
        return self.settle(field, shape, values, kinds, where)

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
                else self.attempt(field, where, index, _output, leaf.definition, value)
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
                value if value is None or value is BAD else self.attempt(field, where, index, _listed, value, field)
                for index, value in enumerate(values)
            ]
        lists = values if plain else [value for value in values if type(value) is list]
        lengths = list(map(len, values if plain else [value if type(value) is list else () for value in values]))
        self._budget.make_room(sum(lengths))
        entries = await self.complete(field, of, list(chain.from_iterable(lists)), inside(where, lengths))
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
            else self.attempt(field, where, index, resolve, value, self.info(field, where, index), shape.type)
            for index, value in enumerate(values)
        ]
        if is_odd(set(map(type, names))):
            names = await self._evened(field, names, where)
        grouped: dict[GraphQLObjectType, list[int]] = {}
        for index, name in enumerate(names):
            if name is BAD:
                answered[index] = BAD
            elif values[index] is not None:
                type_ = self.attempt(field, where, index, self._possible, shape.type, name, field)
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
        found = self._schema.type_map.get(name)
        if not isinstance(found, GraphQLObjectType) or not self._schema.is_sub_type(type_, found):
            raise GraphQLError(f"Runtime Object type '{name}' is not a possible type for '{type_}'.")
        return found

    async def _some(self, selection: Selection, values: list[Any], present: list[int], where: Where) -> list[Any]:
        """`values` with the objects at some places answered, the others as they were."""
        answers = await self.selection(selection, [values[index] for index in present], among(where, present))
        answered = list(values)
        for index, answer in zip(present, answers, strict=True):
            answered[index] = answer
        return answered

    def attempt(self, field: Field, where: Where, index: int, act: Callable[..., Any], *values: Any) -> Any:
        try:
            return act(*values)
        except Exception as error:  # noqa: BLE001 - recorded at its path
            return self.failed(error, field, where, index)

    def failed(self, error: Exception, field: Field, where: Where, index: int) -> Any:
        if isinstance(error, OverBudget):
            raise error
        path = list(steps(where.path(index)))
        self.errors.append((path, located_error(error, list(field.nodes), path)))
        return BAD


def steps(path: Path | None) -> Place:
    return tuple(path.as_list()) if path else ()


def is_odd(kinds: set[type]) -> bool:
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


_ODD = (Exception, type(Undefined))
_EMPTY = frozenset({NoneType, _Bad})
_NO_OUTPUT = frozenset({NoneType, type(Undefined)})
_LISTS = frozenset({list})
_WHOLE = frozenset({int})
_TEXT = frozenset({str})
