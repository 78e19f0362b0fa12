"""What graphql-core passes to a resolver about its field, made for resolvers that a plan calls."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from graphql.pyutils import Path, is_awaitable
from graphql.type.definition import GraphQLResolveInfoHelpers

from resolvers.execution.column_paths import ColumnPaths


class ResolveInfo:
    """Has the attributes of `GraphQLResolveInfo`; the path is computed when it is asked for."""

    __slots__ = (
        "_index",
        "_paths",
        "context",
        "field_name",
        "field_nodes",
        "fragments",
        "is_awaitable",
        "operation",
        "parent_type",
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
    return_type: Any
    root_value: Any
    schema: GraphQLSchema
    variable_values: Any
    abort_signal = None
    async_helpers: GraphQLResolveInfoHelpers

    def __init__(self, paths: ColumnPaths, index: int) -> None:
        self._paths = paths
        self._index = index

    @property
    def path(self) -> Path | None:
        return self._paths.path(self._index)


async def _gather(values: Sequence[Awaitable[Any]]) -> list[Any]:
    return await asyncio.gather(*values)


def _track(values: Sequence[Any]) -> None:
    """Let awaitables that nobody waits for run to their end, and retrieve their exceptions."""
    waiting = [value for value in values if is_awaitable(value)]
    if waiting:
        ending = asyncio.gather(*waiting, return_exceptions=True)
        _tracked.add(ending)
        ending.add_done_callback(_tracked.discard)


_tracked: set[asyncio.Future[Any]] = set()
# graphql-core uses them where one type's `is_type_of` is synchronous and another's is not.
ResolveInfo.async_helpers = GraphQLResolveInfoHelpers(_gather, _track)
