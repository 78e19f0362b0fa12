"""Batches: orders and price requests of several lines that are one order at the vendor (docs/domain.md#order-batches).

One job places the orders of a batch and one follows them, both named by `VendorOrder.batch_id`: that is the id of the
first of them, whatever becomes of it. An order without a batch has jobs of its own. The vendor confirms and cancels an
order as a whole.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.fulfilment.price_requests import candidate_of
from domain.fulfilment.vendor_orders import (
    VendorAction,
    VendorAttention,
    VendorOrder,
    VendorOrderStatus,
    copy_for_reorder,
)
from domain.fulfilment.vendor_reports import UNCONFIRMED, asked_candidate
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.shared.jobs import JobType, NewJob

# Lines of one order at the vendor, whose documentation names no limit.
MOST_LINES = 100

_KEYS = {JobType.PLACE_VENDOR_ORDER: "vendor-order", JobType.FOLLOW_VENDOR_ORDER: "follow"}


def destination_of(order: VendorOrder) -> tuple[object, ...]:
    """Where an order goes. Only orders to the same place can be one order at the vendor."""
    return order.country, order.send_to, order.employee_email, order.employee


def in_batches(orders: Sequence[VendorOrder]) -> tuple[VendorOrder, ...]:
    """New orders of one quote, of which those that can be placed and go to the same place are batches. Prices are
    requested apart from what is accepted."""
    places: dict[object, list[VendorOrder]] = {}
    for order in orders:
        if order.status == VendorOrderStatus.QUEUED:
            places.setdefault((order.is_price_request, destination_of(order)), []).append(order)
    batches = (group[at : at + MOST_LINES] for group in places.values() for at in range(0, len(group), MOST_LINES))
    of_batch = {order.id: batch[0].id for batch in batches if len(batch) > 1 for order in batch}
    return tuple(it._replace(batch_id=of_batch.get(it.id)) for it in orders)


def placed_together(orders: Sequence[VendorOrder]) -> tuple[VendorOrder, ...]:
    """The orders that the vendor has as one."""
    batch_id = orders[0].id if len(orders) > 1 else None
    return tuple(it._replace(batch_id=batch_id) for it in orders)


def vendor_job(kind: JobType, order: VendorOrder, delay: timedelta = timedelta()) -> NewJob:
    """The job that places or follows an order, which wakes the one that there is.

    That of a batch does not name an order, so that a worker of a version without batches puts it off instead of acting
    for one line.
    """
    payload = {"vendorOrderId": order.id}
    if order.batch_id is not None:
        payload = {"quoteId": order.quote_id, "batchId": order.batch_id}
    # The job of an order that failed is dead, so it has to be woken.
    return NewJob(kind, job_key(kind, order), payload, wakes=True, delay=delay)


def job_key(kind: JobType, order: VendorOrder) -> str:
    """The key of the job that places or follows an order."""
    return f"{_KEYS[kind]}:{order.batch_id or order.id}"


def at_vendor(orders: Iterable[VendorOrder]) -> tuple[VendorOrder, ...]:
    """Those orders of a batch that the vendor has."""
    return tuple(it for it in orders if it.vendor_order_id is not None)


def requested_now(orders: Sequence[VendorOrder]) -> tuple[VendorOrder, ...]:
    """Those orders of a batch whose pending request is sent next. To cancel one line is to cancel all of them;
    candidates are selected one by one. The vendor's order is confirmed once that is requested for each of its lines."""
    if cancelled := [it for it in orders if it.asked == VendorAction.CANCEL]:
        return tuple(cancelled)
    if selecting := [it for it in orders if it.asked == VendorAction.SELECT]:
        return tuple(selecting[:1])
    return () if waited_for(orders) else tuple(it for it in orders if it.asked == VendorAction.CONFIRM)


def waited_for(orders: Iterable[VendorOrder]) -> tuple[VendorOrder, ...]:
    """The orders of a batch that cannot be confirmed yet, for which the others wait."""
    unconfirmed = (it for it in orders if it.status in UNCONFIRMED)
    return tuple(it for it in unconfirmed if it.is_price_request or it.asked != VendorAction.CONFIRM)


def waiting(orders: Sequence[VendorOrder], quote: QuoteAggregate) -> dict[str, str]:
    """By id, what the orders of a batch wait for that could be confirmed by themselves."""
    if requested_now(orders):
        return {}
    items = [quote.line_of(it.item_id).item for it in waited_for(orders)]
    names = ", ".join(f"{item.position + 1} ({item.title})" for item in items)
    problem = f"The vendor confirms orders as a whole, and this one waits for other items of the quote: {names}."
    return {it.id: problem for it in orders if it.asked == VendorAction.CONFIRM and it.attention is None}


def held_by_refusal(orders: Iterable[VendorOrder], refused: Sequence[VendorOrder]) -> tuple[VendorOrder, ...]:
    """The accepted orders of a batch that stays at the vendor with others, whose cancellation it has refused."""
    if refused[0].asked != VendorAction.CANCEL:
        return ()
    left = (it for it in orders if it not in refused and it.status in UNCONFIRMED)
    return tuple(it for it in left if not it.is_price_request and it.attention is None)


def called_off(orders: Iterable[VendorOrder]) -> tuple[VendorOrder, ...]:
    """The orders of a batch whose cancellation was requested, because of which the vendor cancels all of it."""
    by_us = VendorOrderStatus.CANCELLED, None
    return tuple(it for it in orders if it.asked == VendorAction.CANCEL or (it.status, it.attention) == by_us)


def ordered_again(
    quote: QuoteAggregate, orders: Iterable[VendorOrder], at: datetime, new_id: Callable[[], str]
) -> tuple[tuple[VendorOrder, ...], QuoteAggregate]:
    """Other orders in place of those that the vendor cancels together with one that was called off, in batches, and the
    quote with their ids at its recipients. Where a candidate was selected, an operator has to confirm."""
    old = tuple(orders)
    new = in_batches([made_anew(it, quote.line_of(it.item_id), at, new_id()) for it in old])
    return new, assigned(quote, {it.id: another.id for it, another in zip(old, new, strict=True)})


def made_anew(order: VendorOrder, line: Line, at: datetime, order_id: str) -> VendorOrder:
    """Another order in place of one. Candidates are known by the vendor's order that offers them, so that none is
    selected for it: an operator has to confirm it, if one was."""
    again = copy_for_reorder(order, line, at, order_id)
    if order.attention == VendorAttention.ALTERNATIVE_DROPPED:
        return again._replace(attention=order.attention)
    chosen = asked_candidate(order) if order.asked == VendorAction.SELECT else order.selected
    if (
        order.is_price_request
        or chosen is None
        or chosen.is_same_device(candidate_of(line.accepted_offer or line.item))
    ):
        return again
    dropped = (
        f"“{chosen.title or chosen.id}” was selected for the order that this one replaces, and is not selected here."
    )
    notice = " ".join(it for it in (again.notice, dropped) if it)
    return again._replace(attention=VendorAttention.ALTERNATIVE_DROPPED, notice=notice)


def assigned(quote: QuoteAggregate, others: dict[str, str]) -> QuoteAggregate:
    """The quote whose recipients have other orders, by the ids of those that they had."""
    lines = tuple(
        replace(
            line,
            recipients=tuple(
                it._replace(vendor_order_id=others.get(it.vendor_order_id or "", it.vendor_order_id))
                for it in line.recipients
            ),
        )
        for line in quote.lines
    )
    return replace(quote, lines=lines)
