"""How long a list is assumed to be before an operation runs. The SDL says it by `@listSize`, and the estimated cost of
an operation is computed from it (ADR 11)."""

from typing import NamedTuple

from graphql import GraphQLField, GraphQLNamedType, get_named_type, get_nullable_type, is_leaf_type, is_list_type

from resolvers.nodes import MOST_NODES
from resolvers.pages import DEFAULT_SIZE

# Most are shorter; a few have up to 200 entries.
ASSUMED_LIST_LENGTH = 5


class ListSize(NamedTuple):
    """The number of objects that a field gives. Where arguments say it, as a number or by the length of their list,
    `assumed` is the number without them. That of a connection is the number of its `sized_fields`."""

    assumed: int
    slicing_arguments: tuple[str, ...] = ()
    sized_fields: tuple[str, ...] = ()


def list_size_of(parent: GraphQLNamedType, field: GraphQLField) -> ListSize | None:
    """The size of the list or connection that a field gives; None where it gives neither, or a page that its connection
    has the size of."""
    given = get_named_type(field.type)
    if "first" in field.args:
        sized = tuple(name for name in ("edges", "nodes") if name in getattr(given, "fields", {}))
        return ListSize(DEFAULT_SIZE, ("first", "last"), sized)
    if is_leaf_type(given) or not is_list_type(get_nullable_type(field.type)) or is_connection(parent):
        return None
    return ListSize(MOST_NODES, ("ids",)) if "ids" in field.args else ListSize(ASSUMED_LIST_LENGTH)


def is_connection(type_: GraphQLNamedType) -> bool:
    return "pageInfo" in getattr(type_, "fields", {})
