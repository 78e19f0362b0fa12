"""Subtrees as text: an edge below which nothing but attributes and further edges is selected may be asked for as
finished JSON, so that no row, no dict and no encoding is spent on it here.

This tells what such a subtree consists of, in the words of the declarations. Whether a source of rows can write it, and
whether that pays, is for the source to say: what it declines is loaded as rows.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from graphql import GraphQLEnumType, GraphQLScalarType

from resolvers.execution.declarations import Column, Edge, Identity, Itself
from resolvers.execution.shapes import Field, Leaf, Many, Object, Required, Shape


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text for every row."""

    kind: ClassVar = "constant"
    text: str


@dataclass(frozen=True, slots=True)
class Id:
    """The row's id behind a prefix."""

    kind: ClassVar = "id"
    prefix: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """An attribute that is a leaf of the scalar `type`, or of an enum whose names are its values."""

    kind: ClassVar = "scalar"
    attribute: str
    type: str
    words: frozenset[str] | None
    required: bool


@dataclass(frozen=True, slots=True)
class Part:
    """An object made of the row: of the row's attribute, or with None of the row itself."""

    kind: ClassVar = "part"
    attribute: str | None
    fields: "Fields"
    required: bool


@dataclass(frozen=True, slots=True)
class Linked:
    """What a loader gives for the attribute `key`. Subtrees that are alike, of whatever documents, are equal, so that a
    source can keep what it makes of one; their hash is worked out once."""

    kind: ClassVar = "linked"
    loader: str
    key: str
    many: bool
    fields: "Fields"
    required: bool
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = (self.loader, self.key, self.many, self.fields, self.required)
        object.__setattr__(self, "_hash", hash(parts))

    def __hash__(self) -> int:
        return self._hash


Fields = tuple[tuple[str, Constant | Id | Scalar | Part | Linked], ...]


class _NotText(Exception):
    """Something of the subtree needs Python."""


def text_of(edge: Edge, shape: Shape) -> Linked | None:
    """The subtree below an edge as what it consists of, if all of it could be text."""
    try:
        return _linked_of(edge, shape)
    except _NotText:
        return None


def _linked_of(edge: Edge, shape: Shape) -> Linked:
    inner, required = _stripped(shape)
    if isinstance(inner, Many):
        inner, _ = _stripped(inner.of)
    return Linked(edge.loader, edge.key, edge.many, _fields(inner), required)


def _fields(shape: Shape) -> Fields:
    if not isinstance(shape, Object):
        raise _NotText
    return tuple((field.name, _value(field)) for field in shape.selection.fields)


def _value(field: Field) -> Constant | Id | Scalar | Part | Linked:
    if field.constant is not None:
        return Constant(field.constant)
    shape, required = _stripped(field.shape)
    match field.declaration:
        case Identity(prefix):
            return Id(prefix)
        case Itself():
            return Part(None, _fields(shape), required)
        case Edge() as edge:
            return _linked_of(edge, field.shape)
        case Column(attribute) if isinstance(shape, Leaf):
            return Scalar(attribute, shape.definition.name, _words(shape.definition), required)
        case Column(attribute):
            return Part(attribute, _fields(shape), required)
    raise _NotText


def _words(definition: GraphQLScalarType | GraphQLEnumType) -> frozenset[str] | None:
    if isinstance(definition, GraphQLScalarType):
        return None
    if any(value.value != name for name, value in definition.values.items()):
        raise _NotText
    return frozenset(definition.values)


def _stripped(shape: Shape) -> tuple[Shape, bool]:
    """A shape without the demand that it is not null, and whether there was one."""
    return (shape.of, True) if isinstance(shape, Required) else (shape, False)
