"""Queries for vendor orders."""

import strawberry

from domain.shared.access import Scope
from schema.declare import list_root
from schema.fulfilment.lists import VENDOR_ORDERS
from schema.fulfilment.types import VendorOrderConnection


@strawberry.type
class VendorOrderQueries:
    vendor_orders: VendorOrderConnection | None = list_root(
        "Returns vendor orders, by default newest first. Filter by `attention` for those that an operator has to look "
        "at.",
        Scope.QUOTES_READ,
        "vendor_orders",
        VENDOR_ORDERS,
    )
