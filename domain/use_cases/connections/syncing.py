"""Reads connected systems (docs/domain.md#synchronisation).

A page is read between two units of work, the second of which saves it together with the place of the next one. What was
read and not saved, because the process was killed, is read again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from domain.connections.connections import Connection, ConnectionSecrets, ConnectionStatus, SyncPhase
from domain.connections.origins import NODE_TYPES
from domain.connections.records import ForeignRecord, RecordPage, Unread
from domain.connections.syncs import Step, after_collection, after_page, begun, failed, is_refused_page, step_of
from domain.connections.systems import Collection
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import TenantScope
from domain.shared.events import EventType, status_change
from domain.shared.ids import RowId
from domain.shared.jobs import Again, Job
from domain.shared.outbound_errors import Busy, OutboundFailure, Unavailable
from domain.use_cases.connections.saving import NOTHING, Saved, save_each, save_records
from domain.use_cases.connections.steps import event_of, opened

# After this time other connections get their turn.
TURN = timedelta(seconds=5)
# How long a system that refuses, or has failed many times, is left alone.
LONGEST_PAUSE = timedelta(hours=1)


class Asked(NamedTuple):
    """What a system is asked, and by which connection."""

    connection: Connection
    secrets: ConnectionSecrets
    step: Step


async def sync_connection(deps: Dependencies, job: Job) -> Again | None:
    """Read what has changed in a connected system, page by page, until it is read or others get their turn. That the
    system fails is no failure of the process: its connection says so, and it is tried again.

    Raises: LeaseLost.
    """
    end = deps.now() + TURN
    scope, connection_id = job.tenant_scope, RowId(job.payload["connectionId"])
    while (asked := await next_page(deps, scope, connection_id)) is not None:
        now = deps.now()
        try:
            page = await read_page(deps, asked)
        except Busy as busy:
            await note_wait(deps, scope, connection_id)
            return Again(deps.now() + min(timedelta(seconds=busy.seconds), LONGEST_PAUSE), waits=str(busy))
        except OutboundFailure as failure:
            return await _fail(deps, job, asked.step, failure)
        if not await save_page(deps, scope, asked, page, now):
            return Again(deps.now() + deps.connecting.interval)
        if deps.now() >= end:
            return Again(deps.now())
    return None


async def next_page(deps: Dependencies, tenant_scope: TenantScope, connection_id: str) -> Asked | None:
    """The next page to read; the first one, if no reading is under way. None if the system is not to be read."""
    async with deps.unit_of_work(tenant_scope) as work:
        connection = await work.connections.lock(RowId(connection_id))
        if connection is None or not connection.is_read:
            return None
        started = begun(connection, deps.now(), deps.connecting.full_interval)
        if started != connection:
            await work.connections.save(started)
            await work.commit()
        return Asked(started, await work.connections.secrets(connection.id), step_of(started))


async def read_page(deps: Dependencies, asked: Asked) -> RecordPage:
    """Ask the system for a page. Raises: OutboundFailure."""
    step = asked.step
    page = await opened(deps, asked.connection, asked.secrets).page(step.collection, step.since, step.cursor)
    if page.cursor is not None and page.cursor == step.cursor:
        raise Unavailable("The system names the same page as the next one.")
    return page


async def save_page(
    deps: Dependencies, tenant_scope: TenantScope, asked: Asked, page: RecordPage, asked_at: datetime
) -> bool:
    """Save a page, and where the next one is. Returns whether there is more to read.

    If that fails, its records are saved one by one, and what cannot be saved is kept as a problem: one record keeps
    no others from being read.
    """
    try:
        return await _save_page(deps, tenant_scope, asked, page, page.records, NOTHING, asked_at)
    except Exception as failure:
        if deps.connecting.is_outage(failure):
            raise
    alone = partial(_save_alone, deps, tenant_scope, asked, asked_at)
    saved = await save_each(deps, page.records, alone)
    return await _save_page(deps, tenant_scope, asked, page, (), saved, asked_at)


async def _save_alone(
    deps: Dependencies, tenant_scope: TenantScope, asked: Asked, asked_at: datetime, record: ForeignRecord | Unread
) -> Saved:
    async with deps.unit_of_work(tenant_scope) as work:
        connection = await work.connections.lock(RowId(asked.connection.id))
        if connection is None or not _is_next(connection, asked):
            return NOTHING
        saved = await save_records(work, deps, connection, asked.step.collection, [record], asked_at)
        await work.commit()
        return saved


def _is_next(connection: Connection, asked: Asked) -> bool:
    """Whether a page is still the one to read: the connection may have been paused, disconnected or begun again, or
    another worker may have read it."""
    return connection.is_read and connection.sync_collection is not None and step_of(connection) == asked.step


async def _save_page(
    deps: Dependencies,
    tenant_scope: TenantScope,
    asked: Asked,
    page: RecordPage,
    left: Sequence[ForeignRecord | Unread],
    earlier: Saved,
    asked_at: datetime,
) -> bool:
    """Save what is left of a page after what was saved earlier, and where the next page is."""
    async with deps.unit_of_work(tenant_scope) as work:
        before = await work.connections.lock(RowId(asked.connection.id))
        if before is None or not _is_next(before, asked):
            return before is not None and before.is_read
        collection = asked.step.collection
        saved = earlier.with_more(await save_records(work, deps, before, collection, left, asked_at))
        after = after_page(before, page.cursor, saved.read, saved.changed, page.total, highest(page))
        if page.cursor is None:
            if not page.is_unreadable:
                await _note_end(work, deps, after, collection)
            after = after_collection(after, deps.now())
        await work.connections.save(after)
        _record(work, before, after, deps.now(), is_news=saved.changed > 0 or before.sync_full)
        await work.commit()
        return after.sync_collection is not None


async def _note_end(work: UnitOfWork, deps: Dependencies, connection: Connection, collection: Collection) -> None:
    """Note that a collection is read to its end. If that was everything, what was not seen is stale, and what was a
    problem of no record that is known, and was not seen again, is over."""
    begun_at = connection.sync_collection_at
    if connection.sync_full and begun_at is not None:
        await work.origins.mark_stale(connection.id, NODE_TYPES[collection], begun_at)
        await work.connection_problems.resolve(connection.id, collection, [""], begun_at, deps.now())


def _record(work: UnitOfWork, before: Connection, after: Connection, at: datetime, is_news: bool) -> None:
    """Tell that a page was read that had something new, and that a reading has ended that had or that follows on a
    failure. A reading that finds nothing is no event."""
    changes = status_change(before, after)
    is_over = after.sync_phase == SyncPhase.IDLE
    if not changes and not is_news and not (is_over and after.sync_changed):
        return
    kind = EventType.CONNECTION_SYNCED if is_over else EventType.CONNECTION_PROGRESSED
    work.record(replace(event_of(kind, after, after.actor, at), changes=changes))


def highest(page: RecordPage) -> datetime | None:
    """The last change on a page."""
    changed = (getattr(it, "updated_at", None) for it in page.records)
    return max((it for it in changed if it is not None), default=None)


async def note_wait(deps: Dependencies, tenant_scope: TenantScope, connection_id: str) -> None:
    """Note that the system asks to wait."""
    async with deps.unit_of_work(tenant_scope) as work:
        connection = await work.connections.lock(RowId(connection_id))
        if connection is not None and connection.is_read:
            await work.connections.save(connection._replace(sync_phase=SyncPhase.WAITING))
            await work.commit()


async def note_failure(
    deps: Dependencies, tenant_scope: TenantScope, connection_id: str, failure: OutboundFailure
) -> int:
    """Note that a call has failed. Returns how many have since the last success."""
    async with deps.unit_of_work(tenant_scope) as work:
        before = await work.connections.lock(RowId(connection_id))
        if before is None or not before.is_read:
            return 1
        after = failed(before, str(failure), failure.status)
        await work.connections.save(after)
        if before.status != ConnectionStatus.FAILING:
            event = event_of(EventType.CONNECTION_FAILED, after, after.actor, deps.now())
            work.record(replace(event, changes=status_change(before, after)))
        await work.commit()
        return after.sync_failures


async def _fail(deps: Dependencies, job: Job, step: Step, failure: OutboundFailure) -> Again:
    """Note that a call has failed, and when the next one is made. After a page that was refused that is not soon: if
    the collection is never read to its end, its pages are read as often as others are."""
    now = deps.now()
    failures = await note_failure(deps, job.tenant_scope, job.payload["connectionId"], failure)
    latest = now + (deps.connecting.interval if is_refused_page(step, failure.status) else LONGEST_PAUSE)
    again = None if failure.final else deps.retry_policy.next_attempt(failures, now)
    return Again(latest if again is None else min(again, latest), waits="The system fails; it is read again then.")
