"""Response paths of the entries of a column, computed only when an error or a resolver asks for one."""

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from graphql.pyutils import Path

# For the index of an entry: the index of its parent, and its position in the parent's list or None.
ParentOf = Callable[[int], tuple[int, int | None]]


def _same_index(index: int) -> tuple[int, None]:
    return index, None


class ColumnPaths:
    """Computes the response paths of the entries of a column from those of a column of `parents`. Without parents, it
    is the column of the root object, which has no path."""

    __slots__ = ("_field_name", "_parent_of", "_parent_type", "_parents")

    def __init__(
        self,
        parents: "ColumnPaths | None" = None,
        parent_of: ParentOf = _same_index,
        field_name: str | None = None,
        parent_type: str | None = None,
    ) -> None:
        self._parents = parents
        self._parent_of = parent_of
        self._field_name = field_name
        self._parent_type = parent_type

    def path(self, index: int) -> Path | None:
        if self._parents is None:
            return None
        parent, position = self._parent_of(index)
        path = self._parents.path(parent)
        if self._field_name is not None:
            path = Path(path, self._field_name, self._parent_type)
        return path if position is None else Path(path, position, None)

    def field(self, name: str, parent_type: str) -> "ColumnPaths":
        """The paths of a field of these entries, under its name in the response."""
        return ColumnPaths(self, _same_index, name, parent_type)

    def subset(self, indexes: list[int]) -> "ColumnPaths":
        """The paths of the entries at some indexes."""
        return ColumnPaths(self, lambda index: (indexes[index], None))

    def list_items(self, lengths: list[int]) -> "ColumnPaths":
        """The paths of the items of lists that are these entries, one list after the other."""
        ends: list[int] = []

        def parent_of(index: int) -> tuple[int, int]:
            if not ends:
                ends.extend(accumulate(lengths))
            parent = bisect_right(ends, index)
            return parent, index - (ends[parent] - lengths[parent])

        return ColumnPaths(self, parent_of)
