"""The job that follows a vendor order: it polls the vendor, which sends no events, updates the order and sends the
pending request (docs/domain.md#follow-orders).

It always polls first, so that a request that the vendor has fulfilled is not sent again (ADR 4). Each order has one
job, so that no two workers send its request at the same time. The pending request is stored with the order, so that it
survives a crash.
"""

from dataclasses import replace
from datetime import datetime

from domain.fulfilment.shipments import follow_order
from domain.fulfilment.vendor_api import ReportedOrder
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrder
from domain.fulfilment.vendor_prices import is_price_news, is_unpriced
from domain.fulfilment.vendor_reports import (
    FOLLOWED,
    apply_report,
    flagged,
    is_followed,
    pending_request,
    request_done,
    request_refused,
    stuck,
)
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.external import OrderVendor
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, RuleResult
from domain.quotes.transitions import ordered
from domain.shared.access import SYSTEM
from domain.shared.errors import Conflict
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.jobs import Again, Job
from domain.shared.money import Money
from domain.shared.outbound_errors import OutboundFailure, Refused, Uncertain
from domain.use_cases.fulfilment.deliveries import hold_devices
from domain.use_cases.fulfilment.shipments import changed_recipients, write_fulfilment
from domain.use_cases.fulfilment.vendor_prices import TECSPAL, price_line
from domain.use_cases.inventory.assets import SerialTaken

DONE_EVENTS = {
    VendorAction.CONFIRM: EventType.VENDOR_ORDER_CONFIRMED,
    VendorAction.CANCEL: EventType.VENDOR_ORDER_CANCELLED,
    VendorAction.SELECT: EventType.VENDOR_ALTERNATIVE_SELECTED,
}


async def follow_vendor_order(deps: Dependencies, job: Job) -> Again | None:
    """Poll the vendor, update the order and send its pending request. Returns when to poll again, or None.

    Raises: OutboundFailure, if the failure is final.
    """
    async with deps.unit_of_work(job.tenant_scope) as work:
        if (found := await find_order_line(work, job.payload["vendorOrderId"])) is None:
            return None
        order = found[0]
        code = (await work.tenants.by_id(order.tenant_id)).company_code
    if not is_followed(order, deps.now()) or order.vendor_order_id is None:
        return None
    vendor, polled = deps.external.vendor(job.environment), False
    try:
        report = await vendor.order(code, order.vendor_order_id, order.id)
        order, polled = await _apply(deps, job, report), True
        return await _send_request(deps, job, vendor, code, order)
    except OutboundFailure as failure:
        if failure.final and not polled:
            await _flag(deps, job, VendorAttention.LOST, str(failure))
            raise
        return Again(_next_attempt(deps, job, order, failure), f"{type(failure).__name__}: {failure}")


async def find_order(work: UnitOfWork, order_id: str) -> tuple[VendorOrder, QuoteAggregate] | None:
    """An order and its quote, both locked, the quote first as in all use cases. None if either does not exist."""
    place = await work.vendor_orders.place_of(order_id)
    quote = await work.quotes.lock(place[0]) if place else None
    order = await work.vendor_orders.lock(order_id) if quote else None
    return None if order is None or quote is None else (order, quote)


async def find_order_line(work: UnitOfWork, order_id: str) -> tuple[VendorOrder, QuoteAggregate] | None:
    """The same as `find_order`, with only the order's line of the quote."""
    place = await work.vendor_orders.place_of(order_id)
    quote = await work.quotes.lock_line(*place) if place else None
    order = await work.vendor_orders.lock(order_id) if quote else None
    return None if order is None or quote is None else (order, quote)


async def locked_order_line(work: UnitOfWork, order_id: str) -> tuple[VendorOrder, QuoteAggregate]:
    """The order of a job, and its line. A quote is never deleted while the vendor has an order for it."""
    found = await find_order_line(work, order_id)
    assert found is not None, f"vendor order {order_id} was never written, or its quote is gone"
    return found


def order_progress(quote: QuoteAggregate, at: datetime) -> RuleResult:
    """The quote with an order at the vendor. A quote that was cancelled meanwhile does not change."""
    try:
        return ordered(quote, SYSTEM, at)
    except Conflict:
        return RuleResult(quote, ())


async def note_order_problem(deps: Dependencies, job: Job, problem: str) -> None:
    """Set the problem of an order. The next success clears it."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        if (found := await find_order_line(work, job.payload["vendorOrderId"])) is None:
            return
        before, quote = found
        if (after := stuck(before, problem)) == before:
            return
        await work.vendor_orders.save(after)
        if before.problem is None:
            kind, node = EventType.VENDOR_ORDER_UPDATED, quote.quote.ref
            work.record(NewEvent(kind, before.tenant_id, node, SYSTEM, deps.now(), subject=before.ref))
        await work.commit()


async def _apply(deps: Dependencies, job: Job, report: ReportedOrder) -> VendorOrder:
    """Update the order from the vendor's report."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        before, quote = await locked_order_line(work, job.payload["vendorOrderId"])
        after = apply_report(before, report, _agreed(quote, before))
        if after == before:
            if is_unpriced(quote, before):
                await price_line(work, deps, before)
                await work.commit()
            return before
        return await _save(work, deps, before, after, quote, _event_of_report(before, after))


async def _send_request(
    deps: Dependencies, job: Job, vendor: OrderVendor, code: str, order: VendorOrder
) -> Again | None:
    """Send the pending request of an order, unless an earlier one may still be in progress."""
    now = deps.now()
    if order.asked is None:
        if job.sent_at is not None:
            await deps.jobs.mark_sent(job, None)
        return Again(deps.retry_policy.next_poll(order.updated_at, now)) if is_followed(order, now) else None
    if job.sent_at is not None and now < job.sent_at + deps.retry_policy.resend_after:
        return Again(job.sent_at + deps.retry_policy.resend_after, waits="An earlier request may still be under way.")
    await deps.jobs.mark_sent(job, now)
    try:
        await _call(vendor, code, order)
    except Uncertain:
        raise
    except Refused as refusal:
        await _save_result(deps, job, order, request_refused(order, str(refusal)), EventType.VENDOR_ORDER_FLAGGED)
    except OutboundFailure:
        await deps.jobs.mark_sent(job, None)
        raise
    else:
        await _save_result(deps, job, order, request_done(order), DONE_EVENTS[order.asked])
    await deps.jobs.mark_sent(job, None)
    return Again(deps.now() + deps.retry_policy.poll_interval)


async def _call(vendor: OrderVendor, code: str, order: VendorOrder) -> None:
    vendor_id = order.vendor_order_id or ""
    match order.asked:
        case VendorAction.CONFIRM:
            await vendor.confirm_order(code, vendor_id)
        case VendorAction.CANCEL:
            await vendor.cancel_order(code, vendor_id)
        case VendorAction.SELECT:
            group, candidate = order.asked_group_id or "", order.asked_candidate_id or ""
            await vendor.select_alternative(code, vendor_id, group, candidate)


async def _save_result(
    deps: Dependencies, job: Job, requested: VendorOrder, after: VendorOrder, kind: EventType
) -> None:
    """Save the result of a request. A different request that an operator has made meanwhile stays pending."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        before, quote = await locked_order_line(work, requested.id)
        ended = after._replace(updated_at=before.updated_at)
        if pending_request(before) != pending_request(requested):
            ended = ended._replace(**pending_request(before))
        await _save(work, deps, before, ended, quote, kind)


async def _flag(deps: Dependencies, job: Job, attention: VendorAttention, problem: str) -> None:
    async with deps.unit_of_work(job.tenant_scope) as work:
        before, quote = await locked_order_line(work, job.payload["vendorOrderId"])
        after = flagged(before, attention, problem)
        await _save(work, deps, before, after, quote, EventType.VENDOR_ORDER_FLAGGED)


async def _save(
    work: UnitOfWork,
    deps: Dependencies,
    before: VendorOrder,
    after: VendorOrder,
    quote: QuoteAggregate,
    kind: EventType,
) -> VendorOrder:
    now = deps.now()
    changes = status_change(before, after)
    quote, rule_result = await _result_for_quote(work, quote, before, after, now)
    after = await _hold(work, deps, quote, rule_result, after)
    saved = after._replace(updated_at=now)
    await work.vendor_orders.save(saved)
    actor = SYSTEM if kind == EventType.VENDOR_ORDER_FLAGGED else TECSPAL
    unchanged = NewEvent(kind, before.tenant_id, quote.quote.ref, actor, now, (*changes, *rule_result.changes))
    event = replace(unchanged, field_changes=field_changes([before], [saved]), subject=before.ref)
    work.record(event)
    await write_fulfilment(work, deps, TECSPAL, quote, rule_result, None, event)
    if is_price_news(before, saved):
        await price_line(work, deps, saved, event)
    await work.commit()
    return saved


async def _result_for_quote(
    work: UnitOfWork, quote: QuoteAggregate, before: VendorOrder, after: VendorOrder, now: datetime
) -> tuple[QuoteAggregate, RuleResult]:
    """The quote and the result of an order's change. If recipients change, the rule is applied to the whole quote."""
    rule_result = _followed(quote, before, after, now)
    if rule_result.quote == quote:
        return quote, rule_result
    whole = await work.quotes.lock(quote.quote.id)
    assert whole is not None, "the quote is locked"
    return whole, _followed(whole, before, after, now)


def _followed(quote: QuoteAggregate, before: VendorOrder, after: VendorOrder, now: datetime) -> RuleResult:
    """The result of an order's change for the recipients, and for the quote if the order was a price request until its
    line was accepted. A cancelled quote does not change."""
    try:
        rule_result = follow_order(quote, before, after, TECSPAL, now)
    except Conflict:
        return RuleResult(quote, ())
    if after.is_price_request or after.status not in FOLLOWED:
        return rule_result
    moved = order_progress(rule_result.quote, now)
    return replace(moved, changes=(*rule_result.changes, *moved.changes))


async def _hold(
    work: UnitOfWork, deps: Dependencies, quote: QuoteAggregate, rule_result: RuleResult, order: VendorOrder
) -> VendorOrder:
    """Create the assets of delivered devices. A serial number that another device has flags the order."""
    for line, recipient in changed_recipients(quote, rule_result.quote):
        try:
            await hold_devices(work, deps, TECSPAL, rule_result.quote.quote, line, recipient, order.selected)
        except SerialTaken as taken:
            order = flagged(order, VendorAttention.DUPLICATE_SERIAL, taken.message)
    return order


def _event_of_report(before: VendorOrder, after: VendorOrder) -> EventType:
    if after.attention is not None and after.attention != before.attention:
        return EventType.VENDOR_ORDER_FLAGGED
    return EventType.VENDOR_ORDER_UPDATED


def _agreed(quote: QuoteAggregate, order: VendorOrder) -> Money | None:
    """The agreed price of one device."""
    agreement = quote.line_of(order.item_id).item.agreement
    return agreement.price if agreement else None


def _next_attempt(deps: Dependencies, job: Job, order: VendorOrder, failure: OutboundFailure) -> datetime:
    """The time of the next attempt after a failure. An uncertain request is not sent again before `resend_after`."""
    now = deps.now()
    if isinstance(failure, Uncertain) and order.asked is not None:
        return now + deps.retry_policy.resend_after
    return now + deps.retry_policy.poll_interval if order.asked else deps.retry_policy.next_poll(order.updated_at, now)
