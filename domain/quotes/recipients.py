"""Recipients of the devices of a line (docs/domain.md#recipients)."""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.quotes.statuses import RecipientStatus
from domain.shared.errors import NodeRef
from domain.shared.metadata import MetadataEntry


class Destination(StrEnum):
    """The kind of destination of a vendor order (docs/domain.md#destinations)."""

    EMPLOYEE = "EMPLOYEE"
    STORAGE = "STORAGE"
    OFFICE = "OFFICE"
    QUOTE_ONLY = "QUOTE_ONLY"


class Recipient(NamedTuple):
    """The person, store or office that gets devices of a line. `email_key` identifies the person (`person_key`).

    A single recipient of a line gets all of its devices; `serial_number` is the first of `serial_numbers`. `storage` is
    true for the `destination` STORAGE. `government_id` is sent to the vendor and never shown.
    """

    id: str
    tenant_id: int
    quote_id: str
    item_id: str
    position: int
    status: RecipientStatus
    name: str
    email: str | None
    email_key: str | None
    country: str
    phone_number: str | None
    address: str | None
    storage: bool
    hire_date: date | None
    tracking_code: str | None
    tracking_link: str | None
    serial_number: str | None
    invoice_number: str | None
    vendor_order_id: str | None

    serial_numbers: tuple[str, ...] = ()
    destination: Destination = Destination.EMPLOYEE
    city: str | None = None
    post_code: str | None = None
    address_extra: str | None = None
    government_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    external_id: str | None = None
    metadata: tuple[MetadataEntry, ...] = ()

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Recipient", self.id)

    @property
    def requested(self) -> "Recipient":
        """The recipient as requested, without later changes and what is noted."""
        return self._replace(
            id="",
            status=RecipientStatus.PENDING,
            tracking_code=None,
            tracking_link=None,
            serial_number=None,
            serial_numbers=(),
            invoice_number=None,
            vendor_order_id=None,
            external_id=None,
            metadata=(),
        )
