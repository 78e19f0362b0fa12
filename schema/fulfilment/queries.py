"""Queries for vendor orders."""

import strawberry

from domain.shared.access import Scope
from resolvers.nodes import node_by_id
from schema.declare import list_root, one_root
from schema.fulfilment.inputs import VendorOrderBy
from schema.fulfilment.lists import VENDOR_ORDERS
from schema.fulfilment.types import VendorOrder, VendorOrderConnection


@strawberry.type
class VendorOrderQueries:
    vendor_order: VendorOrder | None = one_root(
        "Returns a vendor order, or null if there is none.",
        Scope.QUOTES_READ,
        node_by_id("VendorOrder"),
        VendorOrderBy,
    )
    vendor_orders: VendorOrderConnection | None = list_root(
        "Returns vendor orders, by default newest first. Filter by `attention` for those that an operator has to look "
        "at.",
        Scope.QUOTES_READ,
        "vendor_orders",
        VENDOR_ORDERS,
    )
