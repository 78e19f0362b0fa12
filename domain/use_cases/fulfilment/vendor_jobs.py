"""The orders that a job places or follows, read and locked: those of a batch, or one
(docs/domain.md#order-batches)."""

from collections.abc import Sequence

from domain.fulfilment.order_batches import vendor_job
from domain.fulfilment.vendor_orders import VendorOrder
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import QuoteAggregate
from domain.shared.jobs import Job


async def orders_of_job(work: UnitOfWork, job: Job) -> tuple[Sequence[VendorOrder], QuoteAggregate] | None:
    """The orders of a job, and their quote: the whole quote for a batch, otherwise only with the order's line. None if
    they do not exist, or if their batch has another job, which wakes when the caller commits."""
    if "batchId" in job.payload:
        return await _batch(work, job.payload["quoteId"], job.payload["batchId"])
    found = await find_order_line(work, job.payload["vendorOrderId"])
    if found is None or (order := found[0]).batch_id is None:
        return None if found is None else ((order,), found[1])
    # A process of a version without batches has made a job for one of the lines.
    of_batch = vendor_job(job.kind, order)
    if of_batch.dedupe_key == job.dedupe_key:
        return await _batch(work, order.quote_id, order.batch_id)
    work.enqueue(job.tenant_id, of_batch)
    return None


async def locked_orders_of_job(work: UnitOfWork, job: Job) -> tuple[Sequence[VendorOrder], QuoteAggregate]:
    """The same as `orders_of_job`. A quote is never deleted while the vendor has an order for it."""
    found = await orders_of_job(work, job)
    assert found is not None, f"the orders of {job.dedupe_key} were never written, or their quote is gone"
    return found


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


async def _batch(work: UnitOfWork, quote_id: str, batch_id: str) -> tuple[Sequence[VendorOrder], QuoteAggregate] | None:
    """The orders of a batch, in the order of their lines, in which they were sent."""
    if (quote := await work.quotes.lock(quote_id)) is None:
        return None
    positions = {line.item.id: line.item.position for line in quote.lines}
    orders = [it for it in await work.vendor_orders.of_quote(quote_id) if it.batch_id == batch_id]
    orders.sort(key=lambda it: positions.get(it.item_id, 0))
    return (orders, quote) if orders else None
