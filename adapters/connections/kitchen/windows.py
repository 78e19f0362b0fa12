"""Reads a list that is paged by offset and changes meanwhile, so that nothing is lost.

Each page begins with records of the page before it: `per_page` is chosen so that the pages overlap. If the last of them
is at another place, the list was shifted, and what follows it was not read yet. At the end the beginning is read
again, because a record that moved there, or is new, was passed.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

LARGEST = 100
# How many records are remembered, so that the list may lose some of them.
REMEMBERED = 3
# By how many records a page overlaps the one before it at least, so that it finds those although some were deleted.
MARGIN = 10


class Window(NamedTuple):
    """A page of a certain size."""

    page: int
    size: int

    @property
    def start(self) -> int:
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Position:
    """How far a list was read. `last` are the ids of the last records that were read, `top` those of the first ones;
    with `back`, the beginning is read again."""

    offset: int = 0
    last: tuple[str, ...] = ()
    top: tuple[str, ...] = ()
    back: bool = False

    @property
    def window(self) -> Window:
        return Window(self.offset // LARGEST + 1, LARGEST) if self.back else window_at(max(self.offset - MARGIN, 0))

    @property
    def cursor(self) -> str:
        return json.dumps(asdict(self))


class Step(NamedTuple):
    """What a page brings: its records from `first` until `end` were not read yet. `position` is that of the next page,
    None after the last."""

    first: int
    end: int
    position: Position | None


def position_of(cursor: str | None) -> Position:
    """The position of a cursor; that of the beginning, if it is the cursor of another version."""
    if cursor is None:
        return Position()
    try:
        found = json.loads(cursor)
        return Position(int(found["offset"]), tuple(found["last"]), tuple(found["top"]), bool(found["back"]))
    except (ValueError, TypeError, KeyError):
        return Position()


def window_at(offset: int) -> Window:
    """The page that contains the record at `offset` and reaches furthest behind it."""
    windows = (Window(offset // size + 1, size) for size in range(LARGEST, 0, -1))
    return max(windows, key=lambda it: it.page * it.size)


def step(position: Position, ids: Sequence[str], has_more: bool) -> Step:
    """What a page with records of these ids brings."""
    return _again(position, ids, has_more) if position.back else _onwards(position, ids, has_more)


def _onwards(position: Position, ids: Sequence[str], has_more: bool) -> Step:
    found = _place(position.last, ids)
    top = position.top or tuple(ids[:REMEMBERED])
    if position.last and found is None and position.offset > 0:
        # They were shifted out of this page. They are looked for on the pages before it; if they are nowhere, the list
        # is read anew.
        offset = max(position.offset - LARGEST, 0)
        return Step(0, 0, Position(offset, position.last if offset else (), top))
    first = 0 if found is None else found + 1
    if has_more and ids:
        offset = position.window.start + len(ids) - 1
        return Step(first, len(ids), Position(offset, tuple(ids[-REMEMBERED:]), top))
    is_whole = position.window.page == 1
    return Step(first, len(ids), None if is_whole else Position(0, (), top, back=True))


def _again(position: Position, ids: Sequence[str], has_more: bool) -> Step:
    known = [ids.index(it) for it in position.top if it in ids]
    if known or not has_more or not ids:
        return Step(0, max(known, default=len(ids)), None)
    return Step(0, len(ids), Position(position.offset + LARGEST, (), position.top, back=True))


def _place(last: Sequence[str], ids: Sequence[str]) -> int | None:
    """Where the latest of the last records is that is still there."""
    return next((ids.index(it) for it in reversed(last) if it in ids), None)
