"""What becomes of a batch whose order the vendor has cancelled: all of its lines end, and those that are still wanted
are ordered again (docs/domain.md#order-batches)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from domain.fulfilment.order_batches import at_vendor, called_off, ordered_again
from domain.fulfilment.shipments import follow_order
from domain.fulfilment.vendor_api import ReportedOrder
from domain.fulfilment.vendor_orders import VendorAction, VendorOrder
from domain.fulfilment.vendor_prices import is_price_news
from domain.fulfilment.vendor_reports import UNCONFIRMED, apply_report, request_done
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, RuleResult
from domain.shared.access import SYSTEM
from domain.shared.errors import Conflict
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.jobs import Job
from domain.use_cases.fulfilment.shipments import write_fulfilment
from domain.use_cases.fulfilment.vendor_jobs import locked_orders_of_job
from domain.use_cases.fulfilment.vendor_prices import TECSPAL, price_line


async def end_batch(deps: Dependencies, job: Job, reports: Sequence[ReportedOrder] = ()) -> Sequence[VendorOrder]:
    """Save that the vendor has cancelled the order of a batch, as it answered or as it reports. If we requested that
    for some of the lines, the others are ordered again in the same commit, so that none is lost or ordered twice."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        found, quote = await locked_orders_of_job(work, job)
        orders, now = at_vendor(found), deps.now()
        ended = called_off(orders)
        left = [it for it in orders if ended and it not in ended and it.status in UNCONFIRMED]
        again, linked = ordered_again(quote, left, now, deps.new_id)
        if again:
            await work.vendor_orders.add(again)
        saved, news, after = list[VendorOrder](), list[tuple[VendorOrder, NewEvent]](), linked
        for number, before in enumerate(orders):
            order = _ended(before, reports[number] if reports else None, bool(ended))
            saved.append(order if order == before else order._replace(updated_at=now))
            if order != before:
                after, event = await _save_ended(work, deps, before, saved[-1], after)
                if before not in left and is_price_news(before, order):
                    news.append((saved[-1], event))
        await write_fulfilment(work, deps, TECSPAL, quote, RuleResult(after, ()), None)
        for order, event in news:
            await price_line(work, deps, order, event)
        for order in again:
            kind, facts = EventType.VENDOR_ORDER_REQUEUED, {"orders": [order]}
            work.record(NewEvent(kind, order.tenant_id, quote.quote.ref, SYSTEM, now, (), facts, subject=order.ref))
        await work.commit()
        return saved


def _ended(before: VendorOrder, report: ReportedOrder | None, is_requested: bool) -> VendorOrder:
    """The order after its cancellation, which was requested for it or for another of its batch, or by the vendor."""
    asked = before
    if is_requested:
        asked = before._replace(asked=VendorAction.CANCEL, attention=None, problem=None)
    if report is not None:
        return apply_report(asked, report, agreed=None)
    return request_done(asked) if before.status in UNCONFIRMED else before


async def _save_ended(
    work: UnitOfWork, deps: Dependencies, before: VendorOrder, after: VendorOrder, quote: QuoteAggregate
) -> tuple[QuoteAggregate, NewEvent]:
    """Save an order that has ended. Returns the quote with its recipients as they are now, and the event."""
    await work.vendor_orders.save(after)
    rule_result = RuleResult(quote, ())
    with suppress(Conflict):
        # A cancelled quote does not change.
        rule_result = follow_order(quote, before, after, TECSPAL, deps.now())
    is_flagged = after.attention is not None
    kind = EventType.VENDOR_ORDER_FLAGGED if is_flagged else EventType.VENDOR_ORDER_CANCELLED
    actor, changes = SYSTEM if is_flagged else TECSPAL, (*status_change(before, after), *rule_result.changes)
    event = NewEvent(kind, after.tenant_id, quote.quote.ref, actor, deps.now(), changes, subject=after.ref)
    event = replace(event, field_changes=field_changes([before], [after]))
    work.record(event)
    return rule_result.quote, event
