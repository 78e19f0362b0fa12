"""The job that follows a vendor order: it polls the vendor, which sends no events, updates the order and sends the
pending request (docs/domain.md#follow-orders).

It always polls first, so that a request that the vendor has fulfilled is not sent again (ADR 4). Each order of the
vendor has one job, so that no two workers send a request for it at the same time: the orders of a batch are followed
together (docs/domain.md#order-batches). The pending request is stored with the order, so that it survives a crash.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from domain.fulfilment.order_batches import at_vendor, held_by_refusal, requested_now, waiting
from domain.fulfilment.shipments import follow_order
from domain.fulfilment.vendor_api import ReportedOrder
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrder, VendorOrderStatus, vendor_status
from domain.fulfilment.vendor_prices import is_price_news, is_unpriced
from domain.fulfilment.vendor_reports import (
    FOLLOWED,
    apply_report,
    flagged,
    is_followed,
    lost,
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
from domain.use_cases.fulfilment.vendor_cancelling import end_batch
from domain.use_cases.fulfilment.vendor_jobs import locked_order_line, locked_orders_of_job, orders_of_job
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
        if (found := await orders_of_job(work, job)) is None:
            # The job of their batch may be woken.
            await work.commit()
            return None
        placed, now = at_vendor(found[0]), deps.now()
        orders: Sequence[VendorOrder] = [it for it in placed if is_followed(it, now)]
        if not orders:
            return None
        code = (await work.tenants.by_id(orders[0].tenant_id)).company_code
    vendor, polled = deps.external.vendor(job.environment), False
    try:
        # Also of lines that have ended, which keep their devices.
        serial_numbers = {it.id: it.serial_numbers for it in placed}
        reports = await vendor.order(code, orders[0].vendor_order_id or "", serial_numbers)
        reported = dict(zip(serial_numbers, reports, strict=True))
        orders, polled = await _apply(deps, job, orders, reported), True
        orders = await _note_waiting(deps, job, orders, found[1])
        return await _send_request(deps, job, vendor, code, orders)
    except OutboundFailure as failure:
        if failure.final and not polled:
            for order in orders:
                await _flag(deps, job, order, partial(lost, problem=str(failure)))
            raise
        return Again(_next_attempt(deps, orders, failure), f"{type(failure).__name__}: {failure}")


def order_progress(quote: QuoteAggregate, at: datetime) -> RuleResult:
    """The quote with an order at the vendor. A quote that was cancelled meanwhile does not change."""
    try:
        return ordered(quote, SYSTEM, at)
    except Conflict:
        return RuleResult(quote, ())


async def note_order_problem(deps: Dependencies, job: Job, problem: str) -> None:
    """Set the problem of the orders of a job. The next success clears it."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        orders, quote = await orders_of_job(work, job) or ((), None)
        changed = [(it, after) for it in orders if (after := stuck(it, problem)) != it]
        if quote is None or not changed:
            return
        for before, after in changed:
            await work.vendor_orders.save(after)
            if before.problem is None:
                kind, node = EventType.VENDOR_ORDER_UPDATED, quote.quote.ref
                work.record(NewEvent(kind, before.tenant_id, node, SYSTEM, deps.now(), subject=before.ref))
        await work.commit()


async def _apply(
    deps: Dependencies, job: Job, orders: Sequence[VendorOrder], reports: Mapping[str, ReportedOrder]
) -> Sequence[VendorOrder]:
    """Update the followed orders from the vendor's reports, which are about one order there and all of its lines."""
    if len(reports) == 1:
        return [await _apply_to(deps, job, it, reports[it.id]) for it in orders]
    if any(vendor_status(it.status) == VendorOrderStatus.CANCELLED for it in reports.values()):
        return await end_batch(deps, job, list(reports.values()))
    followed = {it.id for it in orders}
    async with deps.unit_of_work(job.tenant_scope) as work:
        # Read at once as they are now: most reports change none of them.
        found, quote = await locked_orders_of_job(work, job)
    return [
        await _apply_to(deps, job, it, reports[it.id]) if _is_news(quote, it, reports[it.id]) else it
        for it in found
        if it.id in followed
    ]


def _is_news(quote: QuoteAggregate, order: VendorOrder, report: ReportedOrder) -> bool:
    return apply_report(order, report, _agreed(quote, order)) != order or is_unpriced(quote, order)


async def _note_waiting(
    deps: Dependencies, job: Job, orders: Sequence[VendorOrder], quote: QuoteAggregate
) -> Sequence[VendorOrder]:
    """Save what orders wait for that the vendor could confirm if they were not lines of one with others."""
    problems, noted = waiting(orders, quote), list[VendorOrder]()
    for order in orders:
        if order.problem == (problem := problems.get(order.id, order.problem)):
            noted.append(order)
            continue
        async with deps.unit_of_work(job.tenant_scope) as work:
            before, line = await locked_order_line(work, order.id)
            if pending_request(before) == pending_request(order):
                after = before._replace(problem=problem)
                before = await _save(work, deps, before, after, line, EventType.VENDOR_ORDER_UPDATED)
            noted.append(before)
    return noted


async def _apply_to(deps: Dependencies, job: Job, order: VendorOrder, report: ReportedOrder) -> VendorOrder:
    async with deps.unit_of_work(job.tenant_scope) as work:
        before, quote = await locked_order_line(work, order.id)
        after = apply_report(before, report, _agreed(quote, before))
        if after == before:
            if is_unpriced(quote, before):
                await price_line(work, deps, before)
                await work.commit()
            return before
        return await _save(work, deps, before, after, quote, _event_of_report(before, after))


async def _send_request(
    deps: Dependencies, job: Job, vendor: OrderVendor, code: str, orders: Sequence[VendorOrder]
) -> Again | None:
    """Send the pending request for an order of the vendor, unless an earlier one may still be in progress."""
    now, asking = deps.now(), requested_now(orders)
    if not asking:
        if job.sent_at is not None:
            await deps.jobs.mark_sent(job, None)
        changed_at = max(it.updated_at for it in orders)
        is_open = any(is_followed(it, now) for it in orders)
        return Again(deps.retry_policy.next_poll(changed_at, now)) if is_open else None
    if job.sent_at is not None and now < job.sent_at + deps.retry_policy.resend_after:
        return Again(job.sent_at + deps.retry_policy.resend_after, waits="An earlier request may still be under way.")
    await deps.jobs.mark_sent(job, now)
    try:
        await _call(vendor, code, asking[0])
    except Uncertain:
        raise
    except Refused as refusal:
        for order in asking:
            refused = request_refused(order, str(refusal))
            await _save_result(deps, job, order, refused, EventType.VENDOR_ORDER_FLAGGED)
        for order in held_by_refusal(orders, asking):
            problem = f"The vendor does not cancel this order, of which another item is no longer wanted: {refusal}"
            await _flag(deps, job, order, partial(flagged, attention=VendorAttention.REFUSED, problem=problem))
    except OutboundFailure:
        await deps.jobs.mark_sent(job, None)
        raise
    else:
        await _save_done(deps, job, orders, asking)
    await deps.jobs.mark_sent(job, None)
    return Again(deps.now() + deps.retry_policy.poll_interval)


async def _save_done(
    deps: Dependencies, job: Job, orders: Sequence[VendorOrder], asking: Sequence[VendorOrder]
) -> None:
    """Save that the vendor did what was requested for these orders. With one line, it has cancelled all of them."""
    if len(orders) > 1 and asking[0].asked == VendorAction.CANCEL:
        await end_batch(deps, job)
        return
    for order in asking:
        assert order.asked is not None
        await _save_result(deps, job, order, request_done(order), DONE_EVENTS[order.asked])


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


async def _flag(deps: Dependencies, job: Job, order: VendorOrder, flag: Callable[[VendorOrder], VendorOrder]) -> None:
    async with deps.unit_of_work(job.tenant_scope) as work:
        before, quote = await locked_order_line(work, order.id)
        after = flag(before)
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


def _next_attempt(deps: Dependencies, orders: Sequence[VendorOrder], failure: OutboundFailure) -> datetime:
    """The time of the next attempt after a failure. An uncertain request is not sent again before `resend_after`."""
    now, is_asked = deps.now(), any(it.asked is not None for it in orders)
    if isinstance(failure, Uncertain) and is_asked:
        return now + deps.retry_policy.resend_after
    if is_asked:
        return now + deps.retry_policy.poll_interval
    return deps.retry_policy.next_poll(max(it.updated_at for it in orders), now)
