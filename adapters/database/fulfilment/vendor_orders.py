"""The store and loaders of vendor orders."""

from collections.abc import Sequence

from sqlalchemy import select, update

from adapters.database.core.loader_specs import LoaderSpec, many, one, one_of, paged, times
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_names, column_values, in_scope, row_mapping
from adapters.database.core.set_writes import InsertRows
from adapters.database.core.transactions import Transaction
from adapters.database.fulfilment import tables
from adapters.database.quotes.store import of_visible_quote
from domain.fulfilment.vendor_orders import VendorOrder
from domain.shared.access import TenantScope

VENDOR_ORDERS = row_mapping(VendorOrder, tables.vendor_orders)

VENDOR_ORDER_LOADERS: dict[str, LoaderSpec] = {
    "vendor_order": one(of_visible_quote(VENDOR_ORDERS)),
    "vendor_orders": paged(
        of_visible_quote(VENDOR_ORDERS),
        parent="tenant_id",
        orders={"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"},
        filters={
            "status": one_of(tables.vendor_orders.c.status),
            "attention": one_of(tables.vendor_orders.c.attention),
            **times(tables.vendor_orders.c.created_at, tables.vendor_orders.c.updated_at),
        },
    ),
    "vendor_orders_by_quote": many(VENDOR_ORDERS, key="quote_id", order=("id",)),
    "vendor_orders_by_item": many(VENDOR_ORDERS, key="item_id", order=("id",)),
}

_ADD = InsertRows(tables.vendor_orders, column_names(VendorOrder, tables.vendor_orders))


class SqlVendorOrders:
    """Implements the `VendorOrderStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def of_quote(self, quote_id: str) -> Sequence[VendorOrder]:
        columns = tables.vendor_orders.c
        mine = VENDOR_ORDERS.select().where(
            columns.quote_id == quote_id, in_scope(columns.tenant_id, self._tenant_scope)
        )
        return VENDOR_ORDERS.read(await self._connection.execute(mine.order_by(columns.id).with_for_update()))

    async def add(self, orders: Sequence[VendorOrder]) -> None:
        table = tables.vendor_orders
        await self._connection.write(_ADD, [column_values(order, table) for order in orders])

    async def place_of(self, order_id: str) -> tuple[str, str] | None:
        columns = tables.vendor_orders.c
        statement = select(columns.quote_id, columns.item_id).where(
            columns.id == order_id, in_scope(columns.tenant_id, self._tenant_scope)
        )
        found = (await self._connection.execute(statement)).one_or_none()
        return None if found is None else (found.quote_id, found.item_id)

    async def lock(self, order_id: str) -> VendorOrder | None:
        condition = tables.vendor_orders.c.id == order_id
        locked: VendorOrder | None = await lock_row(self._connection, VENDOR_ORDERS, condition, self._tenant_scope)
        return locked

    async def save(self, order: VendorOrder) -> None:
        table = tables.vendor_orders
        statement = update(table).where(table.c.id == order.id).values(column_values(order, table))
        await self._connection.execute(statement)
