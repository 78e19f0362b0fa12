"""Vendor orders: what an accepted line asks of Tecspal, and what stands in the way
(docs/domain.md#orders-of-a-line)."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.catalogue.products import DEVICES, ProductType
from domain.fulfilment.vendor_api import (
    AlternativeGroup,
    Candidate,
    CompanyDetails,
    EmployeeDetails,
    HardwareType,
    OrderRequest,
)
from domain.fulfilment.vendor_brands import VENDOR_BRANDS, vendor_brand
from domain.fulfilment.vendor_people import described, untold
from domain.quotes.aggregate import Line
from domain.quotes.recipients import Recipient, SendTo
from domain.quotes.rows import Alternative, Quote
from domain.shared.errors import NodeRef
from domain.shared.money import Money

VENDOR_WARRANTIES = {
    ProductType.WARRANTY_MAC: HardwareType.EXTENDED_WARRANTY_MAC,
    ProductType.WARRANTY_WINDOWS: HardwareType.EXTENDED_WARRANTY_WINDOWS,
}


class VendorOrderStatus(StrEnum):
    """Where an order stands: first with us, then in the vendor's words (docs/domain.md#order-status)."""

    NEEDS_DATA = "NEEDS_DATA"
    NOT_ORDERABLE = "NOT_ORDERABLE"
    QUEUED = "QUEUED"
    FAILED = "FAILED"
    PENDING = "PENDING"
    QUOTED = "QUOTED"
    ACCEPTED = "ACCEPTED"
    IN_PROGRESS = "IN_PROGRESS"
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"


VENDOR_WORDS = frozenset({"PENDING", "QUOTED", "ACCEPTED", "IN_PROGRESS", "DELIVERED", "CANCELLED"})


class VendorAction(StrEnum):
    """What the vendor can be asked to do with an order it has (docs/domain.md#tecspal-order-states)."""

    CONFIRM = "CONFIRM"
    CANCEL = "CANCEL"
    SELECT = "SELECT"


class VendorAttention(StrEnum):
    """Why an operator has to look at an order; `problem` says more."""

    PRICE_ABOVE_AGREED = "PRICE_ABOVE_AGREED"
    OTHER_CURRENCY = "OTHER_CURRENCY"
    UNREADABLE_PRICE = "UNREADABLE_PRICE"
    CANCELLED_BY_VENDOR = "CANCELLED_BY_VENDOR"
    REFUSED = "REFUSED"
    DUPLICATE_SERIAL = "DUPLICATE_SERIAL"
    LOST = "LOST"


class VendorOrder(NamedTuple):
    """One order at the vendor: one accepted line to one destination. Its id is the `externalItemId` sent.

    `vendor_status` is the vendor's own word. `asked` is what the vendor is still to be asked, at a price of at most
    `asked_price` when that is to confirm. `employee` describes a person to a vendor who does not know them. `notice` is
    what operators should know of an order that goes all the same. `selected` is the vendor's device that it delivers in
    place of the one accepted.
    """

    id: str
    tenant_id: int
    quote_id: str
    item_id: str
    status: VendorOrderStatus
    send_to: SendTo
    country: str
    employee_email: str | None
    hardware_type: HardwareType | None
    amount: int
    vendor_order_id: str | None
    order_number: str | None
    problem: str | None
    created_at: datetime
    updated_at: datetime

    vendor_status: str | None = None
    quoted_price_minor: int | None = None
    quoted_price_currency: str | None = None
    eta: date | None = None
    min_eta: date | None = None
    max_eta: date | None = None
    delivered_on: date | None = None
    tracking_code: str | None = None
    tracking_link: str | None = None
    serial_numbers: tuple[str, ...] = ()
    alternatives: tuple[AlternativeGroup, ...] = ()
    attention: VendorAttention | None = None
    asked: VendorAction | None = None
    asked_price_minor: int | None = None
    asked_price_currency: str | None = None
    asked_group_id: str | None = None
    asked_candidate_id: str | None = None
    employee: EmployeeDetails | None = None
    notice: str | None = None
    selected: Candidate | None = None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """What the properties are made of, for readers that load no more than is asked for."""
        price = ("quoted_price_minor", "quoted_price_currency")
        return {"quoted_price": price, "asked_price": ("asked_price_minor", "asked_price_currency")}

    @property
    def ref(self) -> NodeRef:
        return NodeRef("VendorOrder", self.id)

    @property
    def quoted_price(self) -> Money | None:
        """The vendor's price of one device."""
        return money_of(self.quoted_price_minor, self.quoted_price_currency)

    @property
    def asked_price(self) -> Money | None:
        """The price up to which the order is to be confirmed."""
        return money_of(self.asked_price_minor, self.asked_price_currency)


class Destination(NamedTuple):
    """What makes two recipients of a line share an order."""

    country: str
    send_to: SendTo
    person: str | None
    alone: str | None
    described: EmployeeDetails | None = None


def orders_for(
    quote: Quote, line: Line, at: datetime, new_id: Callable[[], str]
) -> tuple[tuple[VendorOrder, ...], tuple[Recipient, ...]]:
    """The orders of a line just accepted, and its recipients, each pointing at its order
    (docs/domain.md#orders-of-a-line)."""
    groups: dict[Destination, list[Recipient]] = {}
    for recipient in line.recipients:
        groups.setdefault(_destination(recipient), []).append(recipient)
    orders: list[VendorOrder] = []
    placed: dict[str, str] = {}
    for destination, recipients in groups.items():
        amount = line.item.quantity if len(line.recipients) == 1 else len(recipients)
        order = _order(quote, line, destination, recipients, amount, at, new_id())
        orders.append(order)
        placed.update((recipient.id, order.id) for recipient in recipients)
    return tuple(orders), tuple(it._replace(vendor_order_id=placed[it.id]) for it in line.recipients)


def order_request(
    order: VendorOrder,
    quote: Quote,
    line: Line,
    company_code: str,
    company: CompanyDetails | None = None,
    sandbox: bool = False,
) -> OrderRequest:
    """What the vendor is sent for a queued order (docs/domain.md#orders-of-a-line).

    A `company` that is described is sent in place of its code. Only a `sandbox` is asked to price at once.
    """
    offer = line.accepted_offer or line.item
    assert order.hardware_type is not None, "queued() lets nothing pass that has no type at the vendor"
    return OrderRequest(
        external_item_id=order.id,
        company_code=company_code,
        country_code=order.country,
        send_to=order.send_to,
        employee_email=order.employee_email,
        hardware_type=order.hardware_type,
        brand=vendor_brand(offer.brand),
        amount=order.amount,
        model=offer.model,
        processor=offer.cpu,
        ram=offer.ram,
        disk_size=offer.storage,
        display_size=offer.screen_size,
        po_number=quote.po_number,
        employee=order.employee,
        notes=_notes(line),
        company=company,
        client_name=quote.client_name,
        abm_id=quote.abm_id,
        auto_quote=quote.auto_quote and sandbox,
    )


def queued(order: VendorOrder, line: Line) -> VendorOrder:
    """The order, QUEUED if the vendor can be sent all it needs; otherwise NOT_ORDERABLE or NEEDS_DATA, with the reason.

    Every path to the queue leads through here, however often an order takes it: nothing the vendor does not sell gets
    there, and nothing is made up for what is not known (docs/domain.md#order-blockers).
    """
    hardware, problem = _hardware(line)
    if problem is not None:
        return order._replace(status=VendorOrderStatus.NOT_ORDERABLE, hardware_type=None, problem=problem)
    problem = _lacking(order)
    status = VendorOrderStatus.QUEUED if problem is None else VendorOrderStatus.NEEDS_DATA
    return order._replace(status=status, hardware_type=hardware, problem=problem)


def copy_for_reorder(order: VendorOrder, line: Line, at: datetime, order_id: str) -> VendorOrder:
    """An order like a cancelled one, of which the vendor has heard nothing yet; judged like any other."""
    kept = ("employee", "notice")
    new = {name: default for name, default in VendorOrder._field_defaults.items() if name not in kept}
    again = order._replace(id=order_id, vendor_order_id=None, order_number=None, created_at=at, updated_at=at, **new)
    return queued(again, line)


def money_of(minor: int | None, currency: str | None) -> Money | None:
    """Two columns as an amount."""
    return None if minor is None or currency is None else Money(minor, currency)


def vendor_status(word: str) -> VendorOrderStatus:
    """The vendor's own word as a status; a word nobody has seen means work in progress
    (docs/domain.md#order-status)."""
    status = word.upper()
    return VendorOrderStatus(status) if status in VENDOR_WORDS else VendorOrderStatus.IN_PROGRESS


def _destination(recipient: Recipient) -> Destination:
    send_to = SendTo.STORAGE if recipient.storage else recipient.destination
    if send_to != SendTo.EMPLOYEE:
        return Destination(recipient.country, send_to, None, None)
    # Without an address nothing says that two recipients are one person.
    alone = recipient.id if recipient.email is None else None
    return Destination(recipient.country, SendTo.EMPLOYEE, recipient.email_key, alone, described(recipient))


def _order(
    quote: Quote,
    line: Line,
    to: Destination,
    recipients: list[Recipient],
    amount: int,
    at: datetime,
    order_id: str,
) -> VendorOrder:
    email = recipients[0].email if to.send_to == SendTo.EMPLOYEE else None
    order = VendorOrder(
        id=order_id,
        tenant_id=quote.tenant_id,
        quote_id=quote.id,
        item_id=line.item.id,
        status=VendorOrderStatus.NOT_ORDERABLE,
        send_to=to.send_to,
        country=to.country,
        employee_email=email,
        hardware_type=None,
        amount=amount,
        vendor_order_id=None,
        order_number=None,
        problem=None,
        created_at=at,
        updated_at=at,
        employee=to.described,
        notice=untold(recipients, to.send_to, to.described is not None),
    )
    return queued(order, line)


def _lacking(order: VendorOrder) -> str | None:
    """What the vendor has to be told and nobody knows."""
    if order.send_to == SendTo.EMPLOYEE and order.employee is None and order.employee_email is None:
        return "The recipient has no e-mail address, by which the vendor knows employees."
    if order.employee is not None and not order.employee.last_name:
        # Left out, all that is known of the person but the e-mail address would be lost on the way.
        name = order.employee.first_name
        return f"The vendor wants a first and a last name, and “{name}” is one word: say the lastName, with `employee`."
    return None


def _hardware(line: Line) -> tuple[HardwareType | None, str | None]:
    if (warranty := VENDOR_WARRANTIES.get(line.item.product_type)) is not None:
        return warranty, None
    if line.item.product_type != ProductType.LAPTOP:
        return None, f"The vendor takes orders for laptops only, not for {DEVICES[line.item.product_type]}."
    given = (line.accepted_offer or line.item).brand
    if (brand := vendor_brand(given)) is None:
        wanted = f"no laptops of “{given}”" if given else "laptops by their brand, and none is given"
        return None, f"The vendor has {wanted}; its brands are {', '.join(sorted(VENDOR_BRANDS))}."
    return (HardwareType.MACBOOK if brand == "APPLE" else HardwareType.PC), None


def _notes(line: Line) -> str | None:
    """What the vendor is told of a line in words: its comments, and what an order has no field for."""
    offer = line.accepted_offer or line.item
    described = offer.description if isinstance(offer, Alternative) else None
    named = (("Description", described), ("Operating system", offer.os), ("Keyboard", offer.keyboard_layout))
    said = [line.item.comments, *(f"{name}: {value}" for name, value in named if value)]
    return "\n".join(it for it in said if it) or None
