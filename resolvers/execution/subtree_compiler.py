"""Describes the selection below an edge as a JSON subtree, where all of it can be one."""

from graphql import GraphQLEnumType, GraphQLScalarType

from resolvers.execution.declarations import Column, Edge, Identity, SameRow
from resolvers.execution.json_subtrees import (
    ConstantNode,
    EdgeNode,
    IdNode,
    ObjectNode,
    ScalarNode,
    SubtreeFields,
    SubtreeNode,
)
from resolvers.execution.shapes import Field, Leaf, ListOf, NonNull, Object, Shape


class _NeedsPython(Exception):
    """Part of the selection has to be answered by Python code."""


def json_subtree(edge: Edge, shape: Shape) -> EdgeNode | None:
    """The selection below an edge as a JSON subtree, or None where part of it has to be answered by Python code."""
    try:
        return _edge_node(edge, shape)
    except _NeedsPython:
        return None


def _edge_node(edge: Edge, shape: Shape) -> EdgeNode:
    inner, non_null = _nullable(shape)
    if isinstance(inner, ListOf):
        inner, _ = _nullable(inner.of)
    return EdgeNode(edge.loader, edge.key, edge.many, _fields(inner), non_null)


def _fields(shape: Shape) -> SubtreeFields:
    if not isinstance(shape, Object):
        raise _NeedsPython
    return tuple((field.name, _node(field)) for field in shape.selection.fields)


def _node(field: Field) -> SubtreeNode:
    if field.constant is not None:
        return ConstantNode(field.constant)
    shape, non_null = _nullable(field.shape)
    match field.declaration:
        case Identity(prefix):
            return IdNode(prefix)
        case SameRow():
            return ObjectNode(None, _fields(shape), non_null)
        case Edge() as edge:
            return _edge_node(edge, field.shape)
        case Column(attribute) if isinstance(shape, Leaf):
            return ScalarNode(attribute, shape.definition.name, _enum_names(shape.definition), non_null)
        case Column(attribute):
            return ObjectNode(attribute, _fields(shape), non_null)
    raise _NeedsPython


def _enum_names(definition: GraphQLScalarType | GraphQLEnumType) -> frozenset[str] | None:
    if isinstance(definition, GraphQLScalarType):
        return None
    if any(value.value != name for name, value in definition.values.items()):
        raise _NeedsPython
    return frozenset(definition.values)


def _nullable(shape: Shape) -> tuple[Shape, bool]:
    """The nullable shape, and whether it was non-null."""
    return (shape.of, True) if isinstance(shape, NonNull) else (shape, False)
