"""How a system is read: collection after collection, page after page, since a mark or from the beginning
(docs/domain.md#synchronisation). Every step is stored, so that a process that is killed goes on where it was."""

import zlib
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.connections.connections import Connection, ConnectionStatus, SyncPhase
from domain.connections.systems import COLLECTIONS, Collection, System

# How far changes are read again: the clock of the system may be ten minutes from ours.
OVERLAP = timedelta(minutes=15)
ERROR_LENGTH = 1_000
# How a system refuses a page, whose cursor may have expired.
PAGE_REFUSED = frozenset({400, 404, 410, 422})


class Step(NamedTuple):
    """The page that is read next. Equal steps are of the same reading."""

    started_at: datetime | None
    collection: Collection
    cursor: str | None
    since: datetime | None


def begun(connection: Connection, at: datetime, full_interval: timedelta = timedelta()) -> Connection:
    """The connection at the beginning of a reading, unless one is under way. Everything is read if nothing was before,
    and if that is due."""
    if connection.sync_collection is not None:
        return connection._replace(sync_phase=SyncPhase.READING)
    first = COLLECTIONS[System(connection.system)][0]
    is_full = connection.sync_full or connection.last_synced_at is None
    return connection._replace(
        sync_phase=SyncPhase.READING,
        sync_full=is_full or is_full_due(connection, at, full_interval),
        sync_collection=first,
        sync_cursor=None,
        sync_highest=None,
        sync_collection_at=at,
        sync_read=0,
        sync_total=None,
        sync_changed=0,
        sync_started_at=at,
    )


def is_full_due(connection: Connection, at: datetime, interval: timedelta) -> bool:
    """Whether everything is to be read by itself, once in each interval; never, if that is zero. Each connection has a
    moment of its own in the interval, by its id, so that not all of them are read whole at the same time."""
    if not interval or connection.sync_started_at is None:
        return False
    seconds = interval.total_seconds()
    moment = zlib.crc32(connection.id.encode()) / 2**32 * seconds
    last, now = ((it.timestamp() - moment) // seconds for it in (connection.sync_started_at, at))
    return now > last


def restarted(connection: Connection, full: bool) -> Connection:
    """The connection, to be read again from the beginning: next time, and everything if it is `full`."""
    if not full:
        return connection
    return connection._replace(sync_full=True, sync_collection=None, sync_cursor=None, sync_phase=SyncPhase.IDLE)


def step_of(connection: Connection) -> Step:
    """The page that is read next."""
    assert connection.sync_collection is not None, "a reading has begun"
    collection = Collection(connection.sync_collection)
    mark = None if connection.sync_full else connection.sync_marks.get(str(collection))
    since = None if mark is None else datetime.fromisoformat(mark) - OVERLAP
    return Step(connection.sync_started_at, collection, connection.sync_cursor, since)


def after_page(
    connection: Connection, cursor: str | None, read: int, changed: int, total: int | None, highest: datetime | None
) -> Connection:
    """The connection after a page whose successor has this cursor. `highest` is the last change on it, `total` how many
    records the collection has."""
    expected = connection.sync_total
    if connection.sync_cursor is None:
        # The collections before it are read.
        expected = None if total is None else connection.sync_read + total
    known = [it for it in (connection.sync_highest, highest) if it is not None]
    return connection._replace(
        status=ConnectionStatus.ACTIVE,
        sync_cursor=cursor,
        sync_read=connection.sync_read + read,
        sync_changed=connection.sync_changed + changed,
        sync_total=expected,
        sync_highest=max(known, default=None),
        sync_error=None,
        sync_failures=0,
    )


def after_collection(connection: Connection, at: datetime) -> Connection:
    """The connection after the last page of a collection: at the next one, or at the end.

    The mark is the last change that was seen, and not later than the beginning: what changed while the collection was
    read may have been on a page that was read before.
    """
    assert connection.sync_collection is not None, "a reading has begun"
    collection, marks = Collection(connection.sync_collection), dict(connection.sync_marks)
    if connection.sync_highest is not None and connection.sync_collection_at is not None:
        mark = min(connection.sync_highest, connection.sync_collection_at)
        marks[str(collection)] = max(mark.isoformat(), marks.get(str(collection), ""))
    order = COLLECTIONS[System(connection.system)]
    following = order[order.index(collection) + 1 :]
    moved = connection._replace(sync_marks=marks, sync_cursor=None, sync_highest=None, sync_collection_at=at)
    if following:
        return moved._replace(sync_collection=following[0])
    return moved._replace(
        sync_collection=None,
        sync_phase=SyncPhase.IDLE,
        sync_full=False,
        sync_total=connection.sync_read,
        last_synced_at=at,
    )


def is_refused_page(step: Step, status: int | None) -> bool:
    """Whether a system that answers with this status may refuse only the page, and not us."""
    return step.cursor is not None and status in PAGE_REFUSED


def failed(connection: Connection, error: str, status: int | None = None) -> Connection:
    """The connection after a call that has failed. The reading goes on where it was; after a page that was refused, at
    the first page of the collection."""
    begins_anew = connection.sync_collection is not None and is_refused_page(step_of(connection), status)
    return connection._replace(
        status=ConnectionStatus.FAILING,
        sync_phase=SyncPhase.WAITING,
        sync_cursor=None if begins_anew else connection.sync_cursor,
        sync_error=error[:ERROR_LENGTH],
        sync_failures=connection.sync_failures + 1,
    )


def disconnected(connection: Connection) -> Connection:
    """The connection after its end: nothing is read any more, and the next reading would be of everything."""
    return connection._replace(
        status=ConnectionStatus.DISCONNECTED,
        sync_phase=SyncPhase.IDLE,
        sync_full=True,
        sync_collection=None,
        sync_cursor=None,
        sync_error=None,
    )
