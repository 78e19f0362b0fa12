"""Directives a client may put on its operations."""

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDirective,
    GraphQLInt,
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

_IF = GraphQLArgument(
    GraphQLNonNull(GraphQLBoolean), description="Whether the directive has an effect.", default_value=True
)
_LABEL = GraphQLArgument(GraphQLString, description="Unique name, which the answer repeats.")
# Only clients that accept a multipart answer get parts later.
_ACCEPT = (
    "Only with the header `Accept: multipart/mixed;incrementalSpec=v0.2`{}; otherwise the answer is complete at once."
)
_EARLIER = " or `deferSpec=20220824`"
DEFER = GraphQLDirective(
    name="defer",
    locations=[DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
    args={"if": _IF, "label": _LABEL},
    description="Sends the fields of a fragment later, after those that are not deferred. " + _ACCEPT.format(_EARLIER),
)
STREAM = GraphQLDirective(
    name="stream",
    locations=[DirectiveLocation.FIELD],
    args={
        "if": _IF,
        "label": _LABEL,
        "initialCount": GraphQLArgument(
            GraphQLInt, description="Number of entries that are sent at once.", default_value=0
        ),
    },
    description="Sends the entries of a list later, one by one. " + _ACCEPT.format(""),
)
