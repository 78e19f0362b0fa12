"""Reads what of a list has changed since a time, so that nothing is lost if records are removed meanwhile.

quipteams has no filter for the last change, but an order by it, and a cursor that may be a number of rows, by which a
page begins too late after a removal. A page that ends with a record which has not changed has all changes, as they were
in one moment. If it does not, they are divided by the time of creation, which never changes, until each part is a page.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from adapters.connections.fields import record
from adapters.connections.quipteams.client import Listing
from adapters.connections.quipteams.places import MOMENT, created_at


class Part(NamedTuple):
    """The records that were created between two times, from a `cursor` of quipteams on if there is one: where more
    records than a page has were created in one moment, and where the rows are in another order than was asked for."""

    after: datetime | None = None
    before: datetime | None = None
    cursor: str | None = None


def parts_of(cursor: str | None) -> list[Part]:
    """The parts that are still to be read, by a cursor of ours; everything, if it is of another version."""
    if cursor is None:
        return [Part()]
    try:
        return [Part(_time(after), _time(before), theirs) for after, before, theirs in json.loads(cursor)]
    except (ValueError, TypeError):
        return [Part()]


def read_part(parts: Sequence[Part], found: Listing, since: datetime) -> Listing:
    """What the page of the first of these parts brings, with a cursor of ours."""
    part, *rest = parts
    times = [_updated_at(it) for it in found.rows]
    known = [it for it in times if it is not None]
    is_ordered = bool(known) and known == sorted(known, reverse=True)
    if is_ordered and known[-1] < since:
        changed = [row for row, at in zip(found.rows, times, strict=True) if at is None or at >= since]
        return Listing(changed, _text(rest), found.meta)
    if found.cursor is None:
        return Listing(found.rows, _text(rest), found.meta)
    if is_ordered and (halves := _halves(part, found.rows)):
        return Listing([], _text([*halves, *rest]), found.meta)
    return Listing(found.rows, _text([part._replace(cursor=found.cursor), *rest]), found.meta)


def changed_since(found: Listing, since: datetime | None) -> Listing:
    """The rows of a page that have changed since a time, or may have."""
    if since is None:
        return found
    rows = [row for row in found.rows if (at := _updated_at(row)) is None or at >= since]
    return Listing(rows, found.cursor, found.meta)


def _halves(part: Part, rows: Sequence[Any]) -> list[Part]:
    """Two parts instead of one that is more than these rows; none, if it cannot be divided. Whether a time is of a part
    that begins or ends with it does not matter: a record may be in both."""
    if part.cursor is not None:
        return []
    times = [created_at(it) for it in rows]
    if None in times:
        return []
    moments = sorted(it.replace(microsecond=it.microsecond // 1000 * 1000) for it in times if it is not None)
    between = [it for it in moments if _is_within(part, it)]
    if not between:
        return []
    middle = between[(len(between) - 1) // 2]
    return [Part(part.after, middle + MOMENT), Part(middle, part.before)]


def _is_within(part: Part, at: datetime) -> bool:
    """Whether both parts that are divided by this moment are smaller."""
    return (part.after is None or at > part.after) and (part.before is None or at + MOMENT < part.before)


def _text(parts: Sequence[Part]) -> str | None:
    """The cursor of what is still to be read; None if there is nothing."""
    if not parts:
        return None
    return json.dumps([[after and after.isoformat(), before and before.isoformat(), it] for after, before, it in parts])


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _updated_at(row: Any) -> datetime | None:
    return record(row).time("updated_at") if isinstance(row, dict) else None
