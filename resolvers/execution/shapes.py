"""What a plan is made of: selections, their fields, and the shapes of what the fields give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
)

from resolvers.execution.arguments import Arguments
from resolvers.execution.declarations import Declaration
from resolvers.execution.json_subtrees import EdgeNode


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar or an enum. Values of the `plain` Python types are output as they are; `convert` serializes others."""

    definition: GraphQLScalarType | GraphQLEnumType
    plain: frozenset[type]
    convert: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class NonNull:
    """A value that may not be null."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Object:
    """An object of one type."""

    selection: "Selection"


@dataclass(frozen=True, slots=True)
class Abstract:
    """An object of one of several types. The selection for a type is compiled when the first object of it is met."""

    type: GraphQLInterfaceType | GraphQLUnionType
    select: Callable[[GraphQLObjectType], "Selection"]


Shape = Leaf | ListOf | NonNull | Object | Abstract


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a selection. Below an abstract type it is not known beforehand which attributes are read of the
    rows, so `whole_rows` are loaded. `json_subtree` describes an edge whose value may be loaded as finished JSON."""

    name: str
    definition: GraphQLField
    parent: GraphQLObjectType
    nodes: tuple[FieldNode, ...]
    declaration: Declaration | None
    shape: Shape
    arguments: Arguments
    constant: str | None = None
    whole_rows: bool = False
    json_subtree: EdgeNode | None = None

    @property
    def label(self) -> str:
        """The name of the field in messages."""
        return f"{self.parent.name}.{self.nodes[0].name.value}"


@dataclass(frozen=True, slots=True)
class Selection:
    """The fields selected of objects of one type, in the order of the response. `weight` is what an object costs in
    points, and `overhead` how many characters it takes in the response apart from its values."""

    type: GraphQLObjectType
    fields: tuple[Field, ...]
    names: tuple[str, ...]
    weight: int
    overhead: int
    build: Callable[[Sequence[Sequence[Any]]], list[dict[str, Any]]]


def leaf_of(shape: Shape) -> Leaf | None:
    """The leaf that a shape is, nullable or not."""
    nullable = shape.of if isinstance(shape, NonNull) else shape
    return nullable if isinstance(nullable, Leaf) else None
