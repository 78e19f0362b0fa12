"""Retries and discards dead jobs for operators."""

from dataclasses import dataclass

from domain.fulfilment.vendor_orders import VendorOrderStatus, queued
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import Conflict, ErrorCode, NodeRef, NotFound, Path
from domain.shared.events import EventType, NewEvent, StatusChange, status_change
from domain.shared.ids import parse_reference
from domain.shared.jobs import Job, JobStatus, JobType
from domain.use_cases.frame import Command, use_case
from domain.use_cases.fulfilment.vendor_jobs import orders_of_job

JOB: Path = ("jobId",)


class NotDead(Conflict):
    """Only a dead job can be retried or discarded."""

    code = ErrorCode.NOT_DEAD


@dataclass(frozen=True, slots=True)
class RetryJob(Command):
    """Retry a dead job."""

    job_id: str

    @property
    def subject(self) -> Path:
        return JOB


@dataclass(frozen=True, slots=True)
class DiscardJob(Command):
    """Discard a dead job."""

    job_id: str

    @property
    def subject(self) -> Path:
        return JOB


@use_case
async def retry_job(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RetryJob) -> Outcome:
    """Retry a dead job, beginning with the first retry delay. Its failed vendor orders are queued again.

    Raises: InvalidInput, NotFound, NotDead.
    """
    job_id, found = await _found(work, command.job_id)
    node, job = NodeRef("Job", job_id), await work.retry_job(job_id, deps.now())
    if job is None:
        message = f"This job is {found.status}; only a {JobStatus.DEAD} one can be retried."
        raise NotDead(message, node, found.status, JobStatus.WAITING)
    changes: tuple[StatusChange, ...] = ()
    if job.kind == JobType.PLACE_VENDOR_ORDER:
        changes = await _queue_again(work, deps, caller, job)
    return Outcome((node,), changes)


@use_case
async def discard_job(work: UnitOfWork, deps: Dependencies, caller: Caller, command: DiscardJob) -> Outcome:
    """Discard a dead job: it is not run again. What it worked on, such as a failed vendor order, stays as it is.

    Raises: InvalidInput, NotFound, NotDead.
    """
    job_id, found = await _found(work, command.job_id)
    node = NodeRef("Job", job_id)
    if not await work.discard_job(job_id, deps.now()):
        message = f"This job is {found.status}; only a {JobStatus.DEAD} one can be discarded."
        raise NotDead(message, node, found.status, JobStatus.DISCARDED)
    return Outcome((node,), (StatusChange(node, found.status, JobStatus.DISCARDED),))


async def _found(work: UnitOfWork, given: str) -> tuple[str, Job]:
    """A job and its row id. Raises: InvalidInput, NotFound."""
    job_id = parse_reference(JOB, given, "Job")
    if (found := await work.job(job_id)) is None:
        raise NotFound("job", JOB)
    return job_id, found


async def _queue_again(work: UnitOfWork, deps: Dependencies, caller: Caller, job: Job) -> tuple[StatusChange, ...]:
    """Queue the failed vendor orders of a job again."""
    orders, quote = await orders_of_job(work, job) or ((), None)
    every = list[StatusChange]()
    for order in orders:
        if quote is None or order.status != VendorOrderStatus.FAILED:
            continue
        after = queued(order, quote.line_of(order.item_id))._replace(updated_at=deps.now())
        await work.vendor_orders.save(after)
        changes = status_change(order, after)
        node, kind = NodeRef("Quote", order.quote_id), EventType.VENDOR_ORDER_REQUEUED
        work.record(NewEvent(kind, order.tenant_id, node, caller.actor, deps.now(), changes, subject=order.ref))
        every += changes
    return tuple(every)
