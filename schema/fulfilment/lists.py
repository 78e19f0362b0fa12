"""How lists of vendor orders are narrowed and ordered."""

import strawberry

from resolvers.fulfilment import vendor_orders
from resolvers.fulfilment.vendor_orders import VendorOrderFilters
from schema.declare import ListOf
from schema.fulfilment.enums import VendorAttention, VendorOrderStatus
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, DatedFilter, status_field
from schema.shared.ordering import CREATED, UPDATED, order_input


@strawberry.input(description=f"Filters for vendor orders. {MUST_HOLD}")
class VendorOrderFilter(DatedFilter):
    kind = VendorOrderFilters

    status: list[VendorOrderStatus] | None = status_field()
    attention: list[VendorAttention] | None = strawberry.field(
        default=None, description="Only orders that need an operator's attention for one of these reasons."
    )


VENDOR_ORDERS = ListOf(
    "vendor orders",
    VendorOrderFilter,
    order_input("VendorOrder", "vendor orders", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED),
    vendor_orders.narrow,
)
