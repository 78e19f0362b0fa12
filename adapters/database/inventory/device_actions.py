"""The store and loaders of device actions and their comments."""

from collections.abc import Mapping, Sequence
from operator import eq
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from adapters.database.core.column_types import in_keys
from adapters.database.core.loader_specs import (
    Filter,
    LoaderSpec,
    Paged,
    compares,
    many,
    matches_pattern,
    one,
    one_of,
    paged,
    times,
)
from adapters.database.core.origin_filters import from_elsewhere
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, in_scope, row_mapping, visible_when
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import upsert_into
from adapters.database.history.events import note_status_times
from adapters.database.inventory import tables
from adapters.database.inventory.tables import IS_ACTIVE, IS_ACTIVE_ACTION
from domain.inventory.device_actions import FIRST, Comment, DeviceAction
from domain.quotes.statuses import StatusTime
from domain.shared.access import TenantScope
from domain.shared.parsers import fold

ACTIONS = row_mapping(DeviceAction, tables.device_actions)
ACTIVE_ACTIONS = visible_when(ACTIONS, IS_ACTIVE_ACTION)
COMMENTS = row_mapping(Comment, tables.device_action_comments)

_PEOPLE = tables.device_action_people
_OF_PEOPLE = row_mapping(DeviceAction, tables.device_actions, source=tables.device_actions.join(_PEOPLE))

_FILTERS: dict[str, Filter] = {
    "status": one_of(tables.device_actions.c.status),
    **from_elsewhere(tables.device_actions.c.id),
    "action_type": one_of(tables.device_actions.c.action_type),
    "serial_number": matches_pattern(tables.device_actions.c.serial),
    "batch_id": compares(tables.device_actions.c.batch_id, eq),
    **times(tables.device_actions.c.created_at, tables.device_actions.c.updated_at),
}
_ORDERS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"}

DEVICE_ACTION_LOADERS: dict[str, LoaderSpec] = {
    "device_action": one(ACTIONS),
    "device_actions_by_action_id": many(ACTIONS, key="action_id", order=("id",)),
    "active_device_action": one(ACTIVE_ACTIONS, key="serial_key"),
    "device_actions": paged(ACTIONS, parent="tenant_id", orders=_ORDERS, filters=_FILTERS),
    "device_actions_by_serial": paged(ACTIONS, parent="serial_key", orders=_ORDERS, filters=_FILTERS),
    "device_actions_by_person": Paged(
        _OF_PEOPLE,
        _PEOPLE.c.person_key,
        _FILTERS,
        {name: tables.device_actions.c[column] for name, column in _ORDERS.items()},
    ),
    "device_action_comment": one(COMMENTS),
    "comments_by_device_action": paged(
        COMMENTS,
        parent="device_action_id",
        orders={"CREATED_AT": "created_at"},
        filters={
            "user_email": compares(tables.device_action_comments.c.user_email, eq),
            **times(tables.device_action_comments.c.created_at, tables.device_action_comments.c.updated_at),
        },
    ),
}


class SqlDeviceActions:
    """Implements the `DeviceActionStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope
        self._dialect = connection.dialect.name

    async def next_number(self, tenant_id: int, year: int, count: int) -> int:
        table = tables.device_action_numbers
        first = upsert_into(table, self._dialect).values(tenant_id=tenant_id, year=year, last=count)
        raised = first.on_conflict_do_update(
            index_elements=["tenant_id", "year"], set_={"last": table.c.last + first.excluded.last}
        )
        return int((await self._connection.execute(raised.returning(table.c.last))).scalar_one())

    async def add(self, actions: Sequence[DeviceAction]) -> set[str]:
        table = tables.device_actions
        statement = upsert_into(table, self._dialect).on_conflict_do_nothing(
            index_elements=["serial_key"], index_where=IS_ACTIVE
        )
        # In a fixed order, to avoid deadlocks between transactions that write actions with the same devices.
        ordered = [_values(action) for action in sorted(actions, key=lambda it: it.serial_key)]
        written = set((await self._connection.execute(statement.returning(table.c.id), ordered)).scalars())
        new = [action for action in actions if action.id in written]
        if new:
            if people := [row for action in new for row in _people(action)]:
                await self._connection.execute(insert(_PEOPLE), people)
            # One of a connected system may be further: since when, is noted from its record.
            started = [(it.tenant_id, it.id, it.status, it.created_at) for it in new if it.status in FIRST]
            names = ("tenant_id", "node_id", "status", "at")
            await note_status_times(self._connection, [dict(zip(names, it, strict=True)) for it in started])
        return written

    async def numbered(self, tenant_id: int, numbers: Sequence[str]) -> Mapping[str, str]:
        columns = tables.device_actions.c
        mine = select(columns.action_id, columns.id).where(columns.tenant_id == tenant_id)
        named = mine.where(in_keys(columns.action_id, self._dialect))
        return {it.action_id: it.id for it in await self._connection.execute(named, {"keys": list(numbers)})}

    async def note_times(self, tenant_id: int, times: Sequence[StatusTime]) -> None:
        await note_status_times(self._connection, [{"tenant_id": tenant_id, **it._asdict()} for it in times])

    async def active(self, keys: Sequence[str]) -> Mapping[str, DeviceAction]:
        if not keys:
            return {}
        columns = tables.device_actions.c
        mine = ACTIONS.select().where(in_keys(columns.serial_key, self._dialect), IS_ACTIVE_ACTION, self._mine)
        found = await self._connection.execute(mine, {"keys": list(keys)})
        return {action.serial_key: action for action in map(DeviceAction._make, found)}

    async def serial_of(self, action_id: str) -> str | None:
        columns = tables.device_actions.c
        statement = select(columns.serial_key).where(columns.id == action_id, self._mine)
        found: str | None = (await self._connection.execute(statement)).scalar_one_or_none()
        return found

    async def lock(self, action_id: str) -> DeviceAction | None:
        condition = tables.device_actions.c.id == action_id
        locked: DeviceAction | None = await lock_row(self._connection, ACTIONS, condition, self._tenant_scope)
        return locked

    async def save(self, action: DeviceAction) -> None:
        table = tables.device_actions
        await self._connection.execute(update(table).where(table.c.id == action.id).values(_values(action)))

    async def renumber(self, before: str, after: str, serial_number: str) -> None:
        table, asked = tables.device_actions, tables.movements
        mine = (table.c.serial_key == before) & self._mine
        theirs = asked.c.device_action_id.in_(select(table.c.id).where(mine))
        unplaced = asked.c.vendor_movement_id.is_(None)
        await self._connection.execute(update(asked).where(theirs, unplaced).values(serial_number=serial_number))
        named = {"serial_key": after, "serial_number": serial_number, "serial": fold(serial_number)}
        await self._connection.execute(update(table).where(mine).values(named))

    async def add_comment(self, comment: Comment) -> None:
        table = tables.device_action_comments
        await self._connection.execute(insert(table), column_values(comment, table))

    @property
    def _mine(self) -> ColumnElement[bool]:
        return in_scope(tables.device_actions.c.tenant_id, self._tenant_scope)


def _values(action: DeviceAction) -> dict[str, Any]:
    return {**column_values(action, tables.device_actions), "serial": fold(action.serial_number)}


def _people(action: DeviceAction) -> list[dict[str, Any]]:
    keys = dict.fromkeys(key for key in (action.current_key, action.new_key) if key)
    return [{"tenant_id": action.tenant_id, "person_key": key, "device_action_id": action.id} for key in keys]
