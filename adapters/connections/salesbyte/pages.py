"""Reads SalesByte's list, whose pages have a fixed size and shift when quotes change meanwhile. Nothing is lost.

The list is ordered by the last change, the latest last, and read backwards: what is deleted or changed meanwhile moves
quotes into pages that are still to be read, or to the end. When the beginning is reached, the end is read again as far
as it is new, until that takes a single page.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from adapters.connections.fields import record

PAGE_SIZE = 10


class Listed(NamedTuple):
    """One page as it was read. `last_page` and `total` are there if SalesByte says them."""

    rows: Sequence[Any]
    last_page: int | None = None
    total: int | None = None


ReadPage = Callable[[int], Awaitable[Listed]]


@dataclass(frozen=True, slots=True)
class Place:
    """The page to read next. What changed after `latest` is new at the end, which began as page `end`; while the end is
    read again, `newer` is the latest change then, and `page` is 0 at first."""

    page: int
    latest: str
    end: int
    newer: str = ""
    is_end: bool = False

    @property
    def cursor(self) -> str:
        return json.dumps(asdict(self))


class Read(NamedTuple):
    """The rows of a page, and where to go on; None at the end."""

    rows: Sequence[Any]
    place: Place | None
    total: int | None


def place_of(cursor: str | None) -> Place | None:
    """The place of a cursor; None, which is the beginning, also for the cursor of another version."""
    if cursor is None:
        return None
    try:
        found = json.loads(cursor)
        page, end = int(found["page"]), int(found["end"])
        return Place(page, str(found["latest"]), end, str(found["newer"]), bool(found["is_end"]))
    except (ValueError, TypeError, KeyError):
        return None


async def read_on(place: Place | None, read: ReadPage) -> Read:
    """Reads the next page."""
    if place is None:
        number, listed = await _last(1, read)
        following = Place(number - 1, _latest(listed.rows), number) if number > 1 else None
        return Read(listed.rows, following, listed.total)
    if place.is_end:
        return await _read_end(place, read)
    listed = await read(place.page)
    if place.page > 1:
        return Read(listed.rows, Place(place.page - 1, place.latest, place.end), listed.total)
    return Read(listed.rows, Place(0, place.latest, place.end, is_end=True), listed.total)


async def _read_end(place: Place, read: ReadPage) -> Read:
    """Reads what was changed since the list was begun, from its end backwards."""
    is_first = place.page == 0
    number, listed = await _last(place.end, read) if is_first else (place.page, await read(place.page))
    newer = _latest(listed.rows) if is_first else place.newer
    since = _time({"updated_at": place.latest})
    changed = [row for row in listed.rows if since is None or (at := _time(row)) is None or at >= since]
    following = None
    if number > 1 and listed.rows and len(changed) == len(listed.rows):
        following = Place(number - 1, place.latest, place.end, newer, is_end=True)
    elif not is_first and newer != place.latest:
        following = Place(0, newer, place.end, is_end=True)
    return Read(changed, following, listed.total)


async def _last(guess: int, read: ReadPage) -> tuple[int, Listed]:
    """The last page with a quote, and what is on it: as SalesByte says, or else found by doubling and halving."""
    listed = await read(guess)
    if listed.last_page is not None:
        last = max(listed.last_page, 1)
        return (guess, listed) if last == guess else (last, await read(last))
    last, found, beyond = (guess, listed, None) if listed.rows else (0, listed, guess)
    while not 0 < len(found.rows) < PAGE_SIZE and (beyond is None or beyond - last > 1):
        probe = last * 2 if beyond is None else (last + beyond) // 2
        probed = await read(probe)
        if probed.rows:
            last, found = probe, probed
        else:
            beyond = probe
    return max(last, 1), found


def _latest(rows: Sequence[Any]) -> str:
    times = [at for row in rows if (at := _time(row)) is not None]
    return max(times).isoformat() if times else ""


def _time(row: Any) -> datetime | None:
    return record(row).time("updated_at") if isinstance(row, dict) else None
