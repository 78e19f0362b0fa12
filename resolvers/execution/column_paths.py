"""Where the entries of a column stand in the answer: kept as a way to find out, as only errors need to know."""

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from graphql.pyutils import Path


class Where:
    """Where the entries of a column stand in the answer. `of` finds an entry's place among those of `outer`; `key` is
    what a field of the type called `parent` is called in the answer."""

    __slots__ = ("key", "of", "outer", "parent")

    def __init__(
        self,
        outer: "Where | None",
        of: Callable[[int], tuple[int, int | None]],
        key: str | None = None,
        parent: str | None = None,
    ) -> None:
        self.outer = outer
        self.of = of
        self.key = key
        self.parent = parent

    def path(self, index: int) -> Path | None:
        if self.outer is None:
            return None
        within, position = self.of(index)
        path = self.outer.path(within)
        if self.key is not None:
            path = Path(path, self.key, self.parent)
        return path if position is None else Path(path, position, None)


def same(index: int) -> tuple[int, None]:
    return index, None


def among(where: Where, present: list[int]) -> Where:
    """Where some entries of a column stand."""
    return Where(where, lambda index: (present[index], None))


def inside(where: Where, lengths: list[int]) -> Where:
    """Where the entries of the lists in a column stand, one list after the other."""
    ends: list[int] = []

    def find(index: int) -> tuple[int, int]:
        if not ends:
            ends.extend(accumulate(lengths))
        within = bisect_right(ends, index)
        return within, index - (ends[within] - lengths[within])

    return Where(where, find)
