"""Selections made from the schema: all that can be read of a type down to some depth."""

from collections.abc import Callable, Iterator

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    Undefined,
    get_named_type,
)
from graphql.type import GraphQLField, GraphQLNonNull

MayRead = Callable[[GraphQLField], bool]

# A page shows its nodes; its edges would be the same again. The `query` of a payload is every query.
LEFT_OUT = frozenset({"edges", "query"})


def selection(type_: GraphQLOutputType, depth: int, may_read: MayRead) -> str:
    """What may be read of a type, in braces; empty for what has no fields."""
    named = get_named_type(type_)
    if isinstance(named, GraphQLUnionType):
        return "{ __typename }"
    if not isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    return f"{{ __typename {' '.join(_fields(named, depth, may_read))} }}"


def _fields(type_: GraphQLObjectType | GraphQLInterfaceType, depth: int, may_read: MayRead) -> Iterator[str]:
    is_page = "pageInfo" in type_.fields
    for name, field in type_.fields.items():
        if name in LEFT_OUT or _needs_arguments(field) or not may_read(field):
            continue
        # The nodes of a page belong to it: both are one step.
        below = depth if is_page else depth - 1
        inner = selection(field.type, below, may_read) if below > 0 else ""
        if inner or not _has_fields(field):
            yield f"{name}{'(first: 2)' if 'first' in field.args else ''} {inner}"


def _has_fields(field: GraphQLField) -> bool:
    return isinstance(get_named_type(field.type), GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)


def _needs_arguments(field: GraphQLField) -> bool:
    return any(isinstance(it.type, GraphQLNonNull) and it.default_value is Undefined for it in field.args.values())
