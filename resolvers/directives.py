"""Directives a client may put on its operations."""

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLDirective,
    GraphQLNonNull,
    GraphQLString,
)

IDEMPOTENT = GraphQLDirective(
    name="idempotent",
    locations=[DirectiveLocation.FIELD],
    args={
        "key": GraphQLArgument(
            GraphQLNonNull(GraphQLString),
            description="Unique key that the client generates for the mutation, such as a UUID.",
        ),
    },
    description=(
        "Makes a mutation idempotent. Sent again with the same key and the same input, it is not executed again and "
        "returns the first result. The same key with a different input is a `CONFLICT`. A request with exactly one "
        "mutation may send the header `Idempotency-Key` instead. Refused mutations are not stored."
    ),
)
