"""The schema in the schema definition language, in an order one can browse: what can be requested first, then the
directives, then all types by name."""

from collections.abc import Iterator

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_specified_directive,
    print_directive,
    print_type,
)
from graphql.utilities.print_schema import (
    is_defined_type,
    print_args,
    print_block,
    print_deprecated,
    print_description,
    print_implemented_interfaces,
    print_schema_definition,
)

from schema import applied_directives

ROOTS = ("Query", "Mutation", "Subscription")


def arrange(core: GraphQLSchema) -> None:
    """Put the types of a schema in the order of the SDL, and the fields of its root types in alphabetical order.
    Introspection lists them in that order too.
    """
    types = dict(sorted(core.type_map.items()))
    ordered = {name: types.pop(name) for name in ROOTS} | types
    core.type_map.clear()
    core.type_map.update(ordered)
    for root in (core.query_type, core.mutation_type, core.subscription_type):
        if root is not None:
            fields = sorted(root.fields.items())
            root.fields.clear()
            root.fields.update(fields)


def print_sdl(core: GraphQLSchema) -> str:
    """The schema as text, as in `schema.graphql`."""
    return "\n\n".join(_definitions(core)) + "\n"


def _definitions(core: GraphQLSchema) -> Iterator[str]:
    if (definition := print_schema_definition(core)) is not None:
        yield definition
    types = [it for it in core.type_map.values() if is_defined_type(it)]
    yield from (_type(core, it) for it in types if it.name in ROOTS)
    yield from (print_directive(it) for it in core.directives if not is_specified_directive(it))
    yield from (_type(core, it) for it in types if it.name not in ROOTS)


def _type(core: GraphQLSchema, type_: GraphQLNamedType) -> str:
    """A type as `print_type` prints it, with the directives that are applied to it and its fields."""
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return print_type(type_)
    fields = [
        f"{print_description(field, '  ', not index)}  {name}{print_args(field.args, '  ')}: {field.type}"
        f"{print_deprecated(field.deprecation_reason)}{applied_directives.of_field(core, type_, field)}"
        for index, (name, field) in enumerate(type_.fields.items())
    ]
    keyword = "interface" if isinstance(type_, GraphQLInterfaceType) else "type"
    return (
        f"{print_description(type_)}{keyword} {type_}{print_implemented_interfaces(type_)}"
        f"{applied_directives.of_type(core, type_)}{print_block(fields)}"
    )
