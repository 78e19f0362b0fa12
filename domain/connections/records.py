"""Records as they are read from a connected system, in our words.

An adapter translates each record of its system into one of these: statuses and enums are ours, amounts are exact
decimals in major units, times are in UTC. What it cannot translate is a `Flaw` of the record, or, if nothing of the
record can be used, an `Unread`. Ids are those of the system (`external_id`). Where a status could not be translated,
`is_status_known` is false, and the status is that of an object that is not known yet: an earlier one stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from domain.catalogue.products import ProductType, Specification
from domain.connections.systems import Collection
from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.people.employees import EmployeeStatus
from domain.quotes.item_details import Article
from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    OfferStatus,
    QuoteOfferStatus,
    RecipientStatus,
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """A field of a record that could not be translated, such as an enum value that is not known. The record is used
    without it. `path` is in the words of the system, `value` as it was received."""

    path: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that could not be used at all. `external_id` is empty if the record does not say which it is; `raw` is
    the record as JSON."""

    external_id: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class ForeignPerson:
    """A person of a record: who asked for a quote, or whom it is for. `address` is the whole address on one line."""

    name: str | None = None
    email: str | None = None
    phone_number: str | None = None
    company_name: str | None = None
    address: str | None = None
    country: str | None = None
    external_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignRecipient:
    """A recipient of a line. `country` is as the system writes it. `times` are by status, `metadata` are values that
    have no field of ours."""

    external_id: str
    name: str
    country: str | None = None
    email: str | None = None
    phone_number: str | None = None
    address: str | None = None
    status: RecipientStatus = RecipientStatus.PENDING
    is_status_known: bool = True
    times: Mapping[str, datetime] = field(default_factory=dict)
    is_storage: bool = False
    serial_number: str | None = None
    tracking_code: str | None = None
    tracking_link: str | None = None
    invoice_number: str | None = None
    hire_date: date | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForeignAlternative:
    """An alternative of a line; `price` is for one unit."""

    external_id: str
    specification: Specification
    status: OfferStatus = OfferStatus.PENDING
    price: Decimal | None = None
    description: str | None = None
    is_exact_match: bool = False
    image_url: str | None = None
    is_status_known: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForeignItem:
    """A line of a quote; `price` is for one unit. `external_id` is the system's, or the position if lines have no
    ids there. `properties` are shown to the customer, `metadata` are values that have no field of ours. `article` is
    that of a line to create, with its properties."""

    external_id: str
    title: str | None = None
    product_type: ProductType = ProductType.ACCESSORY
    specification: Specification = field(default_factory=Specification)
    quantity: int = 1
    price: Decimal | None = None
    status: OfferStatus = OfferStatus.PENDING
    sku: str | None = None
    comments: str | None = None
    recipients: tuple[ForeignRecipient, ...] = ()
    alternatives: tuple[ForeignAlternative, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    is_status_known: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)
    article: Article | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ForeignOption:
    """A price option of a quote, of which the customer accepts one."""

    external_id: str
    name: str
    price: Decimal
    upfront: Decimal | None = None
    accepted_at: datetime | None = None
    accepted_by: ForeignPerson | None = None


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A file of a quote, which stays where it is."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ForeignQuote:
    """A quote of a connected system.

    `number` is what people call it, `status_word` the system's own status. `reference` is ours, in a quote that was
    created for us (`NewForeignQuote`). `times` are by name: `sent`, `viewed`,
    `accepted`, `declined`, `expired`, `voided`, `signed`, and the quote statuses. `total` is what the system says it
    costs, `url` where people see it. `metadata` are values that have no field of ours. A record whose lines are not
    known yet says nothing of them: ours stay.
    """

    external_id: str
    number: str
    created_at: datetime
    updated_at: datetime | None = None
    url: str | None = None
    status_word: str = ""
    offer_status: QuoteOfferStatus = QuoteOfferStatus.SENT
    decision_status: DecisionStatus = DecisionStatus.PENDING
    fulfilment_status: FulfilmentStatus = FulfilmentStatus.NONE
    is_status_known: bool = True
    times: Mapping[str, datetime] = field(default_factory=dict)
    title: str | None = None
    body: str | None = None
    po_number: str | None = None
    requester: ForeignPerson | None = None
    customer: ForeignPerson | None = None
    author: ForeignPerson | None = None
    assignee: ForeignPerson | None = None
    project_reference: str | None = None
    tags: tuple[str, ...] = ()
    remarks: str | None = None
    notes: str | None = None
    public_notes: str | None = None
    currency: str | None = None
    total: Decimal | None = None
    subtotal: Decimal | None = None
    discount_total: Decimal | None = None
    shipping_total: Decimal | None = None
    tax_total: Decimal | None = None
    prices_include_tax: bool = False
    expires_on: date | None = None
    expires_at: datetime | None = None
    delivery_date: date | None = None
    items: tuple[ForeignItem, ...] = ()
    options: tuple[ForeignOption, ...] = ()
    files: tuple[ForeignFile, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    # Not in the fingerprint: what follows is in the texts and the lines of the record already.
    reference: str | None = field(default=None, repr=False)
    are_items_known: bool = field(default=True, repr=False)
    # What it was read from, as JSON; not in the fingerprint, as it is what the fields say.
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignAsset:
    """A device of a connected system. Devices in use have no id there, so that `external_id` of each device is its
    serial number."""

    external_id: str
    serial_number: str
    status: AssetStatus
    country: str
    device_type: ProductType | None = None
    description: str | None = None
    employee_name: str | None = None
    condition: str | None = None
    price: Decimal | None = None
    currency: str | None = None
    purchase_source: str | None = None
    purchase_order: str | None = None
    assigned_date: date | None = None
    is_status_known: bool = True
    completion_date: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    # What it was read from, as JSON; not in the fingerprint, as it is what the fields say.
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignDeviceAction:
    """A device action of a connected system; `number` is what people call it. `reference` is ours, in an action that
    was created for us (`NewForeignAction`)."""

    external_id: str
    number: str
    type: DeviceActionType
    status: DeviceActionStatus
    serial_number: str
    created_at: datetime
    model: str | None = None
    device_type: ProductType | None = None
    country: str | None = None
    current_user: ForeignPerson | None = None
    new_recipient: ForeignPerson | None = None
    wipe: bool = False
    wipe_completed: bool = False
    tracking_code: str | None = None
    tracking_link: str | None = None
    notes: str | None = None
    is_status_known: bool = True
    times: Mapping[str, datetime] = field(default_factory=dict)
    updated_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    # Not in the fingerprint: it is in the notes already.
    reference: str | None = field(default=None, repr=False)
    # What it was read from, as JSON; not in the fingerprint, as it is what the fields say.
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignEmployee:
    """An employee of a connected system."""

    external_id: str
    name: str
    email: str
    status: EmployeeStatus
    country: str | None = None
    department: str | None = None
    job_title: str | None = None
    hire_date: date | None = None
    termination_date: date | None = None
    is_status_known: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    # What it was read from, as JSON; not in the fingerprint, as it is what the fields say.
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignConfiguration:
    """A configuration of a product."""

    external_id: str
    specification: Specification
    resolution: str | None = None
    connection_type: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForeignProduct:
    """A product of the catalogue of a connected system."""

    external_id: str
    brand: str
    model: str
    product_type: ProductType
    is_active: bool = True
    configurations: tuple[ForeignConfiguration, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    # What it was read from, as JSON; not in the fingerprint, as it is what the fields say.
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignKitDevice:
    """A device of a kit. `product_id` is the id of its product in the system."""

    product_type: ProductType
    specification: Specification
    quantity: int = 1
    product_id: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKit:
    """A kit of a connected system: devices that are requested together."""

    external_id: str
    name: str
    region: str | None = None
    tags: tuple[str, ...] = ()
    devices: tuple[ForeignKitDevice, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    # What it was read from, as JSON; not in the fingerprint, as it is what the fields say.
    raw: str = field(default="", repr=False, compare=False)


ForeignRecord = ForeignQuote | ForeignAsset | ForeignDeviceAction | ForeignEmployee | ForeignProduct | ForeignKit


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a collection. `cursor` is that of the next page, None after the last; `total` is how many records
    there are, if the system says so. One of a collection that cannot be read says nothing of what is not on it."""

    records: Sequence[ForeignRecord | Unread]
    cursor: str | None = None
    total: int | None = None
    is_unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What a request of a connected system tells: that a record has changed, which is then read again. `external_id`
    is the record's, or empty if the request names none; `delivery_id` is the same when the request is repeated."""

    delivery_id: str
    external_id: str
    collection: Collection
    event: str = ""
