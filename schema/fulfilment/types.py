"""Orders at the vendor."""

import strawberry

from domain.fulfilment.vendor_api import AlternativeGroup, Candidate
from domain.fulfilment.vendor_orders import VendorOrder as VendorOrderRow
from domain.shared.access import Scope
from schema.declare import column, edge, identity, type_of
from schema.fulfilment.enums import HardwareType, VendorAction, VendorAttention, VendorOrderStatus
from schema.quotes.enums import SendTo
from schema.shared.connections import Connection
from schema.shared.lazy import LazyQuote, LazyQuoteItem, LazyRecipient
from schema.shared.money import Money
from schema.shared.nodes import Node
from schema.shared.scalars import URL, Date, DateTime, EmailAddress


@type_of(Candidate)
class VendorCandidate:
    """A device that the vendor offers in place of the one ordered."""

    id: strawberry.ID = column("Names the candidate to `selectVendorAlternative`.")
    brand: str | None = column("Brand.")
    model: str | None = column("Model.")
    cpu: str | None = column("Processor.")
    ram: str | None = column("Memory.")
    storage: str | None = column("Storage.")
    screen_size: str | None = column("Size of the screen.")
    price: Money | None = column(
        "The vendor's price of one device, when told; for operators. Scope: `quotes:manage`.",
        scope=Scope.QUOTES_MANAGE,
    )


@type_of(AlternativeGroup)
class VendorAlternativeGroup:
    """Devices of which one can take the place of the device ordered."""

    id: strawberry.ID = column("Names the group to `selectVendorAlternative`.")
    candidates: list[VendorCandidate] = column("The devices.")


@type_of(VendorOrderRow)
class VendorOrder(Node):
    """One order at Tecspal: one accepted line to one destination."""

    id: strawberry.ID = identity("VendorOrder")
    quote: LazyQuote = edge("The quote.", loader="quote", key="quote_id")
    item: LazyQuoteItem = edge("The line.", loader="item", key="item_id")
    recipients: list[LazyRecipient] = edge("Who gets its devices.", loader="recipients_by_vendor_order", many=True)
    status: VendorOrderStatus = column("Where it stands.")
    send_to: SendTo = column("What kind of destination it goes to.")
    country: str = column("The country it goes to, ISO 3166-1 alpha-2.")
    employee_email: EmailAddress | None = column("The person it goes to.")
    hardware_type: HardwareType | None = column("What the vendor calls the device.")
    amount: int = column("How many devices.")
    vendor_order_id: str | None = column("The vendor's id of the order, once placed.")
    order_number: str | None = column("The vendor's number of the order, once placed.")
    problem: str | None = column("Why it cannot be placed, was given up, or needs an operator.")
    notice: str | None = column(
        "What an operator should know of an order that goes all the same: what is known of its recipients that the "
        "vendor has no place for, or takes only with what is not known."
    )
    attention: VendorAttention | None = column("Why an operator has to look at it; null while nobody has to.")
    asked: VendorAction | None = column("What the vendor is being asked, and has not answered yet.")
    vendor_status: str | None = column("The vendor's own word for where it stands, once known.")
    quoted_price: Money | None = column(
        "The vendor's own price of one device, once known; for operators. Scope: `quotes:manage`.",
        scope=Scope.QUOTES_MANAGE,
    )
    eta: Date | None = column("When the vendor expects to deliver.")
    min_eta: Date | None = column("When it may be delivered at the earliest.")
    max_eta: Date | None = column("When it may be delivered at the latest.")
    delivered_on: Date | None = column("The day on which it was or is to be delivered.")
    tracking_code: str | None = column("The carrier's code, once shipped.")
    tracking_link: URL | None = column("The carrier's page, once shipped.")
    serial_numbers: list[str] = column("The serial numbers of its devices, once known.")
    alternatives: list[VendorAlternativeGroup] = column(
        "What the vendor offers in place of the device; for operators. Scope: `quotes:manage`.",
        scope=Scope.QUOTES_MANAGE,
    )
    selected_candidate: VendorCandidate | None = column(
        "The vendor's device that was taken in place of the one accepted; assets are named after it.",
        attribute="selected",
    )
    created_at: DateTime = column("When the line was accepted.")
    updated_at: DateTime = column("When anything of it last changed.")


@strawberry.type(description="A page of orders at the vendor.")
class VendorOrderConnection(Connection[VendorOrder]):
    pass
