"""Pages of ordered lists, by keyset: a cursor names a row, so that inserts never shift a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Window(NamedTuple):
    """Which part of an ordered list: at most `size` rows after (or, backward, before) the row a cursor names."""

    size: int
    backward: bool = False
    cursor: tuple[Any, ...] | None = None


class PageKey(NamedTuple):
    """A page of the rows that belong to a parent (None for all in reach), filtered and ordered."""

    parent: Any
    filters: tuple[tuple[str, Any], ...]
    order: str
    descending: bool
    window: Window

    def whole(self) -> "PageKey":
        """The list this is a page of: what is counted."""
        return self._replace(window=Window(0), order="", descending=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of an ordered list, and whether there are more on either side. `cursors` name the rows."""

    rows: Sequence[Any]
    cursors: Sequence[tuple[Any, ...]]
    has_next: bool
    has_previous: bool
