"""The jobs that events cause, and the functions that run them.

`REACTIONS` lists the jobs that each event causes; the unit of work reads it at the commit. `JOBS` lists the function of
each kind of job. A job can run any number of times and has its effect once
(docs/adr/0004-calls-that-must-not-happen-twice.md).
"""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from domain.connections.changes import failure_reason
from domain.fulfilment.order_batches import vendor_job
from domain.fulfilment.vendor_orders import VendorOrderStatus
from domain.inventory.device_actions import DeviceActionStatus
from domain.ports.dependencies import Dependencies
from domain.shared.events import EventType, NewEvent
from domain.shared.jobs import Again, Job, JobResult, JobType, LeaseLost, NewJob
from domain.shared.outbound_errors import OutboundFailure
from domain.use_cases.connections.deleting import delete_quotes
from domain.use_cases.connections.device_actions import create_action_there, give_up_action, note_action_problem
from domain.use_cases.connections.notices import read_notice
from domain.use_cases.connections.sending import give_up_change, note_change_problem, send_origin_change
from domain.use_cases.connections.syncing import sync_connection
from domain.use_cases.fulfilment.vendor_following import follow_vendor_order, note_order_problem
from domain.use_cases.fulfilment.vendor_placing import fail_orders, place_vendor_order
from domain.use_cases.inventory.movements import (
    fail_movement,
    follow_movement,
    next_placing,
    note_movement_problem,
    place_movement,
)
from domain.use_cases.members.emails import send_invitation
from domain.use_cases.webhooks.delivering import deliver_webhooks
from domain.use_cases.webhooks.emails import send_webhook_disabled
from domain.use_cases.worker.emails import (
    QuoteGone,
    send_device_action,
    send_item_accepted,
    send_quote,
    send_quote_created,
    send_quote_declined,
    send_signed_copy,
)
from domain.use_cases.worker.tasks import create_task

T = TypeVar("T")

# Deliveries go on soon after a missing setting is set, or a fault ends: no failure of an endpoint comes here.
LONGEST_DELIVERY_PAUSE = timedelta(minutes=1)
# What is tried again however often it fails.
ENDLESS = frozenset(
    {JobType.FOLLOW_VENDOR_ORDER, JobType.FOLLOW_MOVEMENT, JobType.SYNC_CONNECTION, JobType.DELETE_QUOTES}
)
# What is asked of connected systems.
ASKED_THERE = frozenset({JobType.SEND_ORIGIN_CHANGE, JobType.CREATE_ACTION_THERE})


def _emails_of_creation(event: NewEvent) -> Iterable[NewJob]:
    quote_id = event.node.id
    for address in event.facts["addresses"]:
        payload = {"quoteId": quote_id, "to": address}
        yield NewJob(JobType.SEND_QUOTE_CREATED, f"quote-created:{quote_id}:{address}", payload)


def _task(event: NewEvent) -> Iterable[NewJob]:
    yield NewJob(JobType.CREATE_TASK, f"task:{event.node.id}", {"quoteId": event.node.id})


def _emails_of_acceptance(event: NewEvent) -> Iterable[NewJob]:
    """One e-mail to each address for one mutation, however many lines it accepts."""
    if (item_ids := event.facts.get("itemIds")) is None:
        return
    first = (*item_ids, event.node.id)[0]
    for address in event.facts["addresses"]:
        payload = {"quoteId": event.node.id, "itemIds": item_ids, "to": address}
        yield NewJob(JobType.SEND_ITEM_ACCEPTED, f"accepted:{first}:{address}", payload)


def _emails_of_decline(event: NewEvent) -> Iterable[NewJob]:
    for address in event.facts["addresses"]:
        payload = {"quoteId": event.node.id, "to": address}
        yield NewJob(JobType.SEND_QUOTE_DECLINED, f"declined:{event.node.id}:{address}", payload)


def _vendor_orders(event: NewEvent) -> Iterable[NewJob]:
    for order in event.facts.get("orders", ()):
        if order.status == VendorOrderStatus.QUEUED:
            yield vendor_job(JobType.PLACE_VENDOR_ORDER, order)


def _following(event: NewEvent) -> Iterable[NewJob]:
    for order in event.facts.get("followed", ()):
        yield vendor_job(JobType.FOLLOW_VENDOR_ORDER, order, event.facts.get("delay", timedelta()))


def _movements(event: NewEvent) -> Iterable[NewJob]:
    for movement_id in event.facts.get("movements", ()):
        yield NewJob(JobType.PLACE_MOVEMENT, f"movement:{movement_id}", {"movementId": movement_id})


def _following_movements(event: NewEvent) -> Iterable[NewJob]:
    for movement_id in event.facts["followed"]:
        payload, delay = {"movementId": movement_id}, event.facts["delay"]
        yield NewJob(JobType.FOLLOW_MOVEMENT, f"follow-movement:{movement_id}", payload, delay=delay)


def _signed_copy(event: NewEvent) -> Iterable[NewJob]:
    signature_id = event.facts["signatureId"]
    payload = {"quoteId": event.node.id, "signatureId": signature_id, "to": event.facts["to"]}
    yield NewJob(JobType.SEND_SIGNED_COPY, f"signed:{signature_id}", payload)


def _emails_of_actions(event: NewEvent) -> Iterable[NewJob]:
    """E-mails to the addresses of a device action when it starts, is in transit and ends."""
    status = event.facts["status"]
    if event.type in ON_THE_WAY and status != DeviceActionStatus.IN_TRANSIT:
        return
    for address in event.facts["addresses"]:
        payload = {"deviceActionId": event.node.id, "to": address, "status": status}
        # An action can be in transit more than once; the events of the same time cause one e-mail.
        step = f"{event.node.id}:{status}:{event.occurred_at.isoformat()}"
        yield NewJob(JobType.SEND_DEVICE_ACTION, f"action:{step}:{address}", payload)


ON_THE_WAY = (EventType.DEVICE_ACTION_ADVANCED, EventType.DEVICE_ACTION_TRACKING_ADDED)


def _emails_of_sending(event: NewEvent) -> Iterable[NewJob]:
    facts = event.facts
    for address in facts["addresses"]:
        payload = {"quoteId": event.node.id, "to": address, **{it: facts[it] for it in ("link", "pdf", "message")}}
        yield NewJob(JobType.SEND_QUOTE, f"quote-sent:{facts['sending']}:{address}", payload)


def _email_of_disabling(event: NewEvent) -> Iterable[NewJob]:
    if event.facts.get("mailed"):
        key = f"webhook-disabled:{event.node.id}:{event.occurred_at.isoformat()}"
        yield NewJob(JobType.SEND_WEBHOOK_DISABLED, key, {"endpointId": event.node.id})


def _invitation(event: NewEvent) -> Iterable[NewJob]:
    key = f"invitation:{event.node.id}:{event.occurred_at.isoformat()}"
    yield NewJob(JobType.SEND_INVITATION, key, {"memberId": event.node.id})


def _origin_change(event: NewEvent) -> Iterable[NewJob]:
    change_id = event.facts["changeId"]
    yield NewJob(JobType.SEND_ORIGIN_CHANGE, f"origin-change:{change_id}", {"changeId": change_id})


def _action_there(event: NewEvent) -> Iterable[NewJob]:
    if event.facts.get("isForeign"):
        payload = {"deviceActionId": event.node.id}
        yield NewJob(JobType.CREATE_ACTION_THERE, f"action-there:{event.node.id}", payload)


Reaction = Callable[[NewEvent], Iterable[NewJob]]

REACTIONS: dict[EventType, tuple[Reaction, ...]] = {
    EventType.QUOTE_CREATED: (_emails_of_creation, _task),
    EventType.QUOTE_SENT: (_emails_of_sending,),
    EventType.QUOTE_DECLINED: (_emails_of_decline,),
    EventType.QUOTE_APPROVED: (_emails_of_acceptance,),
    EventType.QUOTE_ITEM_UPDATED: (_vendor_orders,),
    EventType.QUOTE_ITEM_ACCEPTED: (_emails_of_acceptance, _vendor_orders, _following),
    EventType.QUOTE_ALTERNATIVE_ACCEPTED: (_emails_of_acceptance, _vendor_orders, _following),
    EventType.QUOTE_PRICES_REQUESTED: (_vendor_orders, _following),
    EventType.VENDOR_ORDER_REQUEUED: (_vendor_orders,),
    EventType.VENDOR_ORDER_PLACED: (_following,),
    EventType.VENDOR_ORDER_REQUESTED: (_following,),
    EventType.QUOTE_SIGNED: (_signed_copy,),
    EventType.QUOTE_CHANGE_REQUESTED: (_origin_change,),
    EventType.DEVICE_ACTION_CREATED: (_movements, _emails_of_actions, _action_there),
    EventType.DEVICE_ACTION_ADVANCED: (_emails_of_actions,),
    EventType.DEVICE_ACTION_TRACKING_ADDED: (_emails_of_actions,),
    EventType.DEVICE_ACTION_COMPLETED: (_emails_of_actions,),
    EventType.DEVICE_ACTION_CANCELLED: (_emails_of_actions,),
    EventType.MOVEMENT_UPDATED: (_following_movements,),
    EventType.WEBHOOK_ENDPOINT_DISABLED: (_email_of_disabling,),
    EventType.MEMBER_INVITED: (_invitation,),
}


def jobs_for(event: NewEvent) -> list[NewJob]:
    """The jobs an event causes. What comes from a connected system is that system's to act on."""
    if event.facts.get("origin"):
        return []
    return [job for reaction in REACTIONS.get(event.type, ()) for job in reaction(event)]


async def run(deps: Dependencies, job: Job) -> JobResult:
    """Run one claimed job. A job that fails is postponed, or becomes dead when its retries are used up.

    An attempt whose lease has ended changes nothing: another worker has taken the job over.
    """
    with suppress(LeaseLost):
        try:
            again = None
            with suppress(QuoteGone):
                again = await JOBS[job.kind](deps, job)
        except OutboundFailure as failure:
            return await put_off(deps, job, failure)
        if again is None:
            await deps.jobs.finish(job, deps.now())
            return JobResult.DONE
        await deps.jobs.repeat(job, again)
        if again.error is None:
            return JobResult.WAITS if again.waits else JobResult.AGAIN
        await _note_problem(deps, job, again.error)
        return JobResult.FAILED
    return JobResult.OVERTAKEN


async def put_off(deps: Dependencies, job: Job, failure: OutboundFailure) -> JobResult:
    """Postpone a failed job; it becomes dead when its retries are used up. Its order, movement or change gets the
    problem."""
    # What is to be delivered to webhooks waits until their job runs again.
    final = failure.final and job.kind != JobType.DELIVER_WEBHOOKS
    until = None if final else _next_attempt(deps, job)
    error = f"{type(failure).__name__}: {failure}"
    # Those who asked for it do not see the addresses of the system.
    problem = failure_reason(failure) if job.kind in ASKED_THERE else error
    with suppress(LeaseLost):
        if until is None:
            await _give_up(deps, job, error, problem)
            return JobResult.DEAD
        await deps.jobs.postpone(job, error, until)
        await _note_problem(deps, job, problem)
        return JobResult.FAILED
    return JobResult.OVERTAKEN


async def _note_problem(deps: Dependencies, job: Job, problem: str) -> None:
    """Set the problem of the order, movement or change that a job works on. The next success clears it."""
    match job.kind:
        case JobType.PLACE_VENDOR_ORDER | JobType.FOLLOW_VENDOR_ORDER:
            await note_order_problem(deps, job, problem)
        case JobType.PLACE_MOVEMENT | JobType.FOLLOW_MOVEMENT:
            await note_movement_problem(deps, job, problem)
        case JobType.SEND_ORIGIN_CHANGE:
            await note_change_problem(deps, job, problem)
        case JobType.CREATE_ACTION_THERE:
            await note_action_problem(deps, job, problem)


async def _give_up(deps: Dependencies, job: Job, error: str, problem: str) -> None:
    """Mark a job as dead and its order, movement or change as failed, in one unit of work. Raises: LeaseLost."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        if job.kind == JobType.PLACE_VENDOR_ORDER:
            await fail_orders(work, deps, job, problem)
        if job.kind == JobType.PLACE_MOVEMENT:
            await fail_movement(work, deps, job, problem)
        if job.kind == JobType.SEND_ORIGIN_CHANGE:
            await give_up_change(work, deps, job, problem)
        if job.kind == JobType.CREATE_ACTION_THERE:
            await give_up_action(work, deps, job, problem)
        await work.give_up_job(job, error)
        await work.commit()


def _next_attempt(deps: Dependencies, job: Job) -> datetime | None:
    """The time of the next attempt, or None. Jobs that poll the vendor or a connected system, that delete quotes, and
    that deliver webhooks, are retried however often they fail. Attempts that waited for a connected system are no
    failures."""
    if job.kind in ENDLESS:
        return deps.now() + deps.retry_policy.max_poll_interval
    if job.kind == JobType.PLACE_MOVEMENT:
        return next_placing(deps, job)
    if job.kind == JobType.DELIVER_WEBHOOKS:
        again, latest = (
            deps.retry_policy.next_attempt(job.failures + 1, deps.now()),
            deps.now() + LONGEST_DELIVERY_PAUSE,
        )
        return latest if again is None else min(again, latest)
    tries = job.failures + 1 if job.kind in {*ASKED_THERE, JobType.READ_NOTICE} else job.attempts
    return deps.retry_policy.next_attempt(tries, deps.now())


JOBS: dict[JobType, Callable[[Dependencies, Job], Awaitable[Again | None]]] = {
    JobType.SEND_QUOTE_CREATED: send_quote_created,
    JobType.SEND_ITEM_ACCEPTED: send_item_accepted,
    JobType.SEND_QUOTE: send_quote,
    JobType.SEND_QUOTE_DECLINED: send_quote_declined,
    JobType.SEND_SIGNED_COPY: send_signed_copy,
    JobType.SEND_DEVICE_ACTION: send_device_action,
    JobType.SEND_WEBHOOK_DISABLED: send_webhook_disabled,
    JobType.SEND_INVITATION: send_invitation,
    JobType.CREATE_TASK: create_task,
    JobType.PLACE_VENDOR_ORDER: place_vendor_order,
    JobType.FOLLOW_VENDOR_ORDER: follow_vendor_order,
    JobType.PLACE_MOVEMENT: place_movement,
    JobType.FOLLOW_MOVEMENT: follow_movement,
    JobType.DELIVER_WEBHOOKS: deliver_webhooks,
    JobType.SYNC_CONNECTION: sync_connection,
    JobType.SEND_ORIGIN_CHANGE: send_origin_change,
    JobType.READ_NOTICE: read_notice,
    JobType.CREATE_ACTION_THERE: create_action_there,
    JobType.DELETE_QUOTES: delete_quotes,
}
