"""The job that places vendor orders, once however often it runs (docs/domain.md#orders-of-a-line, ADR 4): one, or all
of a batch (docs/domain.md#order-batches)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.fulfilment.order_batches import placed_together
from domain.fulfilment.vendor_api import CompanyDetails, OrderRequest, PlacedOrder
from domain.fulfilment.vendor_orders import (
    VendorAction,
    VendorOrder,
    VendorOrderStatus,
    cancelled_copy,
    order_request,
    queued,
    vendor_status,
)
from domain.fulfilment.vendor_prices import is_price_news
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, RuleResult
from domain.shared.access import SYSTEM, Environment
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.jobs import Again, Job
from domain.use_cases.fulfilment.vendor_following import order_progress
from domain.use_cases.fulfilment.vendor_jobs import locked_orders_of_job, orders_of_job
from domain.use_cases.fulfilment.vendor_prices import price_line
from domain.use_cases.jobs.at_most_once import call_at_most_once

# Orders that the vendor does not have as far as we know, but that it is to have.
_WANTED = frozenset({VendorOrderStatus.QUEUED, VendorOrderStatus.FAILED})


async def place_vendor_order(deps: Dependencies, job: Job) -> Again | None:
    """Place the queued orders of the job as one order at the vendor, once however often this runs
    (docs/domain.md#orders-of-a-line). Those that were cancelled after an attempt whose effect is not known are looked
    for, to cancel the order at the vendor. Returns when to run again for orders that an earlier attempt did not place.

    Raises: OutboundFailure.
    """
    async with deps.unit_of_work(job.tenant_scope) as work:
        if (found := await orders_of_job(work, job)) is None:
            # The quote was deleted after the job became dead, and then the job was retried; or the job of its batch is
            # woken.
            await work.commit()
            return None
        orders, quote = found
        tenant = await work.tenants.by_id(orders[0].tenant_id)
        company = await work.tenants.company_details(orders[0].tenant_id)
    waiting = [it for it in orders if it.status == VendorOrderStatus.QUEUED]
    called_off = [it for it in orders if _is_called_off(it)] if job.sent_at is not None else []
    if any(_blocked(it, quote) for it in waiting):
        await _unqueue(deps, job)
        waiting = [it for it in waiting if not _blocked(it, quote)]
    if not waiting and not called_off:
        return None
    vendor, sandbox = deps.external.vendor(job.environment), job.environment == Environment.TEST
    ids = [it.id for it in (*waiting, *called_off)]

    async def make() -> PlacedOrder | None:
        if not waiting:
            return None
        placed = await vendor.place_order(_request(waiting, quote, tenant.company_code, company, sandbox))
        # The answer may leave out our ids.
        return replace(placed, external_ids=placed.external_ids | {it.id for it in waiting})

    placed = await call_at_most_once(
        deps, job, lambda: vendor.find_order(tenant.company_code, orders[0].country, ids), make
    )
    if placed is None or not await _save_placed(deps, job, placed):
        return None
    return Again(deps.now() if job.sent_at is None else job.sent_at + deps.retry_policy.resend_after)


def _is_called_off(order: VendorOrder) -> bool:
    return order.status == VendorOrderStatus.CANCELLED and not order.vendor_order_id


def _blocked(order: VendorOrder, quote: QuoteAggregate) -> bool:
    return queued(order, quote.line_of(order.item_id)).status != VendorOrderStatus.QUEUED


def _request(
    orders: Sequence[VendorOrder],
    quote: QuoteAggregate,
    code: str,
    company: CompanyDetails | None,
    sandbox: bool,
) -> OrderRequest:
    """The request for orders to one place, in the order of their lines."""
    lines = sorted(((quote.line_of(it.item_id), it) for it in orders), key=lambda it: it[0].item.position)
    first, *more = (order_request(queued(it, line), quote.quote, line, code, company, sandbox) for line, it in lines)
    return replace(first, more=tuple(more))


async def _unqueue(deps: Dependencies, job: Job) -> None:
    """Remove orders from the queue that an older release queued although they cannot be placed."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        orders, quote = await locked_orders_of_job(work, job)
        for order in orders:
            if order.status != VendorOrderStatus.QUEUED or not _blocked(order, quote):
                continue
            after = queued(order, quote.line_of(order.item_id))._replace(updated_at=deps.now())
            await work.vendor_orders.save(after)
            changes = status_change(order, after)
            node, kind = quote.quote.ref, EventType.VENDOR_ORDER_FAILED
            event = NewEvent(kind, order.tenant_id, node, SYSTEM, deps.now(), changes, subject=order.ref)
            work.record(event)
            if is_price_news(order, after):
                await price_line(work, deps, after, event)
        await work.commit()


async def _save_placed(deps: Dependencies, job: Job, placed: PlacedOrder) -> bool:
    """Save the orders that are lines of one at the vendor. Returns whether others are still to be placed.

    If one of them was cancelled while it was being placed, or is a line of another order there, the vendor's order is
    to be cancelled, and the others are ordered again after that.
    """
    now = deps.now()
    async with deps.unit_of_work(job.tenant_scope) as work:
        orders, quote = await locked_orders_of_job(work, job)
        mine = [it for it in orders if it.id in placed.external_ids and it.vendor_order_id is None]
        if any(it.status in _WANTED for it in mine) and (surplus := await _surplus(work, deps, quote, placed)):
            await work.vendor_orders.add(surplus)
            mine += surplus
        moved = placed_together([_placed(it, placed, now) for it in mine]) if mine else ()
        is_cancelled = vendor_status(placed.status) == VendorOrderStatus.CANCELLED
        is_ordered = not is_cancelled and any(not it.is_price_request and it.asked is None for it in moved)
        progress = order_progress(quote, now) if is_ordered else RuleResult(quote, ())
        await work.quotes.save(quote, progress.quote)
        delay = timedelta() if is_cancelled else _first_poll_delay(deps, moved)
        for order, after in zip(mine, moved, strict=True):
            await work.vendor_orders.save(after)
            changes = (*status_change(order, after), *(progress.changes if after is moved[0] else ()))
            facts, node = {"followed": [after], "delay": delay}, quote.quote.ref
            kind = EventType.VENDOR_ORDER_PLACED
            work.record(NewEvent(kind, order.tenant_id, node, SYSTEM, now, changes, facts, subject=order.ref))
        await work.commit()
    return any(it.status == VendorOrderStatus.QUEUED and it not in mine for it in orders)


async def _surplus(
    work: UnitOfWork, deps: Dependencies, quote: QuoteAggregate, placed: PlacedOrder
) -> list[VendorOrder]:
    """Further orders, to be cancelled, of what is a line of another order at the vendor: an attempt whose outcome was
    not known has placed it too."""
    every = await work.vendor_orders.of_quote(quote.quote.id)
    twice = [it for it in every if it.id in placed.external_ids and it.vendor_order_id not in (None, placed.vendor_id)]
    return [cancelled_copy(it, deps.now(), deps.new_id()) for it in twice]


def _placed(order: VendorOrder, placed: PlacedOrder, now: datetime) -> VendorOrder:
    """The order as the vendor has it. One that was cancelled meanwhile is to be cancelled there too. What the vendor
    has cancelled ends when the order is followed, like any other."""
    status = vendor_status(placed.status)
    return order._replace(
        status=VendorOrderStatus.PENDING if status == VendorOrderStatus.CANCELLED else status,
        vendor_order_id=placed.vendor_id,
        order_number=placed.order_number,
        problem=None,
        asked=None if order.status in _WANTED else VendorAction.CANCEL,
        updated_at=now,
    )


def _first_poll_delay(deps: Dependencies, orders: Sequence[VendorOrder]) -> timedelta:
    """The delay before the vendor is polled for new orders: none if there is a request to send."""
    now = any(it.asked is not None or it.status == VendorOrderStatus.QUOTED for it in orders)
    return timedelta() if now else deps.retry_policy.poll_interval


async def fail_orders(work: UnitOfWork, deps: Dependencies, job: Job, problem: str) -> None:
    """Mark the orders of a dead job as failed."""
    orders, quote = await locked_orders_of_job(work, job)
    for order in orders:
        if order.status != VendorOrderStatus.QUEUED:
            continue
        failed = order._replace(status=VendorOrderStatus.FAILED, problem=problem, updated_at=deps.now())
        await work.vendor_orders.save(failed)
        changes = status_change(order, failed)
        kind, node = EventType.VENDOR_ORDER_FAILED, quote.quote.ref
        event = NewEvent(kind, order.tenant_id, node, SYSTEM, deps.now(), changes, subject=order.ref)
        work.record(event)
        if is_price_news(order, failed):
            await price_line(work, deps, failed, event)
