"""JSON subtrees: what is selected below an edge, described so that a source of rows can render it as JSON itself, and
no row, no dict and no encoding is spent on it here.

A subtree consists of attributes and further edges only. Whether a source can render one, and whether that is faster,
is for the source to decide: what it declines is loaded as rows.
"""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ConstantNode:
    """The same string for every row."""

    kind: ClassVar = "constant"
    text: str


@dataclass(frozen=True, slots=True)
class IdNode:
    """The row's id after a prefix."""

    kind: ClassVar = "id"
    prefix: str


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """An attribute that is a leaf: of the scalar `type`, or of an enum with `enum_names`, which are its values."""

    kind: ClassVar = "scalar"
    attribute: str
    type: str
    enum_names: frozenset[str] | None
    non_null: bool


@dataclass(frozen=True, slots=True)
class ObjectNode:
    """An object made of an attribute of the row, or, if that is None, of the row itself."""

    kind: ClassVar = "object"
    attribute: str | None
    fields: "SubtreeFields"
    non_null: bool


@dataclass(frozen=True, slots=True)
class EdgeNode:
    """What a loader gives for the attribute `key`. Equal subtrees of different documents are equal nodes, so that a
    source can cache what it compiles from one; the hash is computed once."""

    kind: ClassVar = "edge"
    loader: str
    key: str
    many: bool
    fields: "SubtreeFields"
    non_null: bool
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = (self.loader, self.key, self.many, self.fields, self.non_null)
        object.__setattr__(self, "_hash", hash(parts))

    def __hash__(self) -> int:
        return self._hash


SubtreeNode = ConstantNode | IdNode | ScalarNode | ObjectNode | EdgeNode
SubtreeFields = tuple[tuple[str, SubtreeNode], ...]
