"""Directives that the SDL applies to types and fields, so that tools read what is declared of them: scopes, costs and
the sizes of lists. Introspection shows the directives and not where they are applied."""

import json
from collections.abc import Iterator

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDirective,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    get_named_type,
    is_leaf_type,
)

from resolvers.list_sizes import list_size_of
from resolvers.scopes import scope_of_type
from resolvers.weights import weight_of_fields, weight_of_type
from schema.declare import scope_of

_NAMES = GraphQLList(GraphQLNonNull(GraphQLString))

REQUIRES_SCOPES = GraphQLDirective(
    name="requiresScopes",
    locations=[DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.OBJECT, DirectiveLocation.INTERFACE],
    args={
        "scopes": GraphQLArgument(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(_NAMES))),
            description="The key needs all scopes of one of these lists.",
        )
    },
    description=(
        "The scopes that an API key needs to select a field, or any field of a type. An operation without them is "
        "refused as a whole with `FORBIDDEN`. A mutation returns the IDs and statuses of what it changed to any key "
        "that may send it."
    ),
)
COST = GraphQLDirective(
    name="cost",
    locations=[
        DirectiveLocation.ARGUMENT_DEFINITION,
        DirectiveLocation.ENUM,
        DirectiveLocation.FIELD_DEFINITION,
        DirectiveLocation.INPUT_FIELD_DEFINITION,
        DirectiveLocation.OBJECT,
        DirectiveLocation.SCALAR,
    ],
    args={"weight": GraphQLArgument(GraphQLNonNull(GraphQLInt), description="The cost of one object.")},
    description=(
        "What each object costs, in points, that a field gives, or that is of a type; that of the field comes first. "
        "Without it an object costs 1, and a scalar or an enum value 0. The largest possible cost of an operation is "
        "computed from it before it runs."
    ),
)
LIST_SIZE = GraphQLDirective(
    name="listSize",
    locations=[DirectiveLocation.FIELD_DEFINITION],
    args={
        "assumedSize": GraphQLArgument(GraphQLInt, description="Number of objects where no argument says it."),
        "slicingArguments": GraphQLArgument(
            _NAMES,
            description="Arguments that say the number of objects, as a number or by their length. The largest counts.",
        ),
        "sizedFields": GraphQLArgument(
            _NAMES, description="Fields of the returned object that have this number of objects."
        ),
        "requireOneSlicingArgument": GraphQLArgument(
            GraphQLBoolean, default_value=True, description="Whether one of the slicing arguments must be given."
        ),
    },
    description="The number of objects that a field returns, by which the cost of an operation is estimated.",
)
APPLIED = (REQUIRES_SCOPES, COST, LIST_SIZE)


def of_type(core: GraphQLSchema, type_: GraphQLNamedType) -> str:
    """The directives of a type as the SDL has them, each after a space."""
    scope = scope_of_type(core, type_)
    weight = weight_of_type(type_)
    return ("" if scope is None else _requires(scope)) + ("" if weight == 1 else _costs(weight))


def of_field(core: GraphQLSchema, parent: GraphQLNamedType, field: GraphQLField) -> str:
    """The directives of a field as the SDL has them, each after a space."""
    return "".join(_of_field(core, parent, field))


def _of_field(core: GraphQLSchema, parent: GraphQLNamedType, field: GraphQLField) -> Iterator[str]:
    if (scope := scope_of(field)) is not None:
        yield _requires(scope)
    if (weight := weight_of_fields(core, parent)) is not None and not is_leaf_type(get_named_type(field.type)):
        yield _costs(weight)
    if (size := list_size_of(parent, field)) is not None:
        said = [f"assumedSize: {size.assumed}"]
        if size.slicing_arguments:
            said.append(f"slicingArguments: {json.dumps(size.slicing_arguments)}")
            if size.sized_fields:
                said.append(f"sizedFields: {json.dumps(size.sized_fields)}")
            said.append("requireOneSlicingArgument: false")
        yield f" @listSize({', '.join(said)})"


def _costs(weight: int) -> str:
    return f" @cost(weight: {weight})"


def _requires(scope: str) -> str:
    return f' @requiresScopes(scopes: [["{scope}"]])'
