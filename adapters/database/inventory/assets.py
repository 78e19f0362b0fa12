"""The store and loaders of assets."""

from collections.abc import Mapping, Sequence
from operator import eq
from typing import Any

from sqlalchemy import ColumnElement, Select, case, null, update

from adapters.database.core.column_types import in_keys
from adapters.database.core.composite_attributes import constant, money
from adapters.database.core.loader_specs import (
    Filter,
    LoaderSpec,
    compares,
    contains_words,
    equals_in_any_case,
    many,
    one,
    one_of,
    paged,
    times,
)
from adapters.database.core.origin_filters import from_elsewhere
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, in_scope, row_mapping
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import upsert_into
from adapters.database.inventory import tables
from adapters.database.node_metadata.store import has_metadata, write_metadata
from domain.inventory.assets import Asset, AssetStatus, asset_search
from domain.inventory.locations import LocationType
from domain.shared.access import TenantScope
from domain.shared.parsers import fold

ASSETS = row_mapping(Asset, tables.assets, composites={"price": money(tables.assets, "price")})

_OF = tables.assets.c
_KIND = case(
    (_OF.status == constant(AssetStatus.IN_STORAGE), constant(LocationType.STORAGE)),
    (_OF.status == constant(AssetStatus.RETIRED), null()),
    (_OF.employee_name.is_not(None), constant(LocationType.PERSON)),
    else_=constant(LocationType.OFFICE),
)

_FILTERS: dict[str, Filter] = {
    "status": one_of(tables.assets.c.status),
    **from_elsewhere(_OF.id),
    "external_id": compares(_OF.external_id, eq),
    "metadata": has_metadata(_OF.id),
    "serial_number": Filter(compares(tables.assets.c.serial, eq).condition, fold),
    "country": one_of(tables.assets.c.country),
    "device_type": one_of(tables.assets.c.device_type),
    "search": contains_words(tables.assets.c.search),
    "location_kind": one_of(_KIND),
    "location_name": equals_in_any_case(tables.assets.c.place),
    **times(tables.assets.c.created_at, tables.assets.c.updated_at),
}
_ORDERS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"}

ASSET_LOADERS: dict[str, LoaderSpec] = {
    "asset": one(ASSETS),
    "asset_by_serial": one(ASSETS, key="serial_key"),
    "assets_by_recipient": many(ASSETS, key="recipient_id", order=("id",)),
    "assets": paged(ASSETS, parent="tenant_id", orders=_ORDERS, filters=_FILTERS),
    "assets_by_employee": paged(ASSETS, parent="employee_key", orders=_ORDERS, filters=_FILTERS),
}


class SqlAssets:
    """Implements the `AssetStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def lock(self, asset_id: str) -> Asset | None:
        condition = tables.assets.c.id == asset_id
        locked: Asset | None = await lock_row(self._connection, ASSETS, condition, self._tenant_scope)
        return locked

    async def by_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        return await self._of_serials(keys, ASSETS.select())

    async def lock_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        # In a fixed order, to avoid deadlocks between transactions that lock the same assets.
        return await self._of_serials(keys, ASSETS.select().order_by(tables.assets.c.serial_key).with_for_update())

    async def lock_of_recipient(self, recipient_id: str) -> Sequence[Asset]:
        mine = ASSETS.select().where(tables.assets.c.recipient_id == recipient_id, self._mine)
        ordered = mine.order_by(tables.assets.c.id).with_for_update()
        return [Asset._make(row) for row in await self._connection.execute(ordered)]

    async def add(self, assets: Sequence[Asset]) -> set[str]:
        if not assets:
            return set()
        table = tables.assets
        added = upsert_into(table, self._connection.dialect.name)
        statement = added.on_conflict_do_nothing(index_elements=["serial_key"]).returning(table.c.id)
        # In a fixed order, to avoid deadlocks between transactions that add the same serial numbers.
        ordered = [_values(asset) for asset in sorted(assets, key=lambda it: it.serial_key)]
        ids = set((await self._connection.execute(statement, ordered)).scalars())
        await write_metadata(self._connection, (), (it for it in assets if it.id in ids))
        return ids

    async def save(self, before: Asset, after: Asset) -> None:
        table = tables.assets
        await self._connection.execute(update(table).where(table.c.id == after.id).values(_values(after)))
        await write_metadata(self._connection, (before,), (after,))

    @property
    def _mine(self) -> ColumnElement[bool]:
        return in_scope(tables.assets.c.tenant_id, self._tenant_scope)

    async def _of_serials(self, keys: Sequence[str], statement: Select[Any]) -> Mapping[str, Asset]:
        if not keys:
            return {}
        mine = statement.where(in_keys(tables.assets.c.serial_key, self._connection.dialect.name), self._mine)
        found = await self._connection.execute(mine, {"keys": keys})
        return {asset.serial_key: asset for asset in map(Asset._make, found)}


def _values(asset: Asset) -> dict[str, Any]:
    place = asset.location.name if asset.location else None
    found = {
        "serial": fold(asset.serial_number),
        "search": asset_search(asset),
        "place": fold(place) if place else None,
    }
    return {**column_values(asset, tables.assets), **found}
