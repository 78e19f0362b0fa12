"""Reads a connected system while somebody waits for it, or tells what reading it would bring
(docs/domain.md#synchronisation)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from domain.connections.connections import Connection, ConnectionStatus, SyncPhase, check_connected, paused
from domain.connections.origins import NODE_TYPES
from domain.connections.problems import NewProblem
from domain.connections.records import ForeignRecord, RecordPage, Unread
from domain.connections.syncs import after_collection, after_page, begun, restarted, step_of
from domain.connections.systems import Collection
from domain.ports.dependencies import Dependencies
from domain.shared.access import TenantScope
from domain.shared.errors import NotFound
from domain.shared.ids import RowId
from domain.shared.outbound_errors import Busy, OutboundFailure
from domain.use_cases.connections.saving import Saved, save_each, save_records
from domain.use_cases.connections.steps import CONNECTION
from domain.use_cases.connections.syncing import (
    Asked,
    highest,
    next_page,
    note_failure,
    note_wait,
    read_page,
    save_page,
)

# How many ids one statement names.
MOST_IDS = 500


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who waits for a reading: is told how far it is, and waits as long as a system asks to."""

    tell: Callable[[Connection], None]
    wait: Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class Preview:
    """What reading a collection would bring. `stale` is None if not everything would be read."""

    collection: Collection
    read: int = 0
    new: int = 0
    changed: int = 0
    stale: int | None = None
    problems: list[NewProblem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


async def read_now(
    deps: Dependencies, tenant_scope: TenantScope, connection_id: str, full: bool, watcher: Watcher
) -> Connection:
    """Read a system to the end: what has changed, or everything. A reading that is under way is resumed.

    Raises: NotFound, Disconnected, Paused, OutboundFailure.
    """
    async with deps.unit_of_work(tenant_scope) as work:
        before = _readable(await work.connections.lock(RowId(connection_id)))
        if (after := restarted(before, full)) != before:
            await work.connections.save(after)
            await work.commit()
    more = True
    while more and (asked := await next_page(deps, tenant_scope, connection_id)) is not None:
        watcher.tell(asked.connection)
        at = deps.now()
        try:
            page = await read_page(deps, asked)
        except Busy as busy:
            await note_wait(deps, tenant_scope, connection_id)
            await watcher.wait(busy.seconds)
            continue
        except OutboundFailure as failure:
            await note_failure(deps, tenant_scope, connection_id, failure)
            raise
        more = await save_page(deps, tenant_scope, asked, page, at)
    async with deps.unit_of_work(tenant_scope) as work:
        done = _readable(await work.connections.find(RowId(connection_id)))
    watcher.tell(done)
    return done


async def preview(
    deps: Dependencies, tenant_scope: TenantScope, connection_id: str, full: bool, watcher: Watcher
) -> list[Preview]:
    """What reading a system would bring, by collection. Each page is saved in a unit of work that is not committed.

    Raises: NotFound, Disconnected, Paused, OutboundFailure.
    """
    async with deps.unit_of_work(tenant_scope) as work:
        stored = _readable(await work.connections.find(RowId(connection_id)))
        secrets = await work.connections.secrets(connection_id)
    idle = stored._replace(sync_collection=None, sync_cursor=None, sync_phase=SyncPhase.IDLE)
    connection = begun(restarted(idle, full), deps.now(), deps.connecting.full_interval)
    found = list[Preview]()
    while connection.sync_collection is not None:
        asked = Asked(connection, secrets, step_of(connection))
        watcher.tell(connection)
        if not found or found[-1].collection != asked.step.collection:
            found.append(Preview(asked.step.collection))
        at = deps.now()
        try:
            page = await read_page(deps, asked)
        except Busy as busy:
            await watcher.wait(busy.seconds)
            continue
        await _add(deps, tenant_scope, connection_id, found[-1], page, at)
        read = len(page.records)
        connection = after_page(connection, page.cursor, read, 0, page.total, highest(page))
        if page.cursor is None:
            if connection.sync_full and not page.is_unreadable:
                found[-1].stale = await _stale(deps, tenant_scope, connection_id, found[-1], at)
            connection = after_collection(connection, deps.now())
    watcher.tell(connection)
    return found


async def _add(
    deps: Dependencies, tenant_scope: TenantScope, connection_id: str, found: Preview, page: RecordPage, at: datetime
) -> None:
    """Count what a page would bring. A record that was on an earlier page too is counted once."""
    records = [it for it in page.records if not it.external_id or it.external_id not in found.seen]

    async def save(*some: ForeignRecord | Unread) -> Saved:
        async with deps.unit_of_work(tenant_scope) as work:
            connection = _readable(await work.connections.lock(RowId(connection_id)))
            return await save_records(work, deps, connection, found.collection, some, at)

    try:
        saved = await save(*records)
    except Exception as failure:
        if deps.connecting.is_outage(failure):
            raise
        saved = await save_each(deps, records, save)
    found.read += len(records)
    found.new += saved.new
    found.changed += saved.changed - saved.new
    found.problems += saved.problems
    found.seen.update(it.external_id for it in records)


async def _stale(
    deps: Dependencies, tenant_scope: TenantScope, connection_id: str, found: Preview, at: datetime
) -> int:
    """How many records of a collection that was read would be stale."""
    record_type, seen = NODE_TYPES[found.collection][:1], sorted(found.seen)
    async with deps.unit_of_work(tenant_scope) as work:
        await work.connections.lock(RowId(connection_id))
        for first in range(0, len(seen), MOST_IDS):
            await work.origins.seen(connection_id, record_type, seen[first : first + MOST_IDS], at)
        return await work.origins.mark_stale(connection_id, record_type, at)


def _readable(connection: Connection | None) -> Connection:
    """Raises: NotFound, Disconnected, Paused."""
    if connection is None:
        raise NotFound("connection", CONNECTION)
    check_connected(connection)
    if connection.status == ConnectionStatus.PAUSED:
        raise paused(connection)
    return connection
