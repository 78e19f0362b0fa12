"""Operations made from the schema: every root field, and every field of a node that takes arguments, as documents whose
arguments are all variables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    Undefined,
    ast_from_value,
    is_required_argument,
    print_ast,
)

from tests.api.support.schema_selections import MayRead, selection


@dataclass(frozen=True, slots=True)
class Operation:
    """A field with its arguments as variables. It is selected below the node `of` a type, unless it is a root field;
    without a name it stands for all fields of that node."""

    type: OperationType
    name: str
    field: GraphQLField
    of: str | None = None

    @property
    def arguments(self) -> Mapping[str, Any]:
        return self.field.args

    def document(self, depth: int, may_read: MayRead) -> str:
        """The document, which selects all that may be read in the answer down to some depth."""
        defined = "".join(f", ${name}: {it.type}{_default(it)}" for name, it in self.arguments.items())
        given = ", ".join(f"{name}: ${name}" for name in self.arguments)
        called = f"{self.name}{f'({given})' if given else ''} {selection(self.field.type, depth, may_read)}"
        if not self.name:
            called = selection(self.field.type, depth, may_read)[1:-1]
        if self.of is None:
            return f"{self.type.value}{f'({defined[2:]})' if defined else ''} {{ {called} }}"
        return f"query($node: ID!{defined}) {{ node(id: $node) {{ ... on {self.of} {{ {called} }} }} }}"

    def __str__(self) -> str:
        return f"{self.of or self.type.value}.{self.name}"


def _default(argument: GraphQLArgument) -> str:
    """The default of a variable: that of the argument."""
    default = None if argument.default_value is Undefined else ast_from_value(argument.default_value, argument.type)
    return "" if default is None else f" = {print_ast(default)}"


def root_operations(schema: GraphQLSchema) -> Iterator[Operation]:
    """Every root field."""
    for type_ in OperationType:
        if (root := schema.get_root_type(type_)) is not None:
            for name, field in root.fields.items():
                yield Operation(type_, name, field)


def node_operations(schema: GraphQLSchema) -> Iterator[Operation]:
    """Every field of a node that takes arguments."""
    for type_ in _nodes(schema):
        for name, field in type_.fields.items():
            if field.args:
                yield Operation(OperationType.QUERY, name, field, type_.name)


def walks(schema: GraphQLSchema) -> Iterator[Operation]:
    """Every query without required arguments, and all that can be read of a node of each type."""
    for operation in root_operations(schema):
        if operation.type is OperationType.QUERY and not any(map(is_required_argument, operation.arguments.values())):
            yield operation
    for type_ in _nodes(schema):
        yield Operation(OperationType.QUERY, "", GraphQLField(type_), type_.name)


def _nodes(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and any(it.name == "Node" for it in type_.interfaces):
            yield type_
