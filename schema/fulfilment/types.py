"""Types of vendor orders."""

import strawberry

from domain.fulfilment.vendor_api import AlternativeGroup, Candidate
from domain.fulfilment.vendor_orders import VendorOrder as VendorOrderRow
from domain.shared.access import Scope
from schema.declare import column, edge, identity, type_of
from schema.fulfilment.enums import HardwareType, VendorAction, VendorAttention, VendorOrderStatus
from schema.quotes.enums import Destination
from schema.shared.connections import Connection
from schema.shared.lazy import LazyQuote, LazyQuoteItem, LazyRecipient
from schema.shared.money import Money
from schema.shared.nodes import Node
from schema.shared.scalars import URL, CountryCode, Date, DateTime, EmailAddress
from schema.shared.statuses import HasStatus


@type_of(Candidate)
class VendorCandidate:
    """A device that the vendor offers in place of the ordered one."""

    candidate_id: strawberry.ID = column("ID of the candidate, for `selectVendorAlternative`.", attribute="id")
    brand: str | None = column("Brand of the device.")
    model: str | None = column("Model of the device.")
    cpu: str | None = column("Processor of the device.")
    ram: str | None = column("Memory (RAM) of the device.")
    storage: str | None = column("Storage capacity of the device.")
    screen_size: str | None = column("Screen size of the device.")
    price: Money | None = column(
        "The vendor's price of one device, if the vendor gave one. For operators. Requires scope `quotes:manage`.",
        scope=Scope.QUOTES_MANAGE,
    )
    image_url: URL | None = column("The vendor's picture of the device, if the vendor gave one.")


@type_of(AlternativeGroup)
class VendorAlternativeGroup:
    """A group of devices, one of which can replace the ordered device."""

    group_id: strawberry.ID = column("ID of the group, for `selectVendorAlternative`.", attribute="id")
    candidates: list[VendorCandidate] = column("The devices in the group.")


@type_of(VendorOrderRow)
class VendorOrder(Node, HasStatus):
    """An order placed with the vendor, Tecspal: devices of one line, sent to one destination. The line is accepted, or
    only its prices are requested."""

    id: strawberry.ID = identity("VendorOrder")
    quote: LazyQuote = edge("The quote that the order belongs to.", loader="quote", key="quote_id")
    item: LazyQuoteItem = edge("The line that the order was placed for.", loader="item", key="item_id")
    recipients: list[LazyRecipient] = edge(
        "The recipients of the ordered devices.", loader="recipients_by_vendor_order", many=True
    )
    status: VendorOrderStatus = column("The status of the order.")
    is_price_request: bool = column(
        "Whether the order was placed by `requestVendorPrices` and its line is not accepted. It is not confirmed "
        "before that."
    )
    is_without_price: bool = column(
        "Whether the order is a price request that brought no price and awaits none: it failed, lacks data, was "
        "cancelled or lost. Its item has the price of its other destinations."
    )
    destination: Destination = column("Type of destination that the order is sent to.", attribute="send_to")
    country: CountryCode = column("ISO 3166-1 alpha-2 code of the country the order is sent to.")
    employee_email: EmailAddress | None = column("E-mail address of the person the order is sent to.")
    hardware_type: HardwareType | None = column("Hardware type under which the vendor lists the device.")
    quantity: int = column("Number of ordered devices.", attribute="amount")
    vendor_order_id: str | None = column("The vendor's ID of the order; `null` until it is placed.")
    order_number: str | None = column("The vendor's order number; `null` until the order is placed.")
    problem: str | None = column(
        "The reason why the order cannot be placed, failed or needs an operator, or what its confirmation waits for."
    )
    notice: str | None = column(
        "Information for operators about an order that is placed anyway: details of its "
        "recipients that the vendor has no field for, or accepts only together with details that "
        "are unknown; the alternative that was selected for the order that this one replaces; the order that is "
        "wanted where the vendor has the item twice."
    )
    attention: VendorAttention | None = column(
        "The reason why an operator has to look at the order; `null` if no attention is needed."
    )
    requested_action: VendorAction | None = column(
        "The action that the vendor was asked to take and has not answered yet.", attribute="asked"
    )
    vendor_status: str | None = column(
        "The status of the order in the vendor's own terms; `null` until the vendor reports one."
    )
    quoted_price: Money | None = column(
        "The vendor's own price of one device; `null` until the vendor quotes it. For operators. "
        "Requires scope `quotes:manage`.",
        scope=Scope.QUOTES_MANAGE,
    )
    eta: Date | None = column("Date on which the vendor expects to deliver.")
    min_eta: Date | None = column("Earliest expected delivery date.")
    max_eta: Date | None = column("Latest expected delivery date.")
    delivered_on: Date | None = column("Date on which the order was or will be delivered.")
    tracking_code: str | None = column("The carrier's tracking code; `null` until the order is shipped.")
    tracking_link: URL | None = column("URL of the carrier's tracking page; `null` until the order is shipped.")
    serial_numbers: list[str] = column("Serial numbers of the ordered devices; empty until they are known.")
    alternatives: list[VendorAlternativeGroup] = column(
        "Devices that the vendor offers in place of the ordered one. For operators. Requires scope `quotes:manage`.",
        scope=Scope.QUOTES_MANAGE,
    )
    selected_candidate: VendorCandidate | None = column(
        "The candidate that was selected in place of the accepted device. Assets are named after it.",
        attribute="selected",
    )
    created_at: DateTime = column("Date and time when the line was accepted, or its prices were requested.")
    updated_at: DateTime = column("Date and time when the order was last changed.")


@strawberry.type(description="A page of vendor orders.")
class VendorOrderConnection(Connection[VendorOrder]):
    pass
