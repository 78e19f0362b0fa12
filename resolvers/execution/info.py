"""What a resolver by hand is told of its field."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from graphql.pyutils import Path

from resolvers.execution.where import Where


class Info:
    """What a resolver by hand is told, under the names graphql-core uses."""

    __slots__ = (
        "_index",
        "_where",
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

    def __init__(self, where: Where, index: int) -> None:
        self._where = where
        self._index = index

    @property
    def path(self) -> Path | None:
        return self._where.path(self._index)
