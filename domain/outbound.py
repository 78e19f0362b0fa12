"""What we ask of the world outside and how it can fail: orders, letters and tasks as plain data.

The calls themselves are protocols in `domain/ports.py`; the clients are in `adapters/`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OutboundFailure(Exception):
    """An outbound call did not end well. The text is for operators and is kept on the job.

    `final` says that trying again unchanged is pointless.
    """

    final = False


class Unavailable(OutboundFailure):
    """The other side answered that it did nothing, or was never reached: try again later."""


class Uncertain(OutboundFailure):
    """We stopped waiting or lost the connection: the other side may still carry the call out."""


class Refused(OutboundFailure):
    """The other side will not do this as it stands."""

    final = True


class NotConfigured(OutboundFailure):
    """A setting (an address, a token) is missing for this environment."""

    final = True


class SendTo(StrEnum):
    """Where Tecspal ships an order (domain-facts B.2.1)."""

    EMPLOYEE = "EMPLOYEE"
    STORAGE = "STORAGE"
    OFFICE = "OFFICE"
    QUOTE_ONLY = "QUOTE_ONLY"


class HardwareType(StrEnum):
    """What `POST /orders/quote` can order (domain-facts B.2.1)."""

    MACBOOK = "MACBOOK"
    PC = "PC"


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """One order for the vendor: one hardware line to one destination (domain-facts B.7)."""

    external_item_id: str
    company_code: str
    country_code: str
    send_to: SendTo
    employee_email: str | None
    hardware_type: HardwareType
    brand: str
    amount: int
    model: str | None = None
    processor: str | None = None
    ram: str | None = None
    disk_size: str | None = None
    display_size: str | None = None
    po_number: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """What the vendor says of an order it has; `status` is the vendor's own word."""

    vendor_id: str
    order_number: str | None
    status: str


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task for the people who price quotes. `reference` is unique and written into the task."""

    reference: str
    title: str
    notes: str


class LetterKind(StrEnum):
    """The letters we write; each has a text and an HTML template of this name."""

    QUOTE_CREATED = "quote_created"
    ITEM_ACCEPTED = "item_accepted"


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One line of a quote as a letter shows it. `price` is ready to print, or None while unpriced."""

    device: str
    quantity: int
    price: str | None
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail to one address. `message_id` stays the same when the letter is sent again."""

    kind: LetterKind
    message_id: str
    to: str
    company: str
    order_id: str
    po_number: str | None
    requester: str
    lines: tuple[LetterLine, ...]
    written_at: datetime
