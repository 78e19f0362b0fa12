"""Use cases of the fulfilment of accepted lines: tracking, shipping, delivery, serial numbers, invoices, completion."""

from dataclasses import dataclass, replace

from domain.connections.systems import Capability
from domain.fulfilment.shipments import Tracking, deliver, devices_of, invoice, number, recipient_of, ship, track
from domain.fulfilment.vendor_orders import VendorAttention, VendorOrder
from domain.history.field_changes import field_changes, quote_changes
from domain.inventory.serial_numbers import new_serial
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import Line, QuoteAggregate, RuleResult
from domain.quotes.recipients import Recipient
from domain.quotes.statuses import FulfilmentStatus
from domain.quotes.transitions import completed
from domain.shared.access import Actor, Caller
from domain.shared.errors import ErrorCode, NotFound, Path, Problems
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import parse_reference
from domain.shared.parsers import NAME_LENGTH, fold, optional_text, optional_url, with_full_stop
from domain.use_cases.connections.origins import refuse_foreign
from domain.use_cases.frame import Command, use_case
from domain.use_cases.fulfilment.deliveries import hold_devices
from domain.use_cases.quotes.steps import QuoteCommand, locked_quote

RECIPIENT: Path = ("recipientId",)


@dataclass(frozen=True, slots=True)
class TrackingDraft:
    """Tracking as entered."""

    code: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class RecipientCommand(Command):
    """A command for the recipient that the input field `recipientId` names."""

    recipient_id: str

    @property
    def subject(self) -> Path:
        return RECIPIENT


@dataclass(frozen=True, slots=True)
class SetTracking(RecipientCommand):
    """Set the tracking of a recipient's devices."""

    tracking: TrackingDraft


@dataclass(frozen=True, slots=True)
class ShipRecipient(RecipientCommand):
    """Mark a recipient's devices as shipped."""

    tracking: TrackingDraft


@dataclass(frozen=True, slots=True)
class DeliverRecipient(RecipientCommand):
    """Mark a recipient's devices as delivered."""


@dataclass(frozen=True, slots=True)
class SetSerialNumbers(RecipientCommand):
    """Set the serial numbers of a recipient's devices."""

    serial_numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetInvoice(RecipientCommand):
    """Set the invoice number of a recipient's devices. None removes it."""

    invoice_number: str | None


@dataclass(frozen=True, slots=True)
class CompleteQuote(QuoteCommand):
    """Complete a delivered quote."""


@use_case
async def set_tracking(work: UnitOfWork, deps: Dependencies, caller: Caller, command: SetTracking) -> Outcome:
    """Set the tracking of a recipient's devices (docs/domain.md#recipient-details).

    Raises: InvalidInput, NotFound, WrongStatus.
    """
    (before, recipient_id), problems = await _locked(work, command), Problems()
    tracking = _tracking(command.tracking, problems)
    if tracking == Tracking(None, None):
        problems.add(("trackingCode",), ErrorCode.REQUIRED, "Send the tracking code, the link, or both.")
    problems.raise_if_any()
    rule_result = track(before, recipient_id, tracking, deps.now())
    return await _save(work, deps, caller, before, recipient_id, rule_result)


@use_case
async def ship_recipient(work: UnitOfWork, deps: Dependencies, caller: Caller, command: ShipRecipient) -> Outcome:
    """Mark a recipient's devices as shipped (docs/domain.md#recipient-status).

    Raises: InvalidInput, NotFound, WrongStatus.
    """
    (before, recipient_id), problems = await _locked(work, command), Problems()
    tracking = _tracking(command.tracking, problems)
    problems.raise_if_any()
    rule_result = ship(before, {recipient_id}, caller.actor, deps.now(), tracking)
    return await _save(work, deps, caller, before, recipient_id, rule_result, EventType.QUOTE_RECIPIENT_SHIPPED)


@use_case
async def deliver_recipient(work: UnitOfWork, deps: Dependencies, caller: Caller, command: DeliverRecipient) -> Outcome:
    """Mark a recipient's devices as delivered, which makes them assets (docs/domain.md#delivered-assets).

    Raises: InvalidInput, NotFound, WrongStatus, SerialTaken.
    """
    before, recipient_id = await _locked(work, command)
    rule_result = deliver(before, {recipient_id}, caller.actor, deps.now())
    return await _save(work, deps, caller, before, recipient_id, rule_result, EventType.QUOTE_RECIPIENT_DELIVERED)


@use_case
async def set_serial_numbers(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: SetSerialNumbers
) -> Outcome:
    """Set the serial numbers of a recipient's devices. Delivered ones become assets (docs/domain.md#delivered-assets).

    Raises: InvalidInput, NotFound, WrongStatus, SerialTaken.
    """
    (before, recipient_id), problems = await _locked(work, command), Problems()
    found = _serials(before, recipient_id, command.serial_numbers, problems)
    problems.raise_if_any()
    rule_result = number(before, recipient_id, found, deps.now())
    return await _save(work, deps, caller, before, recipient_id, rule_result, EventType.QUOTE_RECIPIENT_UPDATED)


@use_case
async def set_invoice(work: UnitOfWork, deps: Dependencies, caller: Caller, command: SetInvoice) -> Outcome:
    """Set the invoice number of a recipient's devices (docs/domain.md#recipient-details).

    Raises: InvalidInput, NotFound, WrongStatus.
    """
    (before, recipient_id), problems = await _locked(work, command), Problems()
    found = problems.check(("invoiceNumber",), optional_text, command.invoice_number, NAME_LENGTH)
    problems.raise_if_any()
    rule_result = invoice(before, recipient_id, found, deps.now())
    return await _save(work, deps, caller, before, recipient_id, rule_result, EventType.QUOTE_RECIPIENT_UPDATED)


@use_case
async def complete_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CompleteQuote) -> Outcome:
    """Complete a delivered quote (docs/domain.md#complete-quote). Raises: InvalidInput, NotFound, WrongStatus."""
    before = await locked_quote(work, command.quote_id)
    rule_result = completed(before, caller.actor, deps.now())
    if rule_result.changes:
        await work.quotes.save(before, rule_result.quote)
        work.record(_event(EventType.QUOTE_COMPLETED, before, caller.actor, deps, rule_result))
    return Outcome((before.quote.ref,), rule_result.changes)


async def write_fulfilment(
    work: UnitOfWork,
    deps: Dependencies,
    actor: Actor,
    before: QuoteAggregate,
    rule_result: RuleResult,
    kind: EventType | None,
    cause: NewEvent | None = None,
) -> None:
    """Save changed recipients and record the events. The caller creates the assets (`hold_devices`).

    `kind` is the event of the change, or None if its `cause` is recorded already. New tracking and the delivery of the
    whole quote are recorded as events of their own.
    """
    await work.quotes.save(before, rule_result.quote)
    tracked = [(old, new) for old, new in _changed(before, rule_result.quote) if _tracking_of(old) != _tracking_of(new)]
    of_tracking = [field_changes([old], [_with_tracking_of(old, new)]) for old, new in tracked]
    if kind is not None:
        in_tracking = {change for changes in of_tracking for change in changes}
        fields = tuple(it for it in quote_changes(before, rule_result.quote) if it not in in_tracking)
        cause = replace(_event(kind, before, actor, deps, rule_result), field_changes=fields)
        work.record(cause)
    for (_, new), changes in zip(tracked, of_tracking, strict=True):
        event = _event(EventType.QUOTE_TRACKING_ADDED, before, actor, deps, facts=_tracking_facts(new))
        work.record(replace(event, field_changes=changes, cause=cause, subject=new.ref))
    arrived = rule_result.quote.quote.fulfilment_status == FulfilmentStatus.DELIVERED
    if arrived and before.quote.fulfilment_status != FulfilmentStatus.DELIVERED:
        work.record(replace(_event(EventType.QUOTE_DELIVERED, before, actor, deps), cause=cause))


async def _save(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    before: QuoteAggregate,
    recipient_id: str,
    rule_result: RuleResult,
    kind: EventType | None = None,
) -> Outcome:
    """Save a changed recipient and its assets, with the events. An unchanged quote is not saved."""
    if rule_result.quote != before:
        await write_fulfilment(work, deps, caller.actor, before, rule_result, kind)
        for line, changed in changed_recipients(before, rule_result.quote):
            order = await work.vendor_orders.lock(changed.vendor_order_id) if changed.vendor_order_id else None
            taken = order.selected if order is not None else None
            await hold_devices(work, deps, caller.actor, rule_result.quote.quote, line, changed, taken)
            await _clear_duplicate_serial(work, order)
    line, recipient = recipient_of(before, recipient_id)
    return Outcome((before.quote.ref, line.item.ref, recipient.ref), rule_result.changes)


async def _clear_duplicate_serial(work: UnitOfWork, order: VendorOrder | None) -> None:
    """Clear the attention of an order whose device had the serial number of another one."""
    if order is not None and order.attention == VendorAttention.DUPLICATE_SERIAL:
        await work.vendor_orders.save(order._replace(attention=None, problem=None))


async def _locked(work: UnitOfWork, command: RecipientCommand) -> tuple[QuoteAggregate, str]:
    """The quote of the recipient of a command, locked, and the row id of the recipient.

    Raises: InvalidInput; NotFound, also for a recipient of another tenant.
    """
    recipient_id = parse_reference(command.subject, command.recipient_id, "Recipient")
    quote = await work.quotes.lock_of_recipient(recipient_id)
    if quote is None:
        raise NotFound("recipient", command.subject)
    await refuse_foreign(work, quote, Capability.EDIT)
    return quote, recipient_id


def _tracking(draft: TrackingDraft, problems: Problems) -> Tracking:
    code = problems.check(("trackingCode",), optional_text, draft.code, NAME_LENGTH)
    return Tracking(code, problems.check(("trackingLink",), optional_url, draft.link))


def _serials(quote: QuoteAggregate, recipient_id: str, given: tuple[str, ...], problems: Problems) -> tuple[str, ...]:
    """The parsed serial numbers: at most one for each device, and none that another recipient of the quote has."""
    line, recipient = recipient_of(quote, recipient_id)
    most = devices_of(line)
    if len(given) > most:
        message = f"This recipient gets {most} of this device; there are {len(given)} serial numbers."
        problems.add(("serialNumbers",), ErrorCode.TOO_MANY, message)
    elsewhere = {fold(it) for one in quote.lines for other in one.recipients for it in _others(other, recipient)}
    found: list[str] = []
    for index, typed in enumerate(given[:most]):
        path = ("serialNumbers", str(index))
        serial = problems.check(path, new_serial, typed)
        if serial is not None and fold(serial) in elsewhere:
            problems.add(
                path,
                ErrorCode.DUPLICATE_SERIAL,
                with_full_stop(f"Another device of this quote has the number {serial}"),
            )
        elsewhere.add(fold(serial or ""))
        found.append(serial or "")
    return tuple(found)


def _others(other: Recipient, recipient: Recipient) -> tuple[str, ...]:
    return () if other.id == recipient.id else other.serial_numbers


def changed_recipients(before: QuoteAggregate, after: QuoteAggregate) -> list[tuple[Line, Recipient]]:
    """The changed recipients, each with its line."""
    return [recipient_of(after, new.id) for _, new in _changed(before, after)]


def _changed(before: QuoteAggregate, after: QuoteAggregate) -> list[tuple[Recipient, Recipient]]:
    old = {it.id: it for line in before.lines for it in line.recipients}
    return [(old[it.id], it) for line in after.lines for it in line.recipients if it != old[it.id]]


def _tracking_facts(recipient: Recipient) -> dict[str, object]:
    """The facts of the event of new tracking (docs/domain.md#recipient-details)."""
    return {
        "itemId": recipient.item_id,
        "recipientId": recipient.id,
        "trackingCode": recipient.tracking_code,
        "trackingLink": recipient.tracking_link,
    }


def _tracking_of(recipient: Recipient) -> tuple[str | None, str | None]:
    return recipient.tracking_code, recipient.tracking_link


def _with_tracking_of(old: Recipient, new: Recipient) -> Recipient:
    return old._replace(tracking_code=new.tracking_code, tracking_link=new.tracking_link)


def _event(
    kind: EventType,
    quote: QuoteAggregate,
    actor: Actor,
    deps: Dependencies,
    rule_result: RuleResult | None = None,
    facts: dict[str, object] | None = None,
) -> NewEvent:
    head, changes = quote.quote, rule_result.changes if rule_result else ()
    return NewEvent(kind, head.tenant_id, head.ref, actor, deps.now(), changes, facts or {})
