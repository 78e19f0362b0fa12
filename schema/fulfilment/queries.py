"""Reading orders at the vendor."""

import strawberry

from domain.shared.access import Scope
from resolvers.fulfilment import vendor_orders
from schema.declare import list_root
from schema.fulfilment.inputs import VendorOrderFilter
from schema.fulfilment.types import VendorOrderConnection


@strawberry.type
class VendorOrderQueries:
    vendor_orders: VendorOrderConnection = list_root(
        "Orders at the vendor, the newest first: all, or those that wait for somebody.",
        Scope.QUOTES_READ,
        vendor_orders.vendor_orders,
        VendorOrderFilter,
        "Which orders.",
    )
