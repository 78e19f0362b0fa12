"""How an order goes on once the vendor has it: what its news make of ours, and what may be asked of it.

The vendor is the one who knows; its word is taken over as it comes (docs/domain.md#order-status), but a closed order
stays closed. A price within what was agreed is confirmed by the system; anything dearer, in another currency or
unreadable waits for an operator (docs/domain.md#confirm-order).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.fulfilment.vendor_api import Candidate, ReportedOrder
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrder, VendorOrderStatus, vendor_status
from domain.quotes.recipients import SendTo
from domain.shared.errors import Conflict, ErrorCode
from domain.shared.money import Money, render
from domain.shared.parsers import with_full_stop
from domain.shared.wording import cannot_become

_Status = VendorOrderStatus

# The vendor has these and may still change them.
FOLLOWED = frozenset({_Status.PENDING, _Status.QUOTED, _Status.ACCEPTED, _Status.IN_PROGRESS})
CLOSED = frozenset({_Status.DELIVERED, _Status.CANCELLED})
# The vendor never had these.
UNPLACED = frozenset({_Status.NEEDS_DATA, _Status.NOT_ORDERABLE, _Status.FAILED})
UNCONFIRMED = frozenset({_Status.PENDING, _Status.QUOTED})

# From where each action may be asked for (docs/domain.md#tecspal-order-states), and where it leads.
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
SIMPLE_NEWS = ("eta", "min_eta", "max_eta", "delivered_on", "alternatives")
WAIT_FOR_SERIALS = timedelta(days=30)
# The vendor's words for a device on its way (docs/domain.md#order-status).
ON_THE_WAY = frozenset({"IN_TRANSIT", "SHIPPED"})


class WrongOrderStatus(Conflict):
    """The vendor does not do this with an order as it stands."""

    code = ErrorCode.WRONG_STATUS


class ActionUnderWay(Conflict):
    """The vendor is being asked something else about this order."""

    code = ErrorCode.ACTION_UNDER_WAY


class QuotedPriceChanged(Conflict):
    """The vendor's price is no longer the one the caller saw."""

    code = ErrorCode.PRICE_CHANGED
    place = ("expectedPrice",)


@dataclass(frozen=True, slots=True)
class Flag:
    """Why an operator has to look."""

    attention: VendorAttention
    problem: str


def heard(order: VendorOrder, said: ReportedOrder, agreed: Money | None) -> VendorOrder:
    """The order after the vendor's news, with what is to be asked of it next (docs/domain.md#follow-orders)."""
    told = order._replace(
        **_news(order, said),
        attention=None if order.attention == VendorAttention.LOST else order.attention,
        # A parcel and a device that were told stay what they are.
        tracking_code=said.tracking_code or order.tracking_code,
        tracking_link=said.tracking_link or order.tracking_link,
        serial_numbers=said.serials or order.serial_numbers,
        selected=_selected(order, said),
    )
    after = _judged(_answered(order, told), order, said, agreed)
    return after if after.attention is not None else after._replace(problem=_still_in_the_way(order, after))


def _selected(order: VendorOrder, said: ReportedOrder) -> Candidate | None:
    """The candidate that the vendor's line is about now, whoever has chosen it; otherwise the one that was chosen."""
    offered = (it for group in (*said.alternatives, *order.alternatives) for it in group.candidates)
    device = said.device
    return next((it for it in offered if device is not None and it.is_same_device(device)), order.selected)


def stuck(order: VendorOrder, problem: str) -> VendorOrder:
    """The order, of which the vendor cannot be told or asked anything just now. What an operator has to look at anyway,
    and what is closed or never was with the vendor, says so already."""
    if order.attention is not None or order.status in UNPLACED or order.status == _Status.CANCELLED:
        return order
    return order._replace(problem=problem)


def _still_in_the_way(before: VendorOrder, after: VendorOrder) -> str | None:
    """What has kept the vendor from being asked the same as before is not over because it could be looked at."""
    same = after.asked is not None and pending_request(after) == pending_request(before)
    return before.problem if same and before.attention is None else None


def _news(order: VendorOrder, said: ReportedOrder) -> dict[str, Any]:
    """What the vendor tells, by column; what it leaves out is as it was."""
    status = order.status if order.status in CLOSED else vendor_status(said.status)
    price = said.price
    news: dict[str, dict[str, Any]] = {
        "status": {"status": status, "vendor_status": said.status[:100]},
        "price": {
            "quoted_price_minor": price.minor if price else None,
            "quoted_price_currency": price.currency if price else None,
        },
        **{name: {name: getattr(said, name)} for name in SIMPLE_NEWS},
    }
    return {column: value for name in news if name not in said.untold for column, value in news[name].items()}


def is_shipped(order: VendorOrder) -> bool:
    """Whether its devices are on their way: the vendor says so, or they can be tracked."""
    if order.status not in (_Status.ACCEPTED, _Status.IN_PROGRESS):
        return False
    return (order.vendor_status or "").upper() in ON_THE_WAY or order.tracking_code is not None


def is_followed(order: VendorOrder, now: datetime) -> bool:
    """Whether the vendor still has to say something about it; serial numbers may come some time after the devices."""
    waits_for_serials = order.status == _Status.DELIVERED and len(order.serial_numbers) < order.amount
    late = now - order.updated_at > WAIT_FOR_SERIALS
    return order.vendor_order_id is not None and (order.status in FOLLOWED or (waits_for_serials and not late))


def ask_to_confirm(order: VendorOrder, expected: Money | None) -> VendorOrder:
    """The order, to be confirmed at the price quoted now, whatever was agreed (docs/domain.md#confirm-order).

    Raises: WrongOrderStatus, ActionUnderWay, QuotedPriceChanged.
    """
    _check_askable(order, VendorAction.CONFIRM)
    price = order.quoted_price
    if expected is not None and expected != price:
        seen = render(price) if price else "not known"
        message = f"The vendor's price is now {seen}, not {render(expected)}."
        raise QuotedPriceChanged(message, order.ref, order.status, _Status.ACCEPTED)
    return _asked(order, VendorAction.CONFIRM, price)


def ask_to_cancel(order: VendorOrder) -> VendorOrder:
    """The order, to be cancelled; one that the vendor never had is cancelled at once (docs/domain.md#cancel-order).

    What else the vendor was to be asked is dropped; of one that is cancelled already, the operator has taken note.
    Raises: WrongOrderStatus.
    """
    if order.status == _Status.CANCELLED:
        return order._replace(attention=None, problem=None)
    if order.status in UNPLACED or (order.status == _Status.QUEUED):
        return order._replace(status=_Status.CANCELLED, attention=None, problem=None)
    _check_status(order, VendorAction.CANCEL)
    return _asked(order, VendorAction.CANCEL)


def ask_to_select(order: VendorOrder, group_id: str, candidate_id: str) -> VendorOrder:
    """The order, for which a candidate is to be taken in place of its device (docs/domain.md#vendor-alternatives).

    Raises: WrongOrderStatus, ActionUnderWay.
    """
    _check_askable(order, VendorAction.SELECT)
    return _asked(order, VendorAction.SELECT)._replace(asked_group_id=group_id, asked_candidate_id=candidate_id)


def offers(order: VendorOrder, group_id: str, candidate_id: str) -> bool:
    """Whether the vendor offers this candidate in this group."""
    return any(
        group.id == group_id and any(it.id == candidate_id for it in group.candidates) for group in order.alternatives
    )


def done(order: VendorOrder) -> VendorOrder:
    """The order after the vendor did what it was asked."""
    assert order.asked is not None
    status = LEADS_TO.get(order.asked, order.status)
    selected = _asked_for(order) if order.asked == VendorAction.SELECT else None
    ended = not_asked(order)._replace(status=status, attention=None, problem=None)
    return ended._replace(selected=selected or order.selected)


def _asked_for(order: VendorOrder) -> Candidate | None:
    """The candidate that the vendor was asked to take."""
    groups = (it for it in order.alternatives if it.id == order.asked_group_id)
    return next((it for group in groups for it in group.candidates if it.id == order.asked_candidate_id), None)


def refused(order: VendorOrder, told: str) -> VendorOrder:
    """The order after the vendor refused what it was asked; an operator has to look."""
    return not_asked(order)._replace(attention=VendorAttention.REFUSED, problem=told)


def not_asked(order: VendorOrder) -> VendorOrder:
    """The order with nothing to be asked of the vendor."""
    nothing: dict[str, Any] = dict.fromkeys(PENDING_REQUEST)
    return order._replace(**nothing)


def pending_request(order: VendorOrder) -> dict[str, Any]:
    """What is to be asked of the vendor, by column."""
    return {name: getattr(order, name) for name in PENDING_REQUEST}


def flagged(order: VendorOrder, attention: VendorAttention, problem: str) -> VendorOrder:
    """The order, before an operator's eyes."""
    return order._replace(attention=attention, problem=problem)


def _answered(before: VendorOrder, told: VendorOrder) -> VendorOrder:
    """Without the wish that the vendor's state has answered, or made impossible."""
    if told.asked is None or told.status in ASKABLE[told.asked]:
        return told
    granted = told.status == LEADS_TO.get(told.asked, told.status)
    if granted or told.asked != VendorAction.CANCEL:
        return not_asked(told)
    message = with_full_stop(f"It was to be cancelled, but the vendor says {told.vendor_status}")
    return flagged(not_asked(told), VendorAttention.REFUSED, message)


def _judged(order: VendorOrder, before: VendorOrder, said: ReportedOrder, agreed: Money | None) -> VendorOrder:
    """With what the system asks by itself, or why it does not."""
    if order.status == _Status.CANCELLED and before.status != _Status.CANCELLED and before.asked != VendorAction.CANCEL:
        told = "The vendor has cancelled it. Its devices have to come from elsewhere."
        return flagged(order, VendorAttention.CANCELLED_BY_VENDOR, told)
    if order.status != _Status.QUOTED or order.send_to == SendTo.QUOTE_ONLY:
        return order if _stays_flagged(order, before) else order._replace(attention=None, problem=None)
    if order.asked not in (None, VendorAction.CONFIRM):
        return order
    limit = order.asked_price or agreed
    if (flag := _too_dear(order.quoted_price, said.unreadable_price, limit)) is not None:
        return not_asked(order)._replace(attention=flag.attention, problem=flag.problem)
    if order.quoted_price is None or _stays_flagged(order, before):
        return order
    return _asked(order, VendorAction.CONFIRM, limit)


def _stays_flagged(order: VendorOrder, before: VendorOrder) -> bool:
    """A refusal stands until something of the order has moved."""
    if order.attention == VendorAttention.CANCELLED_BY_VENDOR:
        return True
    same = (order.status, order.quoted_price) == (before.status, before.quoted_price)
    return order.attention == VendorAttention.REFUSED and (same or before.asked is not None)


def _too_dear(price: Money | None, unreadable: str | None, limit: Money | None) -> Flag | None:
    """What is wrong with a quoted price (docs/domain.md#confirm-order)."""
    if unreadable is not None:
        told = "What the vendor quotes cannot be read as a price of the order's currency."
        return Flag(VendorAttention.UNREADABLE_PRICE, told)
    if price is None:
        return None
    if limit is None:
        told = "No price was agreed for this device: the price of the whole quote covers it."
        return Flag(VendorAttention.PRICE_ABOVE_AGREED, told)
    # What the vendor asks is for operators alone; `problem` can be read by the customer too.
    if price.currency != limit.currency:
        told = f"The vendor quotes in {price.currency}; {render(limit)} a device was agreed."
        return Flag(VendorAttention.OTHER_CURRENCY, told)
    told = f"The vendor quotes more than {render(limit)} a device, which was agreed."
    return Flag(VendorAttention.PRICE_ABOVE_AGREED, told) if price.minor > limit.minor else None


def _asked(order: VendorOrder, action: VendorAction, price: Money | None = None) -> VendorOrder:
    return not_asked(order)._replace(
        asked=action,
        asked_price_minor=price.minor if price else None,
        asked_price_currency=price.currency if price else None,
        attention=None,
        problem=None,
    )


def _check_askable(order: VendorOrder, action: VendorAction) -> None:
    _check_status(order, action)
    if order.asked not in (None, action):
        message = f"The vendor is being asked to {order.asked.lower()} this order; wait until it has answered."
        raise ActionUnderWay(message, order.ref, order.status, LEADS_TO.get(action))


def _check_status(order: VendorOrder, action: VendorAction) -> None:
    if order.status not in ASKABLE[action] or (action == VendorAction.CONFIRM and order.send_to == SendTo.QUOTE_ONLY):
        target = LEADS_TO.get(action)
        state = f"for a price only and {order.status}" if order.send_to == SendTo.QUOTE_ONLY else order.status
        told = cannot_become(state, target) if target else f"{state}; it cannot take an alternative."
        raise WrongOrderStatus(f"This order is {told}", order.ref, order.status, target)
