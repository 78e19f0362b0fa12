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
        "key": GraphQLArgument(GraphQLNonNull(GraphQLString), description="A text you make up once for this action."),
    },
    description=(
        "On a mutation field: sent again with the same key and input, it is not done again but answers as before. "
        "With the same key and other input it is a CONFLICT. A request with one mutation may send the header "
        "`Idempotency-Key` instead. Refused mutations are not remembered."
    ),
)
