"""Resolvers for vendor orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.fulfilment.vendor_orders import VendorAttention, VendorOrderStatus
from resolvers.context import Context
from resolvers.lists import DatedFilters, Narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorOrderFilters(DatedFilters):
    """The filters of a list of vendor orders, as entered."""

    status: Sequence[VendorOrderStatus] | None = None
    attention: Sequence[VendorAttention] | None = None


def narrow(given: VendorOrderFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of vendor orders."""
    narrowing.one_of("status", given.status)
    narrowing.one_of("attention", given.attention)
    narrowing.dates(given)


async def selected_of(context: Context, item_id: str) -> list[Any]:
    """The candidates that were selected for a line in place of the accepted device."""
    orders = await context.load("vendor_orders_by_item", item_id)
    return [order.selected for order in orders if order.selected is not None]
