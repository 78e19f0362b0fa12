"""Orders as the vendor's API describes them, as plain data."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.quotes.recipients import Destination
from domain.shared.money import Money


class HardwareType(StrEnum):
    """What `POST /orders/quote` can order (docs/domain.md#tecspal-order-fields)."""

    MACBOOK = "MACBOOK"
    PC = "PC"
    EXTENDED_WARRANTY_MAC = "EXTENDED_WARRANTY_MAC"
    EXTENDED_WARRANTY_WINDOWS = "EXTENDED_WARRANTY_WINDOWS"


# Lines of these types have a type, an amount, our id and notes only (docs/domain.md#warranties).
WARRANTIES = frozenset({HardwareType.EXTENDED_WARRANTY_MAC, HardwareType.EXTENDED_WARRANTY_WINDOWS})


class EmployeeDetails(NamedTuple):
    """A person who is unknown to the vendor; only `address_extra` is optional (docs/domain.md#tecspal-order-fields)."""

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
    """A company that is unknown to the vendor or whose data changed (docs/domain.md#company-code)."""

    name: str
    code: str
    country_code: str
    legal_number: str
    contact_email: str
    phone: str


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """One order for the vendor: one hardware line to one destination (docs/domain.md#orders-of-a-line), and `more`
    lines to the same.

    `company` replaces the code, `employee` the address. `auto_quote` is for the sandbox only.
    """

    external_item_id: str
    company_code: str
    country_code: str
    send_to: Destination
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
    more: "tuple[OrderRequest, ...]" = ()


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """The vendor's response to a placed order; `status` is the vendor's own value, `external_ids` are ours of its
    lines."""

    vendor_id: str
    order_number: str | None
    status: str
    external_ids: frozenset[str] = field(default=frozenset(), compare=False)


class Candidate(NamedTuple):
    """A device that the vendor offers in place of the one ordered (docs/domain.md#vendor-alternatives)."""

    id: str
    brand: str | None
    model: str | None
    cpu: str | None
    ram: str | None
    storage: str | None
    screen_size: str | None
    price: Money | None
    image_url: str | None = None

    @property
    def title(self) -> str | None:
        """The display name of the device; None if the vendor gives neither brand nor model."""
        return " ".join(part for part in (self.brand, self.model) if part) or None

    def is_same_device(self, other: "Candidate") -> bool:
        """Whether both have the same description. Candidates without brand and model are never the same."""
        described = (self.brand, self.model, self.cpu, self.ram, self.storage, self.screen_size)
        theirs = (other.brand, other.model, other.cpu, other.ram, other.storage, other.screen_size)
        return described == theirs and self.title is not None


class AlternativeGroup(NamedTuple):
    """Candidates of which one can be selected for an order's line (docs/domain.md#vendor-alternatives)."""

    id: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ReportedOrder:
    """An order as the vendor reports it (docs/domain.md#tecspal-orders). `status` is the vendor's own value.

    `device` is the current device of the line, described like a candidate. `unreadable_price` is the price field if it
    is not an amount in the order's currency. `missing` are the fields missing from the response, which stay unchanged.
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
    missing: frozenset[str] = field(default=frozenset(), compare=False)
