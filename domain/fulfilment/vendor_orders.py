"""Vendor orders: what is ordered at Tecspal for an accepted line, and what prevents an order
(docs/domain.md#orders-of-a-line)."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.catalogue.products import DEVICES, NOT_ORDERED, ProductType
from domain.fulfilment.vendor_api import (
    AlternativeGroup,
    Candidate,
    CompanyDetails,
    EmployeeDetails,
    HardwareType,
    OrderRequest,
)
from domain.fulfilment.vendor_brands import VENDOR_BRANDS, vendor_brand
from domain.fulfilment.vendor_people import described, unsent_notice
from domain.quotes.aggregate import Line
from domain.quotes.recipients import Destination, Recipient
from domain.quotes.rows import Alternative, Quote
from domain.shared.errors import NodeRef
from domain.shared.money import Money

VENDOR_WARRANTIES = {
    ProductType.WARRANTY_MAC: HardwareType.EXTENDED_WARRANTY_MAC,
    ProductType.WARRANTY_WINDOWS: HardwareType.EXTENDED_WARRANTY_WINDOWS,
}


class VendorOrderStatus(StrEnum):
    """The status of an order: ours until it is placed, then the vendor's (docs/domain.md#order-status)."""

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


VENDOR_STATUSES = frozenset({"PENDING", "QUOTED", "ACCEPTED", "IN_PROGRESS", "DELIVERED", "CANCELLED"})


class VendorAction(StrEnum):
    """An action that the vendor can be requested to perform on an order (docs/domain.md#tecspal-order-states)."""

    CONFIRM = "CONFIRM"
    CANCEL = "CANCEL"
    SELECT = "SELECT"


class VendorAttention(StrEnum):
    """Why an operator has to look at an order; `problem` has the details."""

    PRICE_ABOVE_AGREED = "PRICE_ABOVE_AGREED"
    OTHER_CURRENCY = "OTHER_CURRENCY"
    UNREADABLE_PRICE = "UNREADABLE_PRICE"
    CANCELLED_BY_VENDOR = "CANCELLED_BY_VENDOR"
    REFUSED = "REFUSED"
    DUPLICATE_SERIAL = "DUPLICATE_SERIAL"
    LOST = "LOST"
    ALTERNATIVE_DROPPED = "ALTERNATIVE_DROPPED"


class VendorOrder(NamedTuple):
    """One order at the vendor: one line to one destination. Its id is sent as `externalItemId`.

    A price request is placed before the line is decided and becomes its order when it is accepted as it was then, which
    `price_basis` tells (`domain/fulfilment/price_requests.py`). Those with the same `batch_id` are one order there
    (`domain/fulfilment/order_batches.py`).

    `vendor_status` is the vendor's own value. `asked` is the pending request to the vendor; for a confirmation,
    `asked_price` is the maximum price. `employee` describes a person who is unknown to the vendor. `notice` informs
    operators without stopping the order. `selected` is the candidate that is delivered in place of the accepted device.
    """

    id: str
    tenant_id: int
    quote_id: str
    item_id: str
    status: VendorOrderStatus
    send_to: Destination
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
    is_price_request: bool = False
    price_basis: str | None = None
    batch_id: str | None = None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        price = ("quoted_price_minor", "quoted_price_currency")
        without = ("is_price_request", "status", "asked", "attention", *price)
        asked = ("asked_price_minor", "asked_price_currency")
        return {"quoted_price": price, "asked_price": asked, "is_without_price": without}

    @property
    def ref(self) -> NodeRef:
        return NodeRef("VendorOrder", self.id)

    @property
    def quoted_price(self) -> Money | None:
        """The vendor's price of one device."""
        return money_of(self.quoted_price_minor, self.quoted_price_currency)

    @property
    def is_without_price(self) -> bool:
        """Whether this price request has no price of the vendor and awaits none (docs/domain.md#vendor-prices)."""
        called_off = self.asked == VendorAction.CANCEL or self.attention == VendorAttention.LOST
        awaited = self.status in (VendorOrderStatus.QUEUED, VendorOrderStatus.PENDING) and not called_off
        return self.is_price_request and self.quoted_price is None and not awaited

    @property
    def asked_price(self) -> Money | None:
        """The maximum price at which the order is to be confirmed."""
        return money_of(self.asked_price_minor, self.asked_price_currency)


class OrderKey(NamedTuple):
    """The key by which recipients of a line share an order."""

    country: str
    send_to: Destination
    person: str | None
    alone: str | None
    described: EmployeeDetails | None = None


def orders_for(
    quote: Quote, line: Line, at: datetime, new_id: Callable[[], str]
) -> tuple[tuple[VendorOrder, ...], tuple[Recipient, ...]]:
    """The orders of a line that was just accepted, and its recipients with the ids of their orders
    (docs/domain.md#orders-of-a-line). No vendor is asked for other goods and services."""
    if line.item.product_type in NOT_ORDERED:
        return (), line.recipients
    groups: dict[OrderKey, list[Recipient]] = {}
    for recipient in line.recipients:
        groups.setdefault(_order_key(recipient), []).append(recipient)
    orders: list[VendorOrder] = []
    placed: dict[str, str] = {}
    for shared, recipients in groups.items():
        amount = line.item.quantity if len(line.recipients) == 1 else len(recipients)
        order = _order(quote, line, shared, recipients, amount, at, new_id())
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
    """The request that places a queued order (docs/domain.md#orders-of-a-line).

    `company` is sent in place of its code. Automatic pricing is requested only in the `sandbox`.
    """
    offer = line.accepted_offer or line.item
    assert order.hardware_type is not None, "queued() requires a hardware type"
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
    """The order with status QUEUED if all required data is known; otherwise NOT_ORDERABLE or NEEDS_DATA, with the
    problem.

    Every order is queued by this function, so that nothing is ordered that the vendor does not sell, and no missing
    data is invented (docs/domain.md#order-blockers).
    """
    hardware, problem = _hardware(line)
    if problem is not None:
        return order._replace(status=VendorOrderStatus.NOT_ORDERABLE, hardware_type=None, problem=problem)
    problem = _missing_data(order)
    status = VendorOrderStatus.QUEUED if problem is None else VendorOrderStatus.NEEDS_DATA
    return order._replace(status=status, hardware_type=hardware, problem=problem)


def copy_for_reorder(order: VendorOrder, line: Line, at: datetime, order_id: str) -> VendorOrder:
    """A copy of an order that is or will be cancelled, not placed yet and checked like a new one."""
    copied = ("employee", "notice", "is_price_request", "price_basis")
    new = {name: default for name, default in VendorOrder._field_defaults.items() if name not in copied}
    again = order._replace(id=order_id, vendor_order_id=None, order_number=None, created_at=at, updated_at=at, **new)
    return queued(again, line)


def cancelled_copy(order: VendorOrder, at: datetime, order_id: str) -> VendorOrder:
    """A copy of an order, for a line that the vendor has besides and that nobody wants."""
    wanted = order.order_number or order.vendor_order_id
    notice = f"The vendor has this item twice: order {wanted} is the wanted one. Do not confirm this one."
    new = VendorOrder._field_defaults | {"employee": order.employee, "is_price_request": order.is_price_request}
    new |= {"id": order_id, "vendor_order_id": None, "order_number": None, "problem": None, "notice": notice}
    new |= {"status": VendorOrderStatus.CANCELLED}
    return order._replace(created_at=at, updated_at=at, **new)


def money_of(minor: int | None, currency: str | None) -> Money | None:
    """The amount stored in two columns."""
    return None if minor is None or currency is None else Money(minor, currency)


def expected_delivery(orders: Iterable[VendorOrder]) -> date | None:
    """The last date on which something of these orders was delivered or is expected; None if none is known
    (docs/domain.md#delivery-date)."""
    left = (it for it in orders if it.status != VendorOrderStatus.CANCELLED)
    dates = (it.delivered_on or it.eta or it.max_eta for it in left)
    return max(filter(None, dates), default=None)


def vendor_status(word: str) -> VendorOrderStatus:
    """The vendor's status as ours; an unknown value means IN_PROGRESS (docs/domain.md#order-status)."""
    status = word.upper()
    return VendorOrderStatus(status) if status in VENDOR_STATUSES else VendorOrderStatus.IN_PROGRESS


def _order_key(recipient: Recipient) -> OrderKey:
    send_to = Destination.STORAGE if recipient.storage else recipient.destination
    if send_to != Destination.EMPLOYEE:
        return OrderKey(recipient.country, send_to, None, None)
    # Without an address, recipients cannot be recognised as the same person.
    alone = recipient.id if recipient.email is None else None
    return OrderKey(recipient.country, Destination.EMPLOYEE, recipient.email_key, alone, described(recipient))


def _order(
    quote: Quote,
    line: Line,
    to: OrderKey,
    recipients: list[Recipient],
    amount: int,
    at: datetime,
    order_id: str,
) -> VendorOrder:
    email = recipients[0].email if to.send_to == Destination.EMPLOYEE else None
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
        notice=unsent_notice(recipients, to.send_to, to.described is not None),
    )
    return queued(order, line)


def _missing_data(order: VendorOrder) -> str | None:
    """The required data that is missing."""
    if order.send_to == Destination.EMPLOYEE and order.employee is None and order.employee_email is None:
        return "The recipient has no e-mail address, which the vendor requires. Send one as `employee`."
    if order.employee is not None and not order.employee.last_name:
        # Without a last name the vendor would ignore everything but the e-mail address.
        name = order.employee.first_name
        return f"The vendor requires a last name, and “{name}” has none. Send `lastName` in `employee`."
    return None


def _hardware(line: Line) -> tuple[HardwareType | None, str | None]:
    if (warranty := VENDOR_WARRANTIES.get(line.item.product_type)) is not None:
        return warranty, None
    if line.item.product_type != ProductType.LAPTOP:
        return None, f"The vendor sells only laptops, not {DEVICES[line.item.product_type]}."
    given = (line.accepted_offer or line.item).brand
    if (brand := vendor_brand(given)) is None:
        wanted = f"no laptops of “{given}”" if given else "laptops by their brand, and none is given"
        return None, f"The vendor has {wanted}; its brands are {', '.join(sorted(VENDOR_BRANDS))}."
    return (HardwareType.MACBOOK if brand == "APPLE" else HardwareType.PC), None


def _notes(line: Line) -> str | None:
    """The notes for the vendor: the line's comments, and data for which an order has no field."""
    offer = line.accepted_offer or line.item
    described = offer.description if isinstance(offer, Alternative) else None
    named = (
        ("Description", described),
        ("Operating system", offer.os),
        ("Keyboard", offer.keyboard_layout),
        ("External item ID", line.item.external_id),
    )
    notes = [line.item.comments, *(f"{name}: {value}" for name, value in named if value)]
    return "\n".join(it for it in notes if it) or None
