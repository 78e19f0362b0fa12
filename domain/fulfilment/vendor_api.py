"""Orders as the vendor's API describes them, as plain data."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.quotes.recipients import SendTo
from domain.shared.money import Money


class HardwareType(StrEnum):
    """What `POST /orders/quote` can order (docs/domain.md#tecspal-order-fields)."""

    MACBOOK = "MACBOOK"
    PC = "PC"
    EXTENDED_WARRANTY_MAC = "EXTENDED_WARRANTY_MAC"
    EXTENDED_WARRANTY_WINDOWS = "EXTENDED_WARRANTY_WINDOWS"


# A line of these has a type, an amount, our id and notes, and nothing else (docs/domain.md#warranties).
WARRANTIES = frozenset({HardwareType.EXTENDED_WARRANTY_MAC, HardwareType.EXTENDED_WARRANTY_WINDOWS})


class EmployeeDetails(NamedTuple):
    """A person the vendor does not know yet; only `address_extra` may be missing
    (docs/domain.md#tecspal-order-fields)."""

    first_name: str
    last_name: str
    email: str
    phone: str
    government_id: str
    address: str
    city: str
    post_code: str
    country_code: str
    address_extra: str | None = None


class CompanyDetails(NamedTuple):
    """A company the vendor does not know yet, or is to know otherwise (docs/domain.md#company-code)."""

    name: str
    code: str
    country_code: str
    legal_number: str
    contact_email: str
    phone: str


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """One order for the vendor: one hardware line to one destination (docs/domain.md#orders-of-a-line).

    `company` is sent in place of the code, `employee` in place of the address. `auto_quote` is for a sandbox only.
    """

    external_item_id: str
    company_code: str
    country_code: str
    send_to: SendTo
    employee_email: str | None
    hardware_type: HardwareType
    brand: str | None
    amount: int
    model: str | None = None
    processor: str | None = None
    ram: str | None = None
    disk_size: str | None = None
    display_size: str | None = None
    po_number: str | None = None
    notes: str | None = None
    company: CompanyDetails | None = None
    employee: EmployeeDetails | None = None
    client_name: str | None = None
    abm_id: str | None = None
    auto_quote: bool = False


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """What the vendor says of an order it has; `status` is the vendor's own word."""

    vendor_id: str
    order_number: str | None
    status: str


class Candidate(NamedTuple):
    """A device the vendor offers in place of the one ordered (docs/domain.md#vendor-alternatives)."""

    id: str
    brand: str | None
    model: str | None
    cpu: str | None
    ram: str | None
    storage: str | None
    screen_size: str | None
    price: Money | None

    @property
    def title(self) -> str | None:
        """How people call the device; None when the vendor names neither brand nor model."""
        return " ".join(part for part in (self.brand, self.model) if part) or None

    def is_same_device(self, other: "Candidate") -> bool:
        """Whether the vendor describes both alike. What it does not describe at all is like nothing."""
        described = (self.brand, self.model, self.cpu, self.ram, self.storage, self.screen_size)
        theirs = (other.brand, other.model, other.cpu, other.ram, other.storage, other.screen_size)
        return described == theirs and self.title is not None


class AlternativeGroup(NamedTuple):
    """Devices of which one can be selected in place of an order's line (docs/domain.md#vendor-alternatives)."""

    id: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ReportedOrder:
    """An order as the vendor tells of it now (docs/domain.md#tecspal-orders). `status` is the vendor's own word.

    `device` is what the line is about now, described like a candidate. `unreadable_price` is what stands where the
    price should be when it is not an amount of the order's currency. What the answer leaves out is named in `untold`,
    and is not news.
    """

    vendor_id: str
    status: str
    price: Money | None = None
    unreadable_price: str | None = None
    eta: date | None = None
    min_eta: date | None = None
    max_eta: date | None = None
    delivered_on: date | None = None
    tracking_code: str | None = None
    tracking_link: str | None = None
    serials: tuple[str, ...] = ()
    alternatives: tuple[AlternativeGroup, ...] = ()
    device: Candidate | None = None
    untold: frozenset[str] = field(default=frozenset(), compare=False)
