"""Reads all of a list in the order of creation, so that nothing is lost if records are removed meanwhile.

A cursor of quipteams may be a number of rows, by which a page begins too late after a removal. So each page is asked
for by the time of creation of the last row of the page before it, and what was read of that moment is left out.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from adapters.connections.fields import record
from adapters.connections.quipteams.client import Listing

# The precision of times there.
MOMENT = timedelta(milliseconds=1)

IdOf = Callable[[Any], str | None]


class Place(NamedTuple):
    """Where a page begins: at the rows created `after` a time, and there at a `cursor` of quipteams, if there is one.
    `seen` are the ids of those that were read before."""

    after: datetime | None = None
    cursor: str | None = None
    seen: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return json.dumps([None if self.after is None else self.after.isoformat(), self.cursor, self.seen])


def place_of(cursor: str | None) -> Place:
    """The place of a cursor of ours; another text is a cursor of quipteams."""
    if cursor is None:
        return Place()
    try:
        after, theirs, seen = json.loads(cursor)
        return Place(None if after is None else datetime.fromisoformat(after), theirs, tuple(seen))
    except (ValueError, TypeError):
        return Place(cursor=cursor)


def read_on(place: Place, found: Listing, id_of: IdOf) -> Listing:
    """What a page at a place brings, with a cursor of ours."""
    rows = [it for it in found.rows if id_of(it) not in place.seen]
    return Listing(rows, None if found.cursor is None else _next(place, found, id_of).text, found.meta)


def _next(place: Place, found: Listing, id_of: IdOf) -> Place:
    """Where the next page begins. The cursor of quipteams leads on where so many rows were created in one moment that
    the time does not, and where the rows are in another order than was asked for."""
    times = [created_at(it) for it in found.rows]
    known = [it for it in times if it is not None]
    if not known or len(known) < len(times) or known != sorted(known):
        return place._replace(cursor=found.cursor)
    last = known[-1] - MOMENT
    if place.after is not None and last <= place.after:
        return place._replace(cursor=found.cursor)
    ids = (id_of(row) for row, at in zip(found.rows, known, strict=True) if at > last)
    return Place(last, None, tuple(it for it in ids if it is not None))


def created_at(row: Any) -> datetime | None:
    """When the record of a row was created, if the row says so."""
    return record(row).time("created_at") if isinstance(row, dict) else None
