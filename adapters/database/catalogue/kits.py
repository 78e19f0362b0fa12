"""The store and loaders of kits, their devices and tags."""

from collections.abc import Mapping, Sequence
from operator import eq
from typing import Any

from sqlalchemy import delete, insert, update

from adapters.database.catalogue import tables
from adapters.database.core.loader_specs import LoaderSpec, compares, contains_words, many, one, paged, times
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, row_mapping
from adapters.database.core.transactions import Transaction
from adapters.database.tags.store import has_tag, write_tags
from domain.catalogue.kits import Kit, KitAggregate, KitDevice
from domain.shared.access import TenantScope
from domain.shared.search import search_form

KITS = row_mapping(Kit, tables.kits)
KIT_DEVICES = row_mapping(KitDevice, tables.kit_devices)

KIT_LOADERS: dict[str, LoaderSpec] = {
    "kits": paged(
        KITS,
        parent="tenant_id",
        orders={"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "NAME": "search"},
        filters={
            "search": contains_words(tables.kits.c.search),
            "tag": has_tag(tables.kits.c.id),
            "region": compares(tables.kits.c.region, eq),
            **times(tables.kits.c.created_at, tables.kits.c.updated_at),
        },
    ),
    "kit": one(KITS),
    "kit_device": one(KIT_DEVICES),
    "devices_by_kit": many(KIT_DEVICES, key="kit_id"),
}


class SqlKits:
    """Implements the `KitStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def of_tenant(self, tenant_id: int, ids: Sequence[str]) -> Mapping[str, KitAggregate]:
        if not ids:
            return {}
        mine = KITS.select().where(tables.kits.c.id.in_(ids), tables.kits.c.tenant_id == tenant_id)
        kits = [Kit._make(row) for row in await self._connection.execute(mine)]
        columns = tables.kit_devices.c
        theirs = (
            KIT_DEVICES.select()
            .where(columns.kit_id.in_([kit.id for kit in kits]))
            .order_by(columns.position, columns.id)
        )
        devices = [KitDevice._make(row) for row in await self._connection.execute(theirs)] if kits else []
        return {kit.id: KitAggregate(kit, tuple(it for it in devices if it.kit_id == kit.id)) for kit in kits}

    async def add(self, kit: KitAggregate) -> None:
        await self._connection.execute(insert(tables.kits), _row(kit.kit))
        await self._insert_devices(kit)
        await write_tags(self._connection, kit.kit.tenant_id, kit.kit.id, kit.kit.tags)

    async def save(self, before: KitAggregate, after: KitAggregate) -> None:
        mine = tables.kits.c.id == after.kit.id
        await self._connection.execute(update(tables.kits).where(mine).values(_row(after.kit)))
        if before.devices != after.devices:
            await self._connection.execute(
                delete(tables.kit_devices).where(tables.kit_devices.c.kit_id == after.kit.id)
            )
            await self._insert_devices(after)
        if before.kit.tags != after.kit.tags:
            await write_tags(self._connection, after.kit.tenant_id, after.kit.id, after.kit.tags)

    async def lock(self, kit_id: str) -> Kit | None:
        condition = tables.kits.c.id == kit_id
        locked: Kit | None = await lock_row(self._connection, KITS, condition, self._tenant_scope)
        return locked

    async def remove(self, kit: Kit) -> None:
        await write_tags(self._connection, kit.tenant_id, kit.id, ())
        await self._connection.execute(delete(tables.kits).where(tables.kits.c.id == kit.id))

    async def _insert_devices(self, kit: KitAggregate) -> None:
        devices = [column_values(it, tables.kit_devices) for it in kit.devices]
        await self._connection.execute(insert(tables.kit_devices), devices)


def _row(kit: Kit) -> dict[str, Any]:
    return {**column_values(kit, tables.kits), "search": search_form(kit.name)}
