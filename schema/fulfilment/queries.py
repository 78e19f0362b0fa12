"""Queries for vendor orders."""

import strawberry

from domain.shared.access import Scope
from resolvers.fulfilment import vendor_orders
from schema.declare import list_root
from schema.fulfilment.inputs import VendorOrderFilter
from schema.fulfilment.types import VendorOrderConnection


@strawberry.type
class VendorOrderQueries:
    vendor_orders: VendorOrderConnection = list_root(
        "Returns vendor orders, newest first. Filter by `attention` for those that an operator has to look at.",
        Scope.QUOTES_READ,
        vendor_orders.vendor_orders,
        VendorOrderFilter,
        "Filters for the list of vendor orders.",
    )
