"""The stores and loaders of changes that are asked of connected systems, and of what these send to us."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, update

from adapters.database.companies.tables import tenants
from adapters.database.connections.tables import (
    connection_notices,
    connections,
    device_action_changes,
    origin_changes,
)
from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import LoaderSpec, one
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import RowMapping, column_values, row_mapping, scoped, visible_when
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import upsert_into
from domain.connections.changes import ActionChange, OriginChange
from domain.connections.connections import ConnectionStatus
from domain.connections.notices import HookAddress, StoredNotice
from domain.connections.systems import System
from domain.shared.access import Environment, TenantScope

CHANGES = row_mapping(OriginChange, origin_changes)
ACTION_CHANGES = row_mapping(ActionChange, device_action_changes)
NOTICES = row_mapping(StoredNotice, connection_notices)

LONGEST_WAIT = timedelta(seconds=10)
# How often a change is looked at while somebody waits, in seconds.
LOOKS = (0.05, 0.1, 0.2, 0.25)


def _is_unsettled() -> ColumnElement[bool]:
    return origin_changes.c.settled_at.is_(None)


def _is_action_unsettled() -> ColumnElement[bool]:
    return device_action_changes.c.settled_at.is_(None)


def _is_last() -> ColumnElement[bool]:
    # Ids are in the order of time.
    later = origin_changes.alias("later")
    newer = (later.c.quote_id == origin_changes.c.quote_id) & (later.c.id > origin_changes.c.id)
    return ~select(later.c.id).where(newer).correlate(origin_changes).exists()


CHANGE_LOADERS: dict[str, LoaderSpec] = {
    "origin_change": one(CHANGES),
    "pending_change_by_quote": one(visible_when(CHANGES, _is_unsettled()), key="quote_id"),
    "last_change_by_quote": one(visible_when(CHANGES, _is_last()), key="quote_id"),
    "pending_change_of_device_action": one(visible_when(ACTION_CHANGES, _is_action_unsettled())),
    "last_change_of_device_action": one(ACTION_CHANGES),
}


class SqlOriginChanges:
    """Implements the `OriginChangeStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def find(self, change_id: str) -> OriginChange | None:
        statement = scoped(CHANGES.select().where(origin_changes.c.id == change_id), CHANGES, self._tenant_scope)
        return _change((await self._connection.execute(statement)).one_or_none())

    async def lock(self, change_id: str) -> OriginChange | None:
        mine = origin_changes.c.id == change_id
        locked: OriginChange | None = await lock_row(self._connection, CHANGES, mine, self._tenant_scope)
        return locked

    async def unsettled(self, quote_id: str) -> OriginChange | None:
        mine = (origin_changes.c.quote_id == quote_id) & _is_unsettled()
        locked: OriginChange | None = await lock_row(self._connection, CHANGES, mine, self._tenant_scope)
        return locked

    async def add(self, change: OriginChange) -> None:
        await self._connection.execute(insert(origin_changes), column_values(change, origin_changes))

    async def save(self, change: OriginChange) -> None:
        values = column_values(change, origin_changes)
        await self._connection.execute(update(origin_changes).where(origin_changes.c.id == change.id).values(values))


class SqlActionChanges:
    """Implements the `ActionChangeStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def lock(self, action_id: str) -> ActionChange | None:
        mine = device_action_changes.c.id == action_id
        locked: ActionChange | None = await lock_row(self._connection, ACTION_CHANGES, mine, self._tenant_scope)
        return locked

    async def add(self, changes: Sequence[ActionChange]) -> None:
        if changes:
            rows = [column_values(it, device_action_changes) for it in changes]
            await self._connection.execute(insert(device_action_changes), rows)

    async def save(self, change: ActionChange) -> None:
        mine = update(device_action_changes).where(device_action_changes.c.id == change.id)
        await self._connection.execute(mine.values(column_values(change, device_action_changes)))


class SqlConnectionNotices:
    """Implements the `ConnectionNoticeStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def add(self, notice: StoredNotice) -> bool:
        adding = upsert_into(connection_notices, self._connection.dialect.name).values(
            column_values(notice, connection_notices)
        )
        once = adding.on_conflict_do_nothing(index_elements=["connection_id", "delivery_id"])
        added = await self._connection.execute(once.returning(connection_notices.c.id))
        return added.first() is not None

    async def find(self, notice_id: str) -> StoredNotice | None:
        statement = scoped(NOTICES.select().where(connection_notices.c.id == notice_id), NOTICES, self._tenant_scope)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else StoredNotice._make(row)

    async def save(self, notice: StoredNotice) -> None:
        worked = update(connection_notices).where(connection_notices.c.id == notice.id)
        await self._connection.execute(worked.values(worked_at=notice.worked_at))


class SqlHookAddresses:
    """Implements the `HookAddresses` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, token_hash: str) -> HookAddress | None:
        columns = connections.c
        mine = (columns.hook_token_hash == token_hash, columns.status != str(ConnectionStatus.DISCONNECTED))
        statement = (
            select(columns.id, columns.tenant_id, tenants.c.environment, columns.system, columns.sealed_credentials)
            .join_from(connections, tenants)
            .where(*mine)
        )
        async with self._database.read.connect() as connection:
            row = (await connection.execute(statement)).one_or_none()
        if row is None:
            return None
        scope = TenantScope(Environment(row.environment), row.tenant_id)
        return HookAddress(row.id, scope, row.tenant_id, System(row.system), row.sealed_credentials)


class SqlChangeWaiter:
    """Implements the `ChangeWaiter` port: it looks at the changes until they are settled."""

    def __init__(self, database: Database, longest: timedelta = LONGEST_WAIT) -> None:
        self._database = database
        self._longest = longest.total_seconds()

    async def settled(self, tenant_scope: TenantScope, change_id: str) -> OriginChange | None:
        mine = scoped(CHANGES.select().where(origin_changes.c.id == change_id), CHANGES, tenant_scope)
        found = await self._all_settled(CHANGES, mine)
        return found[0] if found else None

    async def actions_settled(self, tenant_scope: TenantScope, action_ids: Sequence[str]) -> Sequence[ActionChange]:
        theirs = ACTION_CHANGES.select().where(device_action_changes.c.id.in_(sorted(action_ids)))
        return await self._all_settled(ACTION_CHANGES, scoped(theirs, ACTION_CHANGES, tenant_scope))

    async def _all_settled(self, changes: RowMapping, wanted: Select[Any]) -> list[Any]:
        """The changes once none of them is unsettled, or as they are after the longest wait."""
        loop = asyncio.get_running_loop()
        ends, looks = loop.time() + self._longest, iter(LOOKS)
        while True:
            async with self._database.read.connect() as connection:
                found = [changes.row._make(it) for it in await connection.execute(wanted)]
            if all(it.is_settled for it in found) or loop.time() >= ends:
                return found
            await asyncio.sleep(next(looks, LOOKS[-1]))


def _change(row: Any) -> OriginChange | None:
    return None if row is None else OriginChange._make(row)
