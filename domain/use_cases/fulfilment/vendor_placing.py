"""The job that places a vendor order, once however often it runs (docs/domain.md#orders-of-a-line, ADR 4)."""

from datetime import timedelta

from domain.fulfilment.vendor_api import PlacedOrder
from domain.fulfilment.vendor_orders import (
    VendorAction,
    VendorOrderStatus,
    order_request,
    queued,
    vendor_status,
)
from domain.fulfilment.vendor_prices import is_price_news
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import RuleResult
from domain.shared.access import SYSTEM, Environment
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.jobs import Job
from domain.use_cases.fulfilment.vendor_following import find_order_line, locked_order_line, order_progress
from domain.use_cases.fulfilment.vendor_prices import price_line
from domain.use_cases.jobs.at_most_once import call_at_most_once


async def place_vendor_order(deps: Dependencies, job: Job) -> None:
    """Place a queued order at the vendor, once however often this runs (docs/domain.md#orders-of-a-line). One that was
    cancelled after an attempt whose effect is not known is looked for, to cancel it at the vendor.

    Raises: OutboundFailure.
    """
    async with deps.unit_of_work(job.tenant_scope) as work:
        if (found := await find_order_line(work, job.payload["vendorOrderId"])) is None:
            # The quote was deleted after the job became dead, and then the job was retried.
            return
        order, quote = found
        tenant = await work.tenants.by_id(order.tenant_id)
        company = await work.tenants.company_details(order.tenant_id)
    called_off = order.status == VendorOrderStatus.CANCELLED and not order.vendor_order_id and job.sent_at is not None
    if order.status != VendorOrderStatus.QUEUED and not called_off:
        return
    line = quote.line_of(order.item_id)
    if not called_off and (order := queued(order, line)).status != VendorOrderStatus.QUEUED:
        await _unqueue(deps, job)
        return
    vendor, sandbox = deps.external.vendor(job.environment), job.environment == Environment.TEST
    request = order_request(order, quote.quote, line, tenant.company_code, company, sandbox)

    async def make() -> PlacedOrder | None:
        return None if called_off else await vendor.place_order(request)

    placed = await call_at_most_once(
        deps,
        job,
        lambda: vendor.find_order(request.company_code, request.country_code, request.external_item_id),
        make,
    )
    if placed is not None:
        await _save_placed(deps, job, placed)


async def _unqueue(deps: Dependencies, job: Job) -> None:
    """Remove an order from the queue that an older release queued although it cannot be placed."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        order, quote = await locked_order_line(work, job.payload["vendorOrderId"])
        if order.status != VendorOrderStatus.QUEUED:
            return
        after = queued(order, quote.line_of(order.item_id))._replace(updated_at=deps.now())
        await work.vendor_orders.save(after)
        changes = status_change(order, after)
        node, kind = quote.quote.ref, EventType.VENDOR_ORDER_FAILED
        event = NewEvent(kind, order.tenant_id, node, SYSTEM, deps.now(), changes, subject=order.ref)
        work.record(event)
        if is_price_news(order, after):
            await price_line(work, deps, after, event)
        await work.commit()


async def _save_placed(deps: Dependencies, job: Job, placed: PlacedOrder) -> None:
    """Save an order as placed at the vendor."""
    now, status = deps.now(), vendor_status(placed.status)
    async with deps.unit_of_work(job.tenant_scope) as work:
        order, quote = await locked_order_line(work, job.payload["vendorOrderId"])
        # An order cancelled while it was being placed is cancelled at the vendor too.
        cancelled = order.status == VendorOrderStatus.CANCELLED and not order.vendor_order_id
        if order.status != VendorOrderStatus.QUEUED and not cancelled:
            return
        moved = order._replace(
            status=status,
            vendor_order_id=placed.vendor_id,
            order_number=placed.order_number,
            problem=None,
            asked=VendorAction.CANCEL if cancelled else None,
            updated_at=now,
        )
        await work.vendor_orders.save(moved)
        progress = RuleResult(quote, ())
        if not moved.is_price_request and not cancelled:
            progress = order_progress(quote, now)
        await work.quotes.save(quote, progress.quote)
        changes = (*status_change(order, moved), *progress.changes)
        facts = {"followed": [order.id], "delay": _first_poll_delay(deps, status, cancelled)}
        kind = EventType.VENDOR_ORDER_PLACED
        event = NewEvent(kind, order.tenant_id, quote.quote.ref, SYSTEM, now, changes, facts, subject=order.ref)
        work.record(event)
        await work.commit()


def _first_poll_delay(deps: Dependencies, status: VendorOrderStatus, cancelled: bool) -> timedelta:
    """The delay before the vendor is polled for a new order: none if there is a request to send."""
    return timedelta() if cancelled or status == VendorOrderStatus.QUOTED else deps.retry_policy.poll_interval


async def fail_order(work: UnitOfWork, deps: Dependencies, job: Job, problem: str) -> None:
    """Mark the order of a dead job as failed."""
    order, quote = await locked_order_line(work, job.payload["vendorOrderId"])
    if order.status != VendorOrderStatus.QUEUED:
        return
    failed = order._replace(status=VendorOrderStatus.FAILED, problem=problem, updated_at=deps.now())
    await work.vendor_orders.save(failed)
    changes = status_change(order, failed)
    kind, node = EventType.VENDOR_ORDER_FAILED, quote.quote.ref
    event = NewEvent(kind, order.tenant_id, node, SYSTEM, deps.now(), changes, subject=order.ref)
    work.record(event)
    if is_price_news(order, failed):
        await price_line(work, deps, failed, event)
