"""The event log: appended to by the unit of work, read by subscriptions."""

from collections.abc import Mapping, Sequence
from operator import eq
from typing import Any

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import Filter, LoaderSpec, compares, one, one_of, paged, times
from adapters.database.core.row_mapping import row_mapping
from adapters.database.core.write_statements import insert_into, insert_missing
from adapters.database.history import tables
from domain.shared.events import Event, NewEvent
from domain.shared.ids import new_id

EVENTS = row_mapping(Event, tables.events)


def history_filters(table: Table) -> dict[str, Filter]:
    """The filters of a history that is kept in this table."""
    return {
        "type": one_of(table.c.type),
        "actor_type": one_of(table.c.actor_kind),
        "actor_name": compares(table.c.actor_name, eq),
        **times(table.c.occurred_at),
    }


EVENT_LOADERS: dict[str, LoaderSpec] = {
    "event": one(EVENTS),
    "events_by_node": paged(
        EVENTS, parent="node_id", orders={"NUMBER": "number"}, filters=history_filters(tables.events)
    ),
}


_TENANT = tenants.c
_NUMBERED = (
    update(tenants)
    .where(_TENANT.id == bindparam("its_id"))
    .values(last_event=_TENANT.last_event + bindparam("more"))
    .returning(_TENANT.last_event)
)


async def append(connection: AsyncConnection, events: Sequence[NewEvent]) -> None:
    """Writes events with the tenant's next numbers. The tenant's row stays locked until the commit, so that numbers
    have no gaps and become visible in order; this is therefore the last write."""
    # By identity: two events of one unit of work may be equal.
    ids = {id(event): new_id() for event in events}
    for tenant_id in dict.fromkeys(event.tenant_id for event in events):
        mine = [event for event in events if event.tenant_id == tenant_id]
        asked = {"its_id": tenant_id, "more": len(mine)}
        last = (await connection.execute(_NUMBERED, asked)).scalar_one()
        first = last - len(mine) + 1
        written = [_values(event, number, ids) for number, event in enumerate(mine, first)]
        await connection.execute(insert_into(tables.events), written)
    await _note_times(connection, events)


async def _note_times(connection: AsyncConnection, events: Sequence[NewEvent]) -> None:
    times = [
        {"tenant_id": event.tenant_id, "node_id": change.node.id, "status": change.to_status, "at": event.occurred_at}
        for event in events
        for change in event.changes
    ]
    await note_status_times(connection, times)


async def note_status_times(connection: AsyncConnection, times: Sequence[dict[str, Any]]) -> None:
    """Stores when each node first reached each status; later times are ignored (docs/domain.md#status-times)."""
    if times:
        await connection.execute(insert_missing(tables.status_times, connection.dialect.name), list(times))


class SqlEventLog:
    """Reads the events of a tenant, in commit order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_number(self, tenant_id: int) -> int:
        statement = select(tenants.c.last_event).where(tenants.c.id == tenant_id)
        async with self._database.read.connect() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def first_number(self, tenant_id: int) -> int:
        columns = tables.events.c
        first = select(func.min(columns.number)).where(columns.tenant_id == tenant_id).scalar_subquery()
        statement = select(func.coalesce(first, _TENANT.last_event + 1)).where(_TENANT.id == tenant_id)
        async with self._database.read.connect() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def after(self, tenant_id: int, number: int, node_id: str | None, limit: int) -> Sequence[Event]:
        """Returns events with a higher number, oldest first, optionally of one node."""
        columns = tables.events.c
        statement = EVENTS.select().where(columns.tenant_id == tenant_id, columns.number > number)
        if node_id is not None:
            statement = statement.where(columns.node_id == node_id)
        async with self._database.read.connect() as connection:
            return EVENTS.read(await connection.execute(statement.order_by(columns.number).limit(limit)))


def _values(event: NewEvent, number: int, ids: Mapping[int, str]) -> dict[str, Any]:
    return {
        "tenant_id": event.tenant_id,
        "number": number,
        "id": ids[id(event)],
        "type": str(event.type),
        "node_type": event.node.type,
        "node_id": event.node.id,
        "actor_kind": str(event.actor.kind),
        "actor_id": event.actor.id,
        "actor_name": event.actor.name,
        "occurred_at": event.occurred_at,
        "changes": event.changes,
        "field_changes": event.field_changes,
        "cause_id": None if event.cause is None else ids[id(event.cause)],
        "subject_id": None if event.subject is None else event.subject.id,
    }
