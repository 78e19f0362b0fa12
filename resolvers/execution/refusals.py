"""Fields of an operation that are not run: each is null, with an error at its path."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLField


def refusal(refused: Mapping[int, GraphQLError], nodes: Iterable[FieldNode]) -> GraphQLError | None:
    """The error of a field with these nodes, made anew, as raising an error changes it; None where it may be run."""
    if not refused:
        return None
    found = (error for node in nodes if (error := refused.get(id(node))) is not None)
    return next((GraphQLError(it.message, extensions=it.extensions) for it in found), None)


def refusing_field(field: GraphQLField, error: GraphQLError) -> GraphQLField:
    """The same field, with a resolver that raises an error like this one."""

    def refuse(_source: Any, _info: Any) -> Any:
        raise GraphQLError(error.message, extensions=error.extensions)

    return GraphQLField(field.type, resolve=refuse)
