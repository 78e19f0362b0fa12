"""The type of recipients."""

import strawberry

from domain.quotes.recipients import Recipient as RecipientRow
from domain.shared.access import Scope
from schema.declare import column, edge, identity, type_of
from schema.quotes.enums import Destination, RecipientStatus
from schema.quotes.statuses import StatusTimestamp
from schema.shared.connections import Connection
from schema.shared.lazy import (
    LazyAsset,
    LazyEmployee,
    LazyOrigin,
    LazyQuote,
    LazyQuoteItem,
    LazyVendorOrder,
)
from schema.shared.metadata import MetadataEntry, external_id, metadata
from schema.shared.nodes import Node
from schema.shared.origins import origin
from schema.shared.scalars import URL, CountryCode, Date, DateTime, EmailAddress
from schema.shared.statuses import HasStatus


@type_of(RecipientRow)
class Recipient(Node, HasStatus):
    """The recipient of devices of a line: a person, store or office. The customer sees the name and country; the
    vendor sees everything it needs to ship.
    """

    id: strawberry.ID = identity("Recipient")
    origin: LazyOrigin | None = origin()
    external_id: str | None = external_id()
    metadata: list[MetadataEntry] = metadata()
    item: LazyQuoteItem = edge("The line that the devices belong to.", loader="item", key="item_id")
    quote: LazyQuote = edge("The quote that the devices belong to.", loader="quote", key="quote_id")
    name: str = column("Name of the recipient.")
    email: EmailAddress | None = column("E-mail address. The vendor needs it to ship to a person.")
    country: CountryCode = column(
        "ISO 3166-1 alpha-2 country code; `ZZ` if the connected system does not say it, or not so that it is known."
    )
    status: RecipientStatus = column("Status of the recipient's devices.")
    status_timestamps: list[StatusTimestamp] = edge(
        "Times at which each status was first reached.", loader="status_times_by_node", many=True
    )
    phone_number: str | None = column("Telephone number.")
    address: str | None = column("Delivery address, on one line.")
    is_for_storage: bool = column("Whether the device goes to a storage instead of to a person.", attribute="storage")
    tracking_code: str | None = column("The carrier's tracking code; `null` until the device is shipped.")
    tracking_link: URL | None = column("URL of the carrier's tracking page; `null` until the device is shipped.")
    serial_number: str | None = column(
        "Serial number of the device, or of the first of several devices; `null` until it is known."
    )
    serial_numbers: list[str] = column("Serial numbers of all devices; empty until they are known.")
    destination: Destination = column("Type of destination that the device is sent to.")
    city: str | None = column("City.")
    postal_code: str | None = column("Postal code.", attribute="post_code")
    address_extra: str | None = column("Additional address details, such as floor or door.")
    invoice_number: str | None = column("Invoice number; `null` until there is an invoice.")
    hire_date: Date | None = column("Date on which the person starts.")
    employee: LazyEmployee | None = edge(
        "The employee with the same e-mail address.",
        loader="employee_by_email",
        key="email_key",
        scope=Scope.EMPLOYEES_READ,
    )
    assets: list[LazyAsset] = edge(
        "The assets that were created when the devices were delivered.",
        loader="assets_by_recipient",
        many=True,
        scope=Scope.ASSETS_READ,
    )
    vendor_order: LazyVendorOrder | None = edge(
        "The vendor order that delivers the device.", loader="vendor_order", key="vendor_order_id"
    )
    created_at: DateTime = column("Date and time when the object was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of recipients.")
class RecipientConnection(Connection[Recipient]):
    pass
