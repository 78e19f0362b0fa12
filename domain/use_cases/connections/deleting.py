"""Deletes the quotes of a connection that has ended, a part at a time (docs/domain.md#connections).

A part is one unit of work, so that each quote is there whole or not at all, and a process that is killed leaves the
others to the next attempt. Who connects the system again meanwhile keeps what is left.
"""

from datetime import datetime, timedelta

from domain.connections.connections import Connection, SyncPhase
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import Actor, ActorType
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import RowId
from domain.shared.jobs import Again, Job, JobType, NewJob

# How many quotes are deleted at once.
PART = 200
# After this time other connections get their turn.
TURN = timedelta(seconds=5)


async def begin_deletion(work: UnitOfWork, connection: Connection, actor: Actor, at: datetime) -> Connection:
    """Delete the first quotes of a connection, which is locked, and leave the others to a job. Returns the connection
    as it is then."""
    after = await _delete_part(work, connection, actor, at)
    if after.sync_phase == SyncPhase.DELETING:
        payload = {"connectionId": connection.id, "actor": [str(actor.kind), actor.id, actor.name]}
        key = f"delete-quotes:{connection.id}:{at.isoformat()}"
        work.enqueue(connection.tenant_id, NewJob(JobType.DELETE_QUOTES, key, payload))
    return after


async def delete_quotes(deps: Dependencies, job: Job) -> Again | None:
    """Delete the quotes that are left, until there are none or others get their turn."""
    end = deps.now() + TURN
    while await _goes_on(deps, job):
        if deps.now() >= end:
            return Again(deps.now())
    return None


async def _goes_on(deps: Dependencies, job: Job) -> bool:
    """Delete some more quotes. Returns whether there are others."""
    kind, actor_id, name = job.payload["actor"]
    async with deps.unit_of_work(job.tenant_scope) as work:
        before = await work.connections.lock(RowId(job.payload["connectionId"]))
        if before is None or before.sync_phase != SyncPhase.DELETING:
            return False
        after = await _delete_part(work, before, Actor(ActorType(kind), actor_id, name), deps.now())
        if after != before:
            await work.connections.save(after)
        await work.commit()
    return after.sync_phase == SyncPhase.DELETING


async def _delete_part(work: UnitOfWork, connection: Connection, actor: Actor, at: datetime) -> Connection:
    deleted, is_last = await work.origins.forget_quotes(connection.id, at, PART)
    for quote in deleted:
        kind = EventType.QUOTE_DELETED
        work.record(NewEvent(kind, connection.tenant_id, quote.ref, actor, at, quote.changes))
    return connection._replace(sync_phase=SyncPhase.IDLE if is_last else SyncPhase.DELETING)
