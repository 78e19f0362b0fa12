"""Resolvers for vendor orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.fulfilment.vendor_orders import VendorAttention, VendorOrderStatus
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class VendorOrderFilters:
    """The filters of a list of vendor orders, as entered."""

    status: Sequence[VendorOrderStatus] | None = None
    attention: Sequence[VendorAttention] | None = None


async def vendor_orders(context: Context, page: PageArguments, given: VendorOrderFilters) -> Any:
    """Vendor orders in the tenant scope, newest first."""
    wanted = (("status", given.status), ("attention", given.attention))
    filters = [(name, tuple(values)) for name, values in wanted if values is not None]
    key = page_key("vendor_orders", page, "CREATED_AT", True, filters=filters)
    return Connection("vendor_orders", key, await context.load("vendor_orders", key))


async def selected_of(context: Context, item_id: str) -> list[Any]:
    """The candidates that were selected for a line in place of the accepted device."""
    orders = await context.load("vendor_orders_by_item", item_id)
    return [order.selected for order in orders if order.selected is not None]
