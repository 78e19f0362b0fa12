"""What becomes of price requests when their quote changes: they are kept, cancelled, or become orders
(docs/domain.md#price-requests). Every use case that saves a quote comes here, in the same unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from domain.fulfilment.order_batches import in_batches
from domain.fulfilment.price_requests import (
    adopted,
    dropped,
    has_price_requests,
    is_open,
    matched,
    still_asked,
)
from domain.fulfilment.vendor_orders import VendorOrder, VendorOrderStatus
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.statuses import FULFILLED
from domain.shared.access import Actor
from domain.shared.events import EventType, NewEvent, status_change
from domain.use_cases.fulfilment.called_off import look_for_called_off


@dataclass(frozen=True, slots=True)
class OrdersOfLine:
    """The accepted line with its orders at its recipients, its orders, and those of them to follow."""

    line: Line
    orders: list[VendorOrder] = field(default_factory=list)
    followed: list[VendorOrder] = field(default_factory=list)


async def open_requests(work: UnitOfWork, quote: QuoteAggregate) -> Sequence[VendorOrder]:
    """The open price requests of a quote. They are read only if there are any."""
    if not has_price_requests(quote.lines):
        return ()
    return [it for it in await work.vendor_orders.of_quote(quote.quote.id) if is_open(it)]


async def keep_price_requests(
    work: UnitOfWork, before: QuoteAggregate, after: QuoteAggregate, actor: Actor, deps: Dependencies
) -> QuoteAggregate:
    """Cancel the price requests that a changed quote no longer needs. Returns the quote, whose recipients have the ids
    of the requests that stay. Those of accepted lines are dealt with where these are accepted."""
    requests, now = await open_requests(work, before), deps.now()
    changed: list[Line] = []
    for line in after.lines:
        mine = [it for it in requests if it.item_id == line.item.id]
        if not mine or line.item.decision in FULFILLED:
            continue
        found = still_asked(after, line, mine, now, deps.new_id)
        await drop(work, after, found.dropped, actor, deps)
        if found.recipients != line.recipients:
            changed.append(replace(line, recipients=found.recipients))
    return after.with_lines(changed) if changed else after


async def place_orders(
    work: UnitOfWork,
    quote: QuoteAggregate,
    lines: Sequence[Line],
    requests: Sequence[VendorOrder],
    actor: Actor,
    deps: Dependencies,
) -> dict[str, OrdersOfLine]:
    """Create the orders of accepted lines, by the ids of their items (docs/domain.md#orders-of-a-line). A price request
    for the same becomes the order; others are cancelled. New orders to the same place are one order at the vendor."""
    new, made = list[VendorOrder](), dict[str, OrdersOfLine]()
    for line in lines:
        mine = [it for it in requests if it.item_id == line.item.id]
        found = matched(quote.quote, line, mine, deps.now(), deps.new_id)
        kept = [await _adopt(work, request, line, deps) for request in found.kept]
        await drop(work, quote, found.dropped, actor, deps)
        followed = [it for it in kept if it.vendor_order_id is not None]
        made[line.item.id] = OrdersOfLine(replace(line, recipients=found.recipients), kept, followed)
        new += found.new
    if new:
        await work.vendor_orders.add(batched := in_batches(new))
        for order in batched:
            made[order.item_id].orders.append(order)
    return made


async def _adopt(work: UnitOfWork, request: VendorOrder, line: Line, deps: Dependencies) -> VendorOrder:
    order = adopted(request, line, deps.now())
    await work.vendor_orders.save(order)
    return order


async def drop(
    work: UnitOfWork, quote: QuoteAggregate, requests: Sequence[VendorOrder], actor: Actor, deps: Dependencies
) -> None:
    """Cancel price requests, at the vendor if it has them; the job that follows an order sends the request."""
    for request in requests:
        order = dropped(request, deps.now())
        await work.vendor_orders.save(order)
        look_for_called_off(work, request)
        kind, facts = EventType.VENDOR_ORDER_FLAGGED, dict[str, object]()
        if order.status == VendorOrderStatus.CANCELLED:
            kind = EventType.VENDOR_ORDER_CANCELLED
        elif order.asked is not None:
            kind, facts = EventType.VENDOR_ORDER_REQUESTED, {"followed": [order]}
        changes, node = status_change(request, order), quote.quote.ref
        work.record(NewEvent(kind, order.tenant_id, node, actor, deps.now(), changes, facts, subject=order.ref))
