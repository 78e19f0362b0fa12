"""Vendor orders after they were placed: changes that the vendor reports, and requests to it.

The vendor's state is authoritative and applied as reported (docs/domain.md#order-status), but a closed order stays
closed. A price up to the agreed one is confirmed by the system; a higher or unreadable one, or one in another currency,
waits for an operator (docs/domain.md#confirm-order).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.fulfilment.vendor_api import Candidate, ReportedOrder
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrder, VendorOrderStatus, vendor_status
from domain.quotes.recipients import Destination
from domain.shared.errors import Conflict, ErrorCode
from domain.shared.money import Money, render
from domain.shared.parsers import with_full_stop
from domain.shared.wording import cannot_become

_Status = VendorOrderStatus

# Placed orders that may still change.
FOLLOWED = frozenset({_Status.PENDING, _Status.QUOTED, _Status.ACCEPTED, _Status.IN_PROGRESS})
CLOSED = frozenset({_Status.DELIVERED, _Status.CANCELLED})
# Orders that were not placed.
UNPLACED = frozenset({_Status.NEEDS_DATA, _Status.NOT_ORDERABLE, _Status.FAILED})
UNCONFIRMED = frozenset({_Status.PENDING, _Status.QUOTED})

# The statuses in which each action can be requested (docs/domain.md#tecspal-order-states), and the resulting status.
ASKABLE: dict[VendorAction, frozenset[VendorOrderStatus]] = {
    VendorAction.CONFIRM: frozenset({_Status.QUOTED}),
    VendorAction.CANCEL: UNCONFIRMED,
    VendorAction.SELECT: UNCONFIRMED,
}
LEADS_TO: dict[VendorAction, VendorOrderStatus] = {
    VendorAction.CONFIRM: _Status.ACCEPTED,
    VendorAction.CANCEL: _Status.CANCELLED,
}
PENDING_REQUEST = ("asked", "asked_price_minor", "asked_price_currency", "asked_group_id", "asked_candidate_id")
REPORTED_FIELDS = ("eta", "min_eta", "max_eta", "delivered_on", "alternatives")
# What keeps an order from being confirmed, until an operator decides what to do with it.
HOLDING = frozenset({VendorAttention.REFUSED, VendorAttention.ALTERNATIVE_DROPPED})
WAIT_FOR_SERIALS = timedelta(days=30)
# The vendor's statuses for a device on its way (docs/domain.md#order-status).
ON_THE_WAY = frozenset({"IN_TRANSIT", "SHIPPED"})


class WrongOrderStatus(Conflict):
    """The status of the order does not permit this action."""

    code = ErrorCode.WRONG_STATUS


class ActionUnderWay(Conflict):
    """Another request about this order is pending at the vendor."""

    code = ErrorCode.ACTION_UNDER_WAY


class QuotedPriceChanged(Conflict):
    """The vendor's price differs from the one that the caller expects."""

    code = ErrorCode.PRICE_CHANGED
    place = ("expectedPrice",)


@dataclass(frozen=True, slots=True)
class Flag:
    """Why an operator has to look at an order."""

    attention: VendorAttention
    problem: str


def apply_report(order: VendorOrder, report: ReportedOrder, agreed: Money | None) -> VendorOrder:
    """The order after a report of the vendor, with the next request to it (docs/domain.md#follow-orders)."""
    updated = order._replace(
        **_reported_columns(order, report),
        attention=None if order.attention == VendorAttention.LOST else order.attention,
        # Missing tracking and serial numbers keep the reported ones.
        tracking_code=report.tracking_code or order.tracking_code,
        tracking_link=report.tracking_link or order.tracking_link,
        serial_numbers=report.serials or order.serial_numbers,
        selected=_selected(order, report),
    )
    after = _with_next_request(_answered(order, updated), order, report, agreed)
    return after if after.attention is not None else after._replace(problem=_remaining_problem(order, after))


def _selected(order: VendorOrder, report: ReportedOrder) -> Candidate | None:
    """The candidate that matches the vendor's current device, whoever selected it; otherwise the selected one."""
    offered = (it for group in (*report.alternatives, *order.alternatives) for it in group.candidates)
    device = report.device
    return next((it for it in offered if device is not None and it.is_same_device(device)), order.selected)


def stuck(order: VendorOrder, problem: str) -> VendorOrder:
    """The order with a problem of reaching the vendor, unless it already needs attention, was not placed or is
    cancelled."""
    if order.attention is not None or order.status in UNPLACED or order.status == _Status.CANCELLED:
        return order
    return order._replace(problem=problem)


def _remaining_problem(before: VendorOrder, after: VendorOrder) -> str | None:
    """The problem of a pending request that could not be sent remains until it is sent, even if the order can be
    read."""
    same = after.asked is not None and pending_request(after) == pending_request(before)
    return before.problem if same and before.attention is None else None


def _reported_columns(order: VendorOrder, report: ReportedOrder) -> dict[str, Any]:
    """The reported values by column; missing values stay unchanged."""
    status = order.status if order.status in CLOSED else vendor_status(report.status)
    price = report.price
    columns: dict[str, dict[str, Any]] = {
        "status": {"status": status, "vendor_status": report.status[:100]},
        "price": {
            "quoted_price_minor": price.minor if price else None,
            "quoted_price_currency": price.currency if price else None,
        },
        **{name: {name: getattr(report, name)} for name in REPORTED_FIELDS},
    }
    return {column: value for name in columns if name not in report.missing for column, value in columns[name].items()}


def is_shipped(order: VendorOrder) -> bool:
    """Whether the devices are on their way: the vendor reports it, or there is tracking."""
    if order.status not in (_Status.ACCEPTED, _Status.IN_PROGRESS):
        return False
    return (order.vendor_status or "").upper() in ON_THE_WAY or order.tracking_code is not None


def is_followed(order: VendorOrder, now: datetime) -> bool:
    """Whether more reports are expected; serial numbers may arrive some time after the devices."""
    waits_for_serials = order.status == _Status.DELIVERED and len(order.serial_numbers) < order.amount
    late = now - order.updated_at > WAIT_FOR_SERIALS
    return order.vendor_order_id is not None and (order.status in FOLLOWED or (waits_for_serials and not late))


def ask_to_confirm(order: VendorOrder, expected: Money | None) -> VendorOrder:
    """Request the confirmation at the quoted price, whatever price was agreed (docs/domain.md#confirm-order).

    Raises: WrongOrderStatus, ActionUnderWay, QuotedPriceChanged.
    """
    _check_askable(order, VendorAction.CONFIRM)
    price = order.quoted_price
    if expected is not None and expected != price:
        seen = render(price) if price else "not known"
        message = f"The vendor's price is now {seen}, not {render(expected)}."
        raise QuotedPriceChanged(message, order.ref, order.status, _Status.ACCEPTED)
    return _with_request(order, VendorAction.CONFIRM, price)


def ask_to_cancel(order: VendorOrder) -> VendorOrder:
    """Request the cancellation; an order that was not placed is cancelled at once (docs/domain.md#cancel-order).

    Other pending requests are dropped. For a cancelled order, the attention is cleared. Raises: WrongOrderStatus.
    """
    if order.status == _Status.CANCELLED:
        return order._replace(attention=None, problem=None)
    if order.status in UNPLACED or (order.status == _Status.QUEUED):
        return order._replace(status=_Status.CANCELLED, attention=None, problem=None)
    _check_status(order, VendorAction.CANCEL)
    return _with_request(order, VendorAction.CANCEL)


def ask_to_select(order: VendorOrder, group_id: str, candidate_id: str) -> VendorOrder:
    """Request a candidate in place of the ordered device (docs/domain.md#vendor-alternatives).

    Raises: WrongOrderStatus, ActionUnderWay.
    """
    _check_askable(order, VendorAction.SELECT)
    return _with_request(order, VendorAction.SELECT)._replace(asked_group_id=group_id, asked_candidate_id=candidate_id)


def offers(order: VendorOrder, group_id: str, candidate_id: str) -> bool:
    """Whether the vendor offers this candidate in this group."""
    return any(
        group.id == group_id and any(it.id == candidate_id for it in group.candidates) for group in order.alternatives
    )


def request_done(order: VendorOrder) -> VendorOrder:
    """The order after the vendor performed the pending request."""
    assert order.asked is not None
    status = LEADS_TO.get(order.asked, order.status)
    selected = asked_candidate(order) if order.asked == VendorAction.SELECT else None
    ended = without_request(order)._replace(status=status, attention=None, problem=None)
    return ended._replace(selected=selected or order.selected)


def asked_candidate(order: VendorOrder) -> Candidate | None:
    """The candidate whose selection is requested."""
    groups = (it for it in order.alternatives if it.id == order.asked_group_id)
    return next((it for group in groups for it in group.candidates if it.id == order.asked_candidate_id), None)


def request_refused(order: VendorOrder, problem: str) -> VendorOrder:
    """The order after the vendor refused the pending request; an operator has to look at it."""
    return without_request(order)._replace(attention=VendorAttention.REFUSED, problem=problem)


def without_request(order: VendorOrder) -> VendorOrder:
    """The order without a pending request."""
    nothing: dict[str, Any] = dict.fromkeys(PENDING_REQUEST)
    return order._replace(**nothing)


def pending_request(order: VendorOrder) -> dict[str, Any]:
    """The pending request, by column."""
    return {name: getattr(order, name) for name in PENDING_REQUEST}


def flagged(order: VendorOrder, attention: VendorAttention, problem: str) -> VendorOrder:
    """The order, marked for an operator's attention."""
    return order._replace(attention=attention, problem=problem)


def lost(order: VendorOrder, problem: str) -> VendorOrder:
    """The order that the vendor says it does not have. It may be found again, and is then held as before."""
    stays = _is_held(order) and not order.is_price_request
    return order._replace(attention=order.attention if stays else VendorAttention.LOST, problem=problem)


def _is_held(order: VendorOrder) -> bool:
    return order.status in UNCONFIRMED and order.attention in HOLDING


def _answered(before: VendorOrder, updated: VendorOrder) -> VendorOrder:
    """Without the pending request, if the reported status fulfils it or makes it impossible."""
    if updated.asked is None or updated.status in ASKABLE[updated.asked]:
        return updated
    granted = updated.status == LEADS_TO.get(updated.asked, updated.status)
    if granted or updated.asked != VendorAction.CANCEL:
        return without_request(updated)
    problem = with_full_stop(f"The cancellation was requested, but the vendor reports {updated.vendor_status}")
    return flagged(without_request(updated), VendorAttention.REFUSED, problem)


def _with_next_request(
    order: VendorOrder, before: VendorOrder, report: ReportedOrder, agreed: Money | None
) -> VendorOrder:
    """With the request that the system makes by itself, or the reason why it does not."""
    if order.status == _Status.CANCELLED and before.status != _Status.CANCELLED and before.asked != VendorAction.CANCEL:
        again = "Request its prices again" if order.is_price_request else "Order its devices again or elsewhere"
        message = f"The vendor has cancelled this order. {again}."
        return flagged(order, VendorAttention.CANCELLED_BY_VENDOR, message)
    if _is_held(order) and (order.is_price_request or order.asked is None):
        return order
    if order.is_price_request:
        return _with_price_readable(order, before, report)
    if order.status != _Status.QUOTED or order.send_to == Destination.QUOTE_ONLY:
        return order if _stays_flagged(order, before) else order._replace(attention=None, problem=None)
    if order.asked not in (None, VendorAction.CONFIRM):
        return order
    limit = order.asked_price or agreed
    if (flag := _price_problem(order.quoted_price, report.unreadable_price, limit)) is not None:
        dropped = without_request(order)
        return dropped if _is_held(order) else flagged(dropped, flag.attention, flag.problem)
    if _stays_flagged(order, before):
        return order
    if order.quoted_price is None:
        return _without_price(order)
    return _with_request(order, VendorAction.CONFIRM, limit)


def _without_price(order: VendorOrder) -> VendorOrder:
    """A quoted order that has no price. In a batch it would hold the others up unseen, unless an operator confirms
    it."""
    if order.batch_id is None or (order.asked == VendorAction.CONFIRM and order.asked_price is None):
        return order
    message = "The vendor has quoted no price for this line, so that its whole order waits. Confirm or cancel it."
    return flagged(without_request(order), VendorAttention.UNREADABLE_PRICE, message)


def _with_price_readable(order: VendorOrder, before: VendorOrder, report: ReportedOrder) -> VendorOrder:
    """A price request, which nobody confirms, or the reason why its price is of no use. What an operator has to look at
    stays until the vendor reports something else; what holds the order stays anyway."""
    if (flag := _unreadable(report.unreadable_price)) is not None:
        return flagged(order, flag.attention, flag.problem)
    same = (order.status, order.quoted_price) == (before.status, before.quoted_price)
    return order if same else order._replace(attention=None, problem=None)


def _stays_flagged(order: VendorOrder, before: VendorOrder) -> bool:
    """Whether a refusal remains: until an operator decides, or after the confirmation as long as nothing changes."""
    if order.attention == VendorAttention.CANCELLED_BY_VENDOR or _is_held(order):
        return True
    same = (order.status, order.quoted_price) == (before.status, before.quoted_price)
    return order.attention == VendorAttention.REFUSED and (same or before.asked is not None)


def _price_problem(price: Money | None, unreadable: str | None, limit: Money | None) -> Flag | None:
    """The problem of a quoted price, if any (docs/domain.md#confirm-order)."""
    if (flag := _unreadable(unreadable)) is not None:
        return flag
    if price is None:
        return None
    if limit is None:
        message = "No price was agreed for this device: the price of the whole quote covers it."
        return Flag(VendorAttention.PRICE_ABOVE_AGREED, message)
    # Only operators may see the vendor's price, but customers can read `problem`.
    if price.currency != limit.currency:
        message = f"The vendor quotes in {price.currency}; {render(limit)} a device was agreed."
        return Flag(VendorAttention.OTHER_CURRENCY, message)
    message = f"The vendor quotes more than {render(limit)} a device, which was agreed."
    return Flag(VendorAttention.PRICE_ABOVE_AGREED, message) if price.minor > limit.minor else None


def _unreadable(unreadable: str | None) -> Flag | None:
    message = "The vendor's price cannot be read as an amount in the order's currency."
    return None if unreadable is None else Flag(VendorAttention.UNREADABLE_PRICE, message)


def _with_request(order: VendorOrder, action: VendorAction, price: Money | None = None) -> VendorOrder:
    return without_request(order)._replace(
        asked=action,
        asked_price_minor=price.minor if price else None,
        asked_price_currency=price.currency if price else None,
        attention=None,
        problem=None,
    )


def _check_askable(order: VendorOrder, action: VendorAction) -> None:
    _check_status(order, action)
    if order.asked not in (None, action):
        message = f"A request to {order.asked.lower()} this order is pending at the vendor. Wait for its response."
        raise ActionUnderWay(message, order.ref, order.status, LEADS_TO.get(action))


def _check_status(order: VendorOrder, action: VendorAction) -> None:
    for_price = order.is_price_request or (order.send_to == Destination.QUOTE_ONLY and action == VendorAction.CONFIRM)
    if order.status not in ASKABLE[action] or (for_price and action != VendorAction.CANCEL):
        target = LEADS_TO.get(action)
        state = f"for a price only and {order.status}" if for_price else order.status
        message = cannot_become(state, target) if target else f"{state}; it cannot take an alternative."
        raise WrongOrderStatus(f"This order is {message}", order.ref, order.status, target)
