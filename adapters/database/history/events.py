"""The event log: appended to by the unit of work, read by subscriptions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import eq
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, bindparam, func, select, update

from adapters.database.companies.tables import tenants
from adapters.database.core.column_types import in_keys
from adapters.database.core.compiled_statements import Prepared
from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import Filter, LoaderSpec, compares, one, one_of, paged, times
from adapters.database.core.row_mapping import row_mapping
from adapters.database.core.set_writes import InsertRows
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import insert_into
from adapters.database.history import tables
from domain.shared.access import Environment
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
_LAST_NUMBER = select(_TENANT.last_event).where(_TENANT.id == bindparam("its_id"))
_GIVEN = tuple(str(it.name) for it in tables.events.c if it.name != "number")


@dataclass(frozen=True)
class NumberEvents:
    """Writes events with the next numbers of their tenants, the last write of a transaction. A tenant's row then stays
    locked until the commit, so that numbers have no gaps and become visible in order.

    Each row says of which tenant it is (`whose`), how many of its events come after it (`left`), and how many there are
    (`of`).
    """

    table: Table = tables.events
    columns: tuple[str, ...] = (*_GIVEN, "whose", "left", "of")
    key: tuple[str, ...] = ("id",)
    noted: tuple[str, ...] = ()
    is_last = True

    def from_rows(self, rows: FromClause, earlier: ColumnElement[int]) -> Any:
        given = rows.c
        last = (
            update(tenants)
            .where(_TENANT.id == given.whose, given["left"] == 0, earlier >= 0)
            .values(last_event=_TENANT.last_event + given.of)
            .returning(_TENANT.id, _TENANT.last_event)
            .cte("numbered")
        )
        numbered = select(*(given[name] for name in _GIVEN), last.c.last_event - given["left"]).select_from(
            rows.join(last, last.c.id == given.whose)
        )
        return insert_into(tables.events).from_select([*_GIVEN, "number"], numbered)

    def of_each(self) -> Sequence[Prepared]:
        mine = _TENANT.id == bindparam("whose")
        number = select(_TENANT.last_event - bindparam("left")).where(mine).scalar_subquery()
        return (
            Prepared(update(tenants).where(mine).values(last_event=_TENANT.last_event + 1)),
            Prepared(insert_into(tables.events).values(number=number), _GIVEN),
        )


_NUMBER_EVENTS = NumberEvents()
_NOTE_TIMES = InsertRows(
    tables.status_times,
    ("tenant_id", "node_id", "status", "at"),
    lambda insert: insert.on_conflict_do_nothing(),
    key=("node_id", "status"),
)


async def append(transaction: Transaction, events: Sequence[NewEvent]) -> None:
    """Writes events, as the last write."""
    # By identity: two events of one unit of work may be equal.
    ids = {id(event): new_id() for event in events}
    await _note_times(transaction, events)
    left = Counter(event.tenant_id for event in events)
    of, rows = dict(left), []
    # Of several tenants in a fixed order, to avoid deadlocks of transactions that lock the same ones.
    for event in sorted(events, key=lambda it: it.tenant_id):
        left[event.tenant_id] -= 1
        place = {"whose": event.tenant_id, "left": left[event.tenant_id], "of": of[event.tenant_id]}
        rows.append({**_values(event, ids), **place})
    await transaction.write(_NUMBER_EVENTS, rows)


async def _note_times(transaction: Transaction, events: Sequence[NewEvent]) -> None:
    times = [
        {"tenant_id": event.tenant_id, "node_id": change.node.id, "status": change.to_status, "at": event.occurred_at}
        for event in events
        for change in event.changes
    ]
    await note_status_times(transaction, times)


async def note_status_times(transaction: Transaction, times: Sequence[dict[str, Any]]) -> None:
    """Stores when each node first reached each status; later times are ignored (docs/domain.md#status-times)."""
    first: dict[tuple[Any, Any], dict[str, Any]] = {}
    for it in times:
        first.setdefault((it["node_id"], it["status"]), it)
    await transaction.write(_NOTE_TIMES, list(first.values()))


class SqlEventLog:
    """Reads the events of a tenant, in commit order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_number(self, tenant_id: int) -> int:
        async with self._database.read.connect() as connection:
            return int((await connection.execute(_LAST_NUMBER, {"its_id": tenant_id})).scalar_one())

    async def last_numbers(self, environment: Environment) -> Mapping[int, int]:
        return await self._by_tenant(environment, _TENANT.last_event)

    async def companies(self, environment: Environment) -> Mapping[int, str]:
        return await self._by_tenant(environment, _TENANT.company_id)

    async def _by_tenant(self, environment: Environment, column: ColumnElement[Any]) -> Mapping[int, Any]:
        mine = select(_TENANT.id, column).where(_TENANT.environment == str(environment)).order_by(_TENANT.id)
        async with self._database.read.connect() as connection:
            return {row[0]: row[1] for row in await connection.execute(mine)}

    async def first_numbers(self, tenant_ids: Sequence[int]) -> Mapping[int, int]:
        columns = tables.events.c
        mine = in_keys(columns.tenant_id, self._database.dialect, integers=True)
        first = select(columns.tenant_id, func.min(columns.number)).where(mine).group_by(columns.tenant_id)
        async with self._database.read.connect() as connection:
            found = await connection.execute(first, {"keys": list(tenant_ids)})
            return {row[0]: row[1] for row in found}

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


def _values(event: NewEvent, ids: Mapping[int, str]) -> dict[str, Any]:
    return {
        "tenant_id": event.tenant_id,
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
