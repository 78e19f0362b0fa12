"""What a plan is made of: selections, their fields, and the shapes of what the fields give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from resolvers.execution.json_subtrees import Linked


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar or an enum. Values of `plain` Python types are their own output; `convert` makes it of others."""

    definition: GraphQLScalarType | GraphQLEnumType
    plain: frozenset[type]
    convert: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Required:
    """A value that must not be null."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Object:
    """An object of one type."""

    selection: "Selection"


@dataclass(frozen=True, slots=True)
class Abstract:
    """An object of one of several types. What is selected of a type is compiled when one of it first turns up."""

    type: GraphQLInterfaceType | GraphQLUnionType
    select: Callable[[GraphQLObjectType], "Selection"]


Shape = Leaf | Many | Required | Object | Abstract


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a selection. Of a field below an abstract type it is not known beforehand which attributes are read
    of its rows, so they are asked for `whole`. `text` is what an edge consists of that could be finished JSON."""

    name: str
    definition: GraphQLField
    parent: GraphQLObjectType
    nodes: tuple[FieldNode, ...]
    declaration: Declaration | None
    shape: Shape
    arguments: Arguments
    constant: str | None = None
    whole: bool = False
    text: "Linked | None" = None

    @property
    def label(self) -> str:
        """The field as messages name it."""
        return f"{self.parent.name}.{self.nodes[0].name.value}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked of the objects of one type, in the order of the answer; `width` is what their names take there."""

    type: GraphQLObjectType
    fields: tuple[Field, ...]
    names: tuple[str, ...]
    width: int
    build: Callable[[Sequence[Sequence[Any]]], list[dict[str, Any]]]
