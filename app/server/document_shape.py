"""The shape of a document: how many fields, aliases, fragments and so on it has, and how deep it is.

All of it is counted in one pass over the tokens, before anything is parsed: what graphql-core does with a document
takes a time for each of these, or one for each pair of them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from app.server.refusals import Refusal
from resolvers.errors import over_limit

# The share of each limit that is left without an API key.
PUBLIC_SHARE = 4


@dataclass(frozen=True, slots=True)
class ShapeLimits:
    """How much of each a document may have. The defaults are those of the settings, which have these names."""

    max_fields: int = 600
    max_aliases: int = 100
    max_root_fields: int = 30
    max_repeated_fields: int = 50
    max_fragments: int = 100
    max_directives: int = 50
    max_arguments: int = 250
    max_levels: int = 50

    @property
    def public(self) -> "ShapeLimits":
        """The limits without an API key."""
        return ShapeLimits(*(it // PUBLIC_SHARE for it in _values(self)))


# What a document has of each, by name and in the order of the limits. `levels` are selections or values within each
# other.
Shape = Mapping[str, int]
NAMES = tuple(it.name.removeprefix("max_") for it in fields(ShapeLimits))

ROOTS = ("Query", "Mutation", "Subscription")
_PUNCTUATION = ("{", "}", "...")


def check_shape(tokens: Sequence[str], limits: ShapeLimits, known: bool) -> None:
    """Raises: Refusal, if a document has too much of anything. With `known`, the caller has sent an API key."""
    for most, (name, found) in zip(_values(limits), ShapeReader().read(tokens).items(), strict=True):
        if found > most:
            raise _too_many(name, found, most, known)


def _values(limits: ShapeLimits) -> Iterator[int]:
    return (getattr(limits, it.name) for it in fields(limits))


def _too_many(name: str, found: int, most: int, known: bool) -> Refusal:
    what, setting = name.replace("_", " "), f"QUOTEGRAPH_MAX_{name.upper()}"
    message = f"This document has {found:,} {what}; the limit "
    if known:
        message += f"is {most:,} ({setting}). Send several operations, or values in variables."
        return Refusal(over_limit(what, found, most, setting, message))
    message += f"without an API key is {most:,} (a quarter of {setting}). Send `Authorization: Bearer qk_live_…`."
    return Refusal(over_limit(what, found, most, setting, message, code="UNAUTHORIZED"))


class ShapeReader:
    """Reads the tokens of one document. Punctuation decides what a name is: an invalid document has a shape too."""

    def __init__(self, roots: Collection[str] = ROOTS) -> None:
        self._types = roots
        self.shape = dict.fromkeys(NAMES, 0)
        # The names of the top-level fields: of operations, and of fragments on the types `roots`.
        self.root_names: list[str] = []
        # For each open selection: whether its fields are top-level, and what it selects.
        self._open: list[tuple[bool, set[str]]] = []
        # How many brackets of arguments and values are open.
        self._within = 0
        self._is_rooted, self._is_inline, self._before, self._alias = True, False, "", ""

    def read(self, tokens: Sequence[str]) -> Shape:
        read = [piece for piece in tokens if piece[0] != "#"]
        for piece, following in pairwise([*read, ""]):
            if piece == "@":
                self.shape["directives"] += 1
            elif self._within or piece in ("(", "["):
                self._read_value(piece)
            elif piece in _PUNCTUATION:
                self._read_punctuation(piece, following)
            elif not self._open:
                self.shape["fragments"] += piece == "fragment"
                if self._before == "on":
                    self._is_rooted = piece in self._types
            elif following == ":":
                self._alias = piece
            elif piece.isidentifier() and self._before not in ("@", "...", "on"):
                self._read_field(piece)
            self._before = piece
        self.shape["root_fields"] = len(self.root_names)
        return self.shape

    def _read_value(self, piece: str) -> None:
        if piece in ("(", "[", "{"):
            self._within += 1
            self._note_level(self._within)
        elif piece in (")", "]", "}"):
            self._within -= 1
        elif piece == ":":
            self.shape["arguments"] += 1

    def _read_punctuation(self, piece: str, following: str) -> None:
        if piece == "{":
            # The fields of an inline fragment are as those around it.
            is_top = self._open[-1][0] and self._is_inline if self._open else self._is_rooted
            self._open.append((is_top, set()))
            self._note_level(len(self._open))
            self._is_inline = False
        elif piece == "}":
            del self._open[-1:]
            self._is_rooted = self._is_rooted or not self._open
        else:
            self._is_inline = following in ("on", "{", "@")
            if not self._is_inline:
                self._note_selected(f"...{following}")

    def _read_field(self, name: str) -> None:
        is_aliased = self._before == ":"
        self.shape["fields"] += 1
        self.shape["aliases"] += is_aliased
        self._note_selected(self._alias if is_aliased else name)
        if self._open[-1][0]:
            self.root_names.append(name)

    def _note_selected(self, name: str) -> None:
        selected = self._open[-1][1] if self._open else set()
        self.shape["repeated_fields"] += name in selected
        selected.add(name)

    def _note_level(self, level: int) -> None:
        self.shape["levels"] = max(self.shape["levels"], level - 1)
