"""Pages of ordered lists. A cursor is the key of a row, so that inserts do not shift pages (keyset pagination)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Window(NamedTuple):
    """A section of an ordered list: at most `size` rows after the cursor's row, or before it if `backward`."""

    size: int
    backward: bool = False
    cursor: tuple[Any, ...] | None = None


class PageKey(NamedTuple):
    """A page of the rows of a parent (None: all rows in the tenant scope), filtered and ordered."""

    parent: Any
    filters: tuple[tuple[str, Any], ...]
    order: str
    descending: bool
    window: Window

    def whole(self) -> "PageKey":
        """The list that this is a page of, for counting."""
        return self._replace(window=Window(0), order="", descending=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of an ordered list with their cursors, and whether more rows precede and follow."""

    rows: Sequence[Any]
    cursors: Sequence[tuple[Any, ...]]
    has_next: bool
    has_previous: bool
