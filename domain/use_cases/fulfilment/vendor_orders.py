"""Use cases of vendor orders: confirm, cancel, select an alternative, complete, retry.

None of them calls the vendor: each stores a request with the order, and the job that follows the order sends it
(`vendor_following.py`).
"""

from dataclasses import dataclass, replace

from domain.fulfilment.order_batches import assigned, destination_of, made_anew
from domain.fulfilment.price_requests import requested
from domain.fulfilment.shipments import follow_order, order_again
from domain.fulfilment.vendor_api import EmployeeDetails
from domain.fulfilment.vendor_orders import VendorAttention, VendorOrder, VendorOrderStatus, queued
from domain.fulfilment.vendor_people import EmployeeDraft, parse_employee, unsent_notice
from domain.fulfilment.vendor_prices import is_price_news
from domain.fulfilment.vendor_reports import (
    WrongOrderStatus,
    ask_to_cancel,
    ask_to_confirm,
    ask_to_select,
    offers,
    pending_request,
)
from domain.history.field_changes import quote_changes
from domain.people.employees import person_key
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import Line, QuoteAggregate, RuleResult
from domain.quotes.recipients import Destination
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, NodeRef, NotFound, Path, Problems
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.ids import parse_reference
from domain.shared.money import MoneyDraft, parse_money
from domain.shared.parsers import email, text
from domain.shared.wording import cannot_become
from domain.use_cases.frame import Command, use_case
from domain.use_cases.fulfilment.called_off import look_for_called_off
from domain.use_cases.fulfilment.shipments import write_fulfilment
from domain.use_cases.fulfilment.vendor_jobs import find_order
from domain.use_cases.fulfilment.vendor_prices import price_line

COMPLETABLE = frozenset({VendorOrderStatus.NEEDS_DATA, VendorOrderStatus.FAILED})
SUBJECT: Path = ("vendorOrderId",)


@dataclass(frozen=True, slots=True)
class VendorOrderCommand(Command):
    """A command for the vendor order that the input field `vendorOrderId` names."""

    vendor_order_id: str

    @property
    def subject(self) -> Path:
        return SUBJECT


@dataclass(frozen=True, slots=True)
class ConfirmOrder(VendorOrderCommand):
    """Confirm a quoted order. With `expected_price`, only at that quoted price."""

    expected_price: MoneyDraft | None = None


@dataclass(frozen=True, slots=True)
class CancelOrder(VendorOrderCommand):
    """Cancel an order."""


@dataclass(frozen=True, slots=True)
class SelectAlternative(VendorOrderCommand):
    """Select a candidate of the vendor in place of the ordered device."""

    group_id: str
    candidate_id: str


@dataclass(frozen=True, slots=True)
class CompleteOrder(VendorOrderCommand):
    """Set the person of an order: the e-mail address that the vendor knows, or the details of a new person."""

    employee_email: str | None = None
    employee: EmployeeDraft | None = None


@dataclass(frozen=True, slots=True)
class RetryOrder(VendorOrderCommand):
    """Retry a failed order, or place another in place of a cancelled one."""


@use_case
async def confirm_order(work: UnitOfWork, deps: Dependencies, caller: Caller, command: ConfirmOrder) -> Outcome:
    """Request the confirmation of a quoted order, whatever the agreed price is (docs/domain.md#confirm-order).

    Raises: InvalidInput, NotFound, WrongOrderStatus, ActionUnderWay, QuotedPriceChanged.
    """
    (before, quote), problems = await _locked(work, command), Problems()
    expected = command.expected_price
    seen = parse_money(expected, problems, ("expectedPrice",)) if expected else None
    problems.raise_if_any()
    return await _save_request(work, deps, caller, before, ask_to_confirm(before, seen), quote)


@use_case
async def cancel_order(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CancelOrder) -> Outcome:
    """Request the cancellation of an order. One that was never placed is cancelled at once
    (docs/domain.md#cancel-order).

    Raises: InvalidInput, NotFound, WrongOrderStatus.
    """
    before, quote = await _locked(work, command)
    return await _save_request(work, deps, caller, before, ask_to_cancel(before), quote)


@use_case
async def select_alternative(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: SelectAlternative
) -> Outcome:
    """Request a candidate of the vendor in place of the ordered device (docs/domain.md#vendor-alternatives).

    Raises: InvalidInput, NotFound, WrongOrderStatus, ActionUnderWay.
    """
    (before, quote), problems = await _locked(work, command), Problems()
    problems.check(("groupId",), text, command.group_id)
    problems.check(("candidateId",), text, command.candidate_id)
    problems.raise_if_any()
    after = ask_to_select(before, command.group_id, command.candidate_id)
    if not offers(before, command.group_id, command.candidate_id):
        message = "The vendor offers no such candidate; `VendorOrder.alternatives` has those that it does."
        problems.add(("candidateId",), ErrorCode.UNKNOWN_REFERENCE, message)
    problems.raise_if_any()
    return await _save_request(work, deps, caller, before, after, quote)


@use_case
async def complete_order(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CompleteOrder) -> Outcome:
    """Set the person of an order that could not be placed without, and queue it (docs/domain.md#order-blockers). An
    order of a batch that goes to another place leaves it: it is cancelled, and another is created in its place.

    Recipients of the order without an e-mail address get that of the person.
    Raises: InvalidInput, NotFound, WrongOrderStatus.
    """
    before, quote = await _locked(work, command)
    details, found = _parse_person(before, command.employee_email, command.employee)
    if before.status not in COMPLETABLE:
        raise _wrong_status(before)
    line = quote.line_of(before.item_id)
    notice = _notice(before, line, details is not None)
    address = details.email if details else found
    completed = before._replace(employee_email=address, employee=details, notice=notice, updated_at=deps.now())
    if before.batch_id is not None and destination_of(completed) != destination_of(before):
        return await _complete_apart(work, deps, caller, command, before, completed, quote)
    after = queued(completed, line)
    outcome = _outcome(before, after)
    addressed = _with_address(quote, after)
    if after.is_price_request:
        # The price is asked for with the new address.
        after = requested(after, addressed.quote, addressed.line_of(after.item_id))
    await work.vendor_orders.save(after)
    await work.quotes.save(quote, addressed)
    event = _event(EventType.VENDOR_ORDER_REQUEUED, before, outcome, caller, deps, {"orders": [after]})
    work.record(replace(event, field_changes=quote_changes(quote, addressed)))
    return outcome


async def _complete_apart(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    command: CompleteOrder,
    before: VendorOrder,
    completed: VendorOrder,
    quote: QuoteAggregate,
) -> Outcome:
    """Complete an order of a batch that goes elsewhere now. What was sent for the batch may still turn up at the
    vendor, so that the order has another id there."""
    now, cancelled = deps.now(), ask_to_cancel(before)._replace(updated_at=deps.now())
    another = made_anew(completed, quote.line_of(before.item_id), now, deps.new_id())
    after = _with_address(assigned(quote, {before.id: another.id}), another)
    if another.is_price_request:
        another = requested(another, after.quote, after.line_of(another.item_id))
    # The objects of a dry run do not exist, so they cannot be read for the answer.
    made, changes = before if command.dry_run else another, status_change(before, cancelled)
    outcome = Outcome((quote.quote.ref, NodeRef("QuoteItem", before.item_id), made.ref), changes)
    await work.vendor_orders.save(cancelled)
    look_for_called_off(work, before)
    await work.vendor_orders.add([another])
    await work.quotes.save(quote, after)
    work.record(_event(EventType.VENDOR_ORDER_CANCELLED, before, outcome, caller, deps, {}))
    event = _event(EventType.VENDOR_ORDER_REQUEUED, another, Outcome(()), caller, deps, {"orders": [another]})
    work.record(replace(event, field_changes=quote_changes(quote, after)))
    return outcome


@use_case
async def retry_order(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RetryOrder) -> Outcome:
    """Queue a failed order again; its job looks for the effect of earlier attempts first (ADR 4). In place of a
    cancelled order, another is created, and queued if it can be placed.

    Raises: InvalidInput, NotFound, WrongOrderStatus, WrongStatus.
    """
    before, quote = await _locked(work, command)
    if before.status == VendorOrderStatus.CANCELLED:
        return await _reorder(work, deps, caller, command, before, quote)
    if before.status != VendorOrderStatus.FAILED:
        raise _wrong_status(before)
    after = queued(before, quote.line_of(before.item_id))._replace(updated_at=deps.now())
    outcome = _outcome(before, after)
    await work.vendor_orders.save(after)
    work.record(_event(EventType.VENDOR_ORDER_REQUEUED, before, outcome, caller, deps, {"orders": [after]}))
    return outcome


async def _reorder(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    command: RetryOrder,
    before: VendorOrder,
    quote: QuoteAggregate,
) -> Outcome:
    now = deps.now()
    line = quote.line_of(before.item_id)
    if before.is_price_request or all(it.vendor_order_id != before.id for it in line.recipients):
        # Prices are requested again instead, or another order was already created in its place.
        raise _wrong_status(before)
    another = made_anew(before, line, now, deps.new_id())
    rule_result = order_again(quote, before, another, caller.actor, now)
    # The objects of a dry run do not exist, so they cannot be read for the answer.
    made = before if command.dry_run else another
    outcome = Outcome((quote.quote.ref, line.item.ref, made.ref), rule_result.changes)
    await work.vendor_orders.add([another])
    await work.quotes.save(quote, rule_result.quote)
    work.record(_event(EventType.VENDOR_ORDER_REQUEUED, another, outcome, caller, deps, {"orders": [another]}))
    return outcome


async def _save_request(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    before: VendorOrder,
    after: VendorOrder,
    quote: QuoteAggregate,
) -> Outcome:
    """Save the pending request of an order, and wake the job that sends it."""
    now = deps.now()
    ended = before.status != after.status == VendorOrderStatus.CANCELLED
    rule_result = follow_order(quote, before, after, caller.actor, now) if ended else RuleResult(quote, ())
    outcome = _outcome(before, after)
    outcome = replace(outcome, changes=(*outcome.changes, *rule_result.changes))
    if after != before:
        await work.vendor_orders.save(after._replace(updated_at=now))
        await write_fulfilment(work, deps, caller.actor, quote, rule_result, None)
        requested = pending_request(after) != pending_request(before)
        completed = EventType.VENDOR_ORDER_CANCELLED if outcome.changes else EventType.VENDOR_ORDER_UPDATED
        kind = EventType.VENDOR_ORDER_REQUESTED if requested else completed
        event = _event(kind, before, outcome, caller, deps, {"followed": [before]} if requested else {})
        work.record(event)
        if ended:
            look_for_called_off(work, before)
        if is_price_news(before, after):
            await price_line(work, deps, after, event)
    return outcome


async def _locked(work: UnitOfWork, command: VendorOrderCommand) -> tuple[VendorOrder, QuoteAggregate]:
    """The order of a command and its quote, locked.

    Raises: InvalidInput; NotFound, also for an order of another tenant.
    """
    found = await find_order(work, parse_reference(command.subject, command.vendor_order_id, "VendorOrder"))
    if found is None:
        raise NotFound("vendor order", command.subject)
    return found


def _wrong_status(order: VendorOrder) -> WrongOrderStatus:
    target = VendorOrderStatus.QUEUED
    return WrongOrderStatus(f"This order is {cannot_become(order.status, target)}", order.ref, order.status, target)


def _parse_person(
    order: VendorOrder, address: str | None, employee: EmployeeDraft | None
) -> tuple[EmployeeDetails | None, str | None]:
    """The person of the order: their details, or the e-mail address that the vendor knows. Raises: InvalidInput."""
    problems = Problems()
    if order.send_to != Destination.EMPLOYEE:
        problems.add(("employee",), ErrorCode.NOT_SUPPORTED, f"This order goes to {order.send_to}, not to a person.")
    elif (address is None) == (employee is None):
        problems.add(("employee",), ErrorCode.REQUIRED, "Send either `employeeEmail` or `employee`.")
    details = parse_employee(employee, problems, ("employee",)) if employee else None
    found = problems.check(("employeeEmail",), email, address) if address is not None else None
    problems.raise_if_any()
    return details, found


def _notice(order: VendorOrder, line: Line, is_described: bool) -> str | None:
    """The notice of an order whose person is described now, or not any more, with the alternative that it lost."""
    mine = [it for it in line.recipients if it.vendor_order_id == order.id]
    unsent = unsent_notice(mine, order.send_to, is_described)
    if order.attention != VendorAttention.ALTERNATIVE_DROPPED:
        return unsent
    outdated = unsent_notice(mine, order.send_to, order.employee is not None) or ""
    left = (order.notice or "").removeprefix(outdated).strip()
    return " ".join(it for it in (unsent, left) if it) or None


def _with_address(quote: QuoteAggregate, order: VendorOrder) -> QuoteAggregate:
    """The quote, in which the recipients of this order have the e-mail address that the vendor knows."""
    if (found := order.employee_email) is None:
        return quote
    line = quote.line_of(order.item_id)
    key = person_key(order.tenant_id, found)
    people = tuple(
        it._replace(email=found, email_key=key) if it.vendor_order_id == order.id and it.email is None else it
        for it in line.recipients
    )
    return quote.with_line(replace(line, recipients=people))


def _outcome(before: VendorOrder, after: VendorOrder) -> Outcome:
    changes = status_change(before, after)
    return Outcome((NodeRef("Quote", before.quote_id), NodeRef("QuoteItem", before.item_id), before.ref), changes)


def _event(
    kind: EventType, order: VendorOrder, outcome: Outcome, caller: Caller, deps: Dependencies, facts: dict[str, object]
) -> NewEvent:
    node, changes = NodeRef("Quote", order.quote_id), outcome.changes
    return NewEvent(kind, order.tenant_id, node, caller.actor, deps.now(), changes, facts, subject=order.ref)
