"""Compares the results of two executors: equal data to the order of its keys, and errors as a set of (path, code).

Where several failures make one place null, graphql-core reports some of them, not always the same. Where no failure
spreads (`@experimental_disableErrorPropagation`) it reports every failure: any that propagates to the place will do.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import orjson
from graphql import (
    ConstDirectiveNode,
    DefinitionNode,
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

Place = tuple[str | int, ...]
Failure = tuple[Place, str | None]


class Differ(AssertionError):
    """The executors gave different results."""


def code_of(error: GraphQLError) -> str | None:
    """The code of an error, or what kind of exception it was made of."""
    code = (error.extensions or {}).get("code")
    return code or type(error.original_error or error).__name__


async def compare(
    schema: GraphQLSchema,
    document: DocumentNode,
    planned: ExecutionResult,
    core: ExecutionResult,
    every: Callable[[DocumentNode], Awaitable[ExecutionResult]],
) -> None:
    """Raises: Differ. `every` executes the document it is given by graphql-core, as `core` was."""
    actual, expected = orjson.loads(orjson.dumps(planned.data)), orjson.loads(orjson.dumps(core.data))
    if orjson.dumps(actual) != orjson.dumps(expected):
        raise Differ(f"data: {actual}\nnot {expected}")
    failed, failing = _failures(planned), _failures(core)
    if failed == failing:
        return
    if any(not path for path, _ in failed | failing):
        raise Differ(f"errors: {failed}\nnot {failing}")
    possible = _failures(await every(without_propagation(document)))
    spreads = _Nullability(schema, document)
    places = {place_of(path, expected) for path, _ in failed}
    if places != {place_of(path, expected) for path, _ in failing}:
        raise Differ(f"errors: {failed}\nnot {failing}")
    for failure in failed:
        place = place_of(failure[0], expected)
        if failure not in possible or spreads.null_of(failure[0]) != place:
            raise Differ(f"{failure} is no reason for null at {place}; these may be: {possible}")


def _failures(result: ExecutionResult) -> set[Failure]:
    return {(tuple(error.path or ()), code_of(error)) for error in result.errors or []}


def place_of(path: Place, data: Any) -> Place:
    """Where the data has null because of a failure at a path."""
    value, place = data, []
    for step in path:
        if value is None:
            break
        place.append(step)
        value = value[step]
    return tuple(place)


def without_propagation(document: DocumentNode) -> DocumentNode:
    """The same document, with every failure staying where it is."""
    stays = ConstDirectiveNode(name=NameNode(value="experimental_disableErrorPropagation"), arguments=())
    definitions: list[DefinitionNode] = []
    for it in document.definitions:
        if isinstance(it, OperationDefinitionNode):
            parts = {key: getattr(it, key) for key in it.keys if key != "directives"}
            definitions.append(OperationDefinitionNode(**parts, directives=(stays,)))
        else:
            definitions.append(it)
    return DocumentNode(definitions=tuple(definitions))


class _Nullability:
    """Tells how far a failure spreads. Fields of one name in an answer are alike in that, which validation sees to."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
        self._operation = next(it for it in document.definitions if isinstance(it, OperationDefinitionNode))

    def null_of(self, path: Place) -> Place:
        """The place that a failure at a path makes null."""
        null: Place = ()
        root = self._schema.get_root_type(self._operation.operation)
        assert root is not None
        at: list[tuple[Any, SelectionSetNode]] = [(root, self._operation.selection_set)]
        type_: Any = None
        for index, step in enumerate(path):
            if isinstance(step, int):
                type_ = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
                assert isinstance(type_, GraphQLList)
                type_ = type_.of_type
            else:
                found = [it for of, selected in at for it in self._fields(of, selected, step)]
                type_ = found[0][0]
                at = [(get_named_type(of), it.selection_set) for of, it in found if it.selection_set]
            if not isinstance(type_, GraphQLNonNull):
                null = path[: index + 1]
        return null

    def _fields(self, type_: Any, selected: SelectionSetNode, name: str) -> Iterator[tuple[Any, FieldNode]]:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                if (node.alias or node.name).value == name and node.name.value != "__typename":
                    yield type_.fields[node.name.value].type, node
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                condition = self._schema.type_map[fragment.type_condition.name.value]
                yield from self._fields(condition, fragment.selection_set, name)
            elif isinstance(node, InlineFragmentNode):
                condition = self._schema.type_map[node.type_condition.name.value] if node.type_condition else type_
                yield from self._fields(condition, node.selection_set, name)


def nested_leaves(value: Any, depth: int = 0) -> int:
    """How many values that are not null lie at least two objects deep."""
    if isinstance(value, dict):
        return sum(nested_leaves(it, depth + 1) for it in value.values())
    if isinstance(value, list):
        return sum(nested_leaves(it, depth) for it in value)
    return int(value is not None and depth > 1)
