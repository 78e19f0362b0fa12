"""Pages of which only some rows could be read, because the rate of the key was used up: the others are read next."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.shared.outbound_errors import Busy, OutboundFailure


class Interrupted(Busy):
    """The rate was used up after some rows were read: `ids` are all of these, and `rows` those that are not gone."""

    def __init__(self, busy: Busy, read: Mapping[str, Any]) -> None:
        super().__init__(str(busy), busy.seconds, busy.status, busy.reason)
        self.ids = tuple(read)
        self.rows = [it for it in read.values() if it is not None]


def interrupted_by(failures: Sequence[OutboundFailure], read: Mapping[str, Any]) -> OutboundFailure:
    """The failure of a page of which some rows were read. Only a system that asks to wait interrupts it."""
    other = next((it for it in failures if not isinstance(it, Busy)), None)
    if other is not None:
        return other
    [busy, *_] = [it for it in failures if isinstance(it, Busy)]
    return Interrupted(busy, read) if read else busy


class Progress(NamedTuple):
    """How far the page with a cursor was read: the rows with the ids `done`. `is_short` if the rows of the list have
    less than the records themselves."""

    cursor: str | None
    done: tuple[str, ...] = ()
    is_short: bool = False

    def with_more(self, ids: tuple[str, ...]) -> "Progress":
        return Progress(self.cursor, (*self.done, *ids), is_short=True)

    @property
    def text(self) -> str:
        """A cursor of ours."""
        return json.dumps({"page": self.cursor, "done": self.done})


def progress_of(cursor: str | None) -> Progress:
    """How far a page was read; any other cursor is that of a page of which nothing was read."""
    try:
        found = json.loads(cursor or "")
        return Progress(found["page"], tuple(found["done"]), is_short=True)
    except (ValueError, TypeError, KeyError):
        return Progress(cursor)
