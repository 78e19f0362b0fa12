"""What operators do about jobs that were given up."""

from domain.fulfilment.vendor_orders import VendorOrderStatus, queued
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import Conflict, ErrorCode, NodeRef, NotFound, Problems
from domain.shared.events import EventType, NewEvent, StatusChange
from domain.shared.ids import parse_id
from domain.shared.jobs import Job, JobKind, JobStatus
from domain.use_cases.fulfilment.vendor_following import find_order


class NotDead(Conflict):
    """Only a dead job can be retried."""

    code = ErrorCode.NOT_DEAD


async def retry_job(deps: Dependencies, caller: Caller, given: str) -> Outcome:
    """Try a dead job again, from the first delay on; its vendor order is queued again.

    Raises: InvalidInput, NotFound, NotDead.
    """
    problems = Problems()
    parsed = problems.check(("id",), parse_id, given, "Job")
    problems.raise_if_any()
    job_id = parsed[1] if parsed else ""
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        if (found := await work.job(job_id)) is None:
            raise NotFound("job", ("id",))
        job = await work.retry_job(job_id, deps.now())
        if job is None:
            message = f"This job is {found.status}; only a {JobStatus.DEAD} one can be retried."
            raise NotDead(message, NodeRef("Job", job_id), found.status, JobStatus.DEAD)
        changes: tuple[StatusChange, ...] = ()
        if job.kind == JobKind.PLACE_VENDOR_ORDER:
            changes = await _queue_again(work, deps, caller, job)
        outcome = Outcome((NodeRef("Job", job_id),), changes)
        await work.commit(outcome)
        return outcome


async def _queue_again(work: UnitOfWork, deps: Dependencies, caller: Caller, job: Job) -> tuple[StatusChange, ...]:
    """Bring the order that a job is to place back into the queue."""
    found = await find_order(work, job.payload["vendorOrderId"])
    if found is None or found[0].status != VendorOrderStatus.FAILED:
        return ()
    order, quote = found
    after = queued(order, quote.line_of(order.item_id))._replace(updated_at=deps.now())
    await work.vendor_orders.save(after)
    changes = (StatusChange(order.ref, order.status, after.status),)
    node, kind = NodeRef("Quote", order.quote_id), EventType.VENDOR_ORDER_REQUEUED
    work.record(NewEvent(kind, order.tenant_id, node, caller.actor, deps.now(), changes))
    return changes
