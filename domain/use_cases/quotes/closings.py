"""Closes quotes that are not fulfilled: they are declined, cancelled, voided or deleted, or they expire.

Vendor orders that the vendor does not have yet are cancelled with the quote. An order that the vendor has, or may have
because it is being placed, has to be cancelled at the vendor first (docs/domain.md#open-orders).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.connections.change_requests import decline_request
from domain.connections.changes import OriginChangeType
from domain.connections.systems import Capability
from domain.fulfilment.order_batches import job_key
from domain.fulfilment.vendor_orders import VendorOrder, VendorOrderStatus
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, RuleResult
from domain.quotes.statuses import QuoteOfferStatus
from domain.quotes.transitions import cancel, decline, delete, expire, void
from domain.shared.access import SYSTEM, Actor, ActorType, Caller, Environment, TenantScope
from domain.shared.errors import Conflict, ErrorCode, Problems
from domain.shared.events import EventType, StatusChange, status_change
from domain.shared.jobs import JobStatus, JobType
from domain.shared.parsers import NOTE_LENGTH, optional_text
from domain.use_cases.connections.asking import ask
from domain.use_cases.connections.origins import is_foreign, refuse_foreign, supporting_origin
from domain.use_cases.connections.waiting import awaiting
from domain.use_cases.frame import use_case
from domain.use_cases.fulfilment.called_off import look_for_called_off
from domain.use_cases.quotes.steps import QuoteCommand, addresses, event_of, locked_quote_of_any, save

MOST_AT_ONCE = 100

# The vendor does not have these orders, or no longer has them.
NOT_AT_VENDOR = frozenset(
    {
        VendorOrderStatus.NEEDS_DATA,
        VendorOrderStatus.NOT_ORDERABLE,
        VendorOrderStatus.QUEUED,
        VendorOrderStatus.FAILED,
        VendorOrderStatus.CANCELLED,
    }
)


_CALLED_OFF = VendorOrderStatus.CANCELLED


class AlreadyOrdered(Conflict):
    """The vendor has an order for the quote, or may have it."""

    code = ErrorCode.ALREADY_ORDERED


@dataclass(frozen=True, slots=True)
class Close(QuoteCommand):
    """Close a quote, with an optional reason. With `wait`, the caller waits for the system that it comes from."""

    reason: str | None = None
    wait: bool = False


Rule = Callable[[QuoteAggregate, Actor, datetime, str | None], RuleResult]


@awaiting
@use_case
async def decline_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: Close) -> Outcome:
    """Decline a quote as a whole (docs/domain.md#decline-quote).

    Raises: InvalidInput, NotFound, WrongStatus, Expired, SomethingAccepted, NotSupportedByOrigin, ChangePending.
    """
    return await _close(work, deps, caller, command, EventType.QUOTE_DECLINED, decline)


@awaiting
@use_case
async def cancel_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: Close) -> Outcome:
    """Cancel a quote that the company no longer wants (docs/domain.md#cancel-quote).

    Raises: InvalidInput, NotFound, WrongStatus, AlreadyOrdered, NotSupportedByOrigin, ChangePending.
    """
    return await _close(work, deps, caller, command, EventType.QUOTE_CANCELLED, cancel)


@use_case
async def void_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: Close) -> Outcome:
    """Withdraw a quote as an operator (docs/domain.md#cancel-quote).

    Raises: InvalidInput, NotFound, WrongStatus, AlreadyOrdered.
    """
    return await _close(work, deps, caller, command, EventType.QUOTE_VOIDED, void)


@use_case
async def delete_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: Close) -> Outcome:
    """Delete a quote; only its events remain (docs/domain.md#delete-quote).

    Raises: InvalidInput, NotFound, WrongStatus, AlreadyOrdered.
    """
    return await _close(
        work, deps, caller, command, EventType.QUOTE_DELETED, lambda it, by, at, _why: delete(it, by, at)
    )


async def expire_quotes(deps: Dependencies, environment: Environment) -> int:
    """Expire every undecided quote that is past its expiry. Returns how many expired.

    Raises: ExceptionGroup with the failures, after the other quotes have been expired.
    """
    tenant_scope, total, skipped, failures = TenantScope(environment, None), 0, 0, list[Exception]()
    while due := await _due_to_expire(deps, tenant_scope, skipped):
        for quote_id in due:
            try:
                expired = await _expire(deps, tenant_scope, quote_id)
            except Exception as failure:  # noqa: BLE001 - raised after the other quotes have been expired
                failure.add_note(f"while quote {quote_id} was to expire")
                failures.append(failure)
                expired = False
            total, skipped = total + expired, skipped + (not expired)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of the quotes whose time is over could not be moved", failures)
    return total


async def _due_to_expire(deps: Dependencies, tenant_scope: TenantScope, skipped: int) -> Sequence[str]:
    """The next quotes that are due to expire, after the `skipped` ones, which are still due."""
    async with deps.unit_of_work(tenant_scope) as work:
        return await work.quotes.due_to_expire(deps.now(), MOST_AT_ONCE, skipped)


async def _expire(deps: Dependencies, tenant_scope: TenantScope, quote_id: str) -> bool:
    async with deps.unit_of_work(tenant_scope) as work:
        quote = await work.quotes.lock(quote_id)
        if quote is None or not (rule_result := expire(quote, deps.now())).changes:
            return False
        await _save(work, quote, rule_result, EventType.QUOTE_EXPIRED, SYSTEM, deps)
        await work.commit()
        return True


async def _close(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: Close, kind: EventType, rule: Rule
) -> Outcome:
    problems = Problems()
    reason = problems.check(("reason",), optional_text, command.reason, NOTE_LENGTH, lines=True)
    problems.raise_if_any()
    before = await locked_quote_of_any(work, command.quote_id)
    if is_foreign(before):
        return await _ask_to_close(work, deps, caller, before, kind, rule, reason)
    rule_result = rule(before, caller.actor, deps.now(), reason)
    if rule_result.changes:
        rule_result = await _without_orders(work, rule_result, deps)
        await _save(work, before, rule_result, kind, caller.actor, deps)
    return Outcome((before.quote.ref,), rule_result.changes)


async def _ask_to_close(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    before: QuoteAggregate,
    kind: EventType,
    rule: Rule,
    reason: str | None,
) -> Outcome:
    """Ask the system that the quote comes from to close it, if our rules permit it and it has a call for that."""
    needs = Capability.DECIDE_QUOTE if kind == EventType.QUOTE_DECLINED else Capability.CANCEL
    if kind not in (EventType.QUOTE_DECLINED, EventType.QUOTE_CANCELLED):
        await refuse_foreign(work, before, needs)
    origin = await supporting_origin(work, before, needs)
    if not rule(before, caller.actor, deps.now(), reason).changes:
        return Outcome((before.quote.ref,))
    if kind == EventType.QUOTE_CANCELLED:
        return await ask(work, deps, caller, before, origin, OriginChangeType.CANCEL, {"reason": reason})
    request = decline_request(before, origin, reason)
    return await ask(work, deps, caller, before, origin, OriginChangeType.DECIDE, request)


async def _without_orders(work: UnitOfWork, rule_result: RuleResult, deps: Dependencies) -> RuleResult:
    """The result with the quote's vendor orders cancelled. Raises: AlreadyOrdered."""
    orders = await work.vendor_orders.of_quote(rule_result.quote.quote.id)
    if rule_result.quote.quote.offer_status != QuoteOfferStatus.DELETED:
        # Price requests are cancelled with the quote, also at the vendor.
        orders = [it for it in orders if not it.is_price_request]
    else:
        await _refuse_sent(work, orders)
    return replace(rule_result, changes=(*await withdraw_orders(work, orders, deps), *rule_result.changes))


async def withdraw_orders(
    work: UnitOfWork, orders: Sequence[VendorOrder], deps: Dependencies
) -> tuple[StatusChange, ...]:
    """Cancel vendor orders that the vendor does not have. Raises: AlreadyOrdered, if it has one or may have one."""
    for order in orders:
        if order.status not in NOT_AT_VENDOR:
            raise _already_ordered(order, "The vendor has an order for this quote")
    # One job places all orders of a batch.
    jobs = {job_key(JobType.PLACE_VENDOR_ORDER, it): it for it in orders if it.status == VendorOrderStatus.QUEUED}
    for key, order in jobs.items():
        if not await work.withdraw_job(key):
            raise _already_ordered(order, "An order for this quote is just being placed")
    changes: list[StatusChange] = []
    for order in (it for it in orders if it.status != VendorOrderStatus.CANCELLED):
        cancelled = order._replace(status=VendorOrderStatus.CANCELLED, problem=None, updated_at=deps.now())
        await work.vendor_orders.save(cancelled)
        look_for_called_off(work, order)
        changes += status_change(order, cancelled)
    return tuple(changes)


async def withdraw_orders_of_item(
    work: UnitOfWork, quote_id: str, item_id: str, deps: Dependencies
) -> tuple[StatusChange, ...]:
    """Cancel the vendor orders of one line, which are deleted with it. Raises: AlreadyOrdered, if the vendor has one or
    may have one, or if others are placed together with one."""
    every = await work.vendor_orders.of_quote(quote_id)
    orders = [it for it in every if it.item_id == item_id]
    placeable = (VendorOrderStatus.QUEUED, VendorOrderStatus.FAILED)
    others = {it.batch_id for it in every if it.item_id != item_id and it.status in placeable and it.batch_id}
    for order in orders:
        if order.batch_id in others:
            # What was sent for the batch is known by its orders.
            raise _already_ordered(order, "An order for this quote is to be placed together with those of other items")
    await _refuse_sent(work, orders)
    return await withdraw_orders(work, orders, deps)


async def _refuse_sent(work: UnitOfWork, orders: Sequence[VendorOrder]) -> None:
    """Refuse to delete orders that an attempt whose outcome is not known may have placed: what was sent for them is
    known by these. Raises: AlreadyOrdered."""
    for order in orders:
        if order.vendor_order_id is not None or order.status not in (VendorOrderStatus.FAILED, _CALLED_OFF):
            continue
        job = await work.job_of_key(job_key(JobType.PLACE_VENDOR_ORDER, order))
        if job is None or job.sent_at is None:
            continue
        if order.status == VendorOrderStatus.FAILED:
            raise _already_ordered(order, "The vendor may have an order for this quote")
        if job.status in (JobStatus.WAITING, JobStatus.DEAD):
            message = "An order for this quote was called off, and is still being looked for at the vendor. Try later."
            raise AlreadyOrdered(message, order.ref, order.status, _CALLED_OFF)


def _already_ordered(order: VendorOrder, event: str) -> AlreadyOrdered:
    target = VendorOrderStatus.CANCELLED
    message = f"{event}: it is {order.status} and cannot become {target} with it. Call it off at the vendor first."
    return AlreadyOrdered(message, order.ref, order.status, target)


async def _save(
    work: UnitOfWork, before: QuoteAggregate, rule_result: RuleResult, kind: EventType, actor: Actor, deps: Dependencies
) -> None:
    # Only a decline by the customer causes an e-mail: the company needs none about its own actions.
    by_customer = kind == EventType.QUOTE_DECLINED and actor.kind == ActorType.CUSTOMER
    facts = addresses(before.quote, before.quote.assignee_email) if by_customer else {"addresses": []}
    event = event_of(kind, before.quote, actor, deps, rule_result.changes, facts)
    await save(work, before, rule_result.quote, actor, deps, event)
