"""What one object costs, in points. The SDL says it by `@cost`; estimates and runs count with it (ADR 11)."""

from graphql import GraphQLNamedType, GraphQLSchema

# A mutation is a transaction.
MUTATION_WEIGHT = 10
# What is there for paging, and for keeping within limits, is free.
FREE_TYPES = frozenset({"PageInfo", "RateLimit"})


def weight_of_type(type_: GraphQLNamedType) -> int:
    """What an object of this type costs. Introspection has a limit of its own (`resolvers/introspection.py`)."""
    return 0 if type_.name in FREE_TYPES or type_.name.startswith("__") else 1


def weight_of_fields(schema: GraphQLSchema, parent: GraphQLNamedType) -> int | None:
    """What an object costs that a field of this type gives, where its own type does not say it."""
    if parent is schema.mutation_type:
        return MUTATION_WEIGHT
    # A row of a page costs the same through an edge as without one.
    return 0 if is_edge(parent) else None


def weight_of(schema: GraphQLSchema, parent: GraphQLNamedType, type_: GraphQLNamedType) -> int:
    """What an object of a type costs that a field of `parent` gives."""
    weight = weight_of_fields(schema, parent)
    return weight_of_type(type_) if weight is None else weight


def is_edge(type_: GraphQLNamedType) -> bool:
    return type_.name.endswith("Edge") and getattr(type_, "fields", {}).keys() == {"cursor", "node"}
