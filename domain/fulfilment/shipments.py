"""Devices of accepted lines, by recipient: tracking, shipment, delivery, serial numbers and invoices.

Transitions are in the state machine `RECIPIENT` of `domain/quotes/state_machines.py`. The fulfilment status of the
quote follows from its recipients (docs/domain.md#fulfilment-status). Operators report these changes, or the vendor does
(docs/domain.md#recipient-status).
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from domain.fulfilment.vendor_orders import VendorOrder, VendorOrderStatus
from domain.fulfilment.vendor_reports import is_shipped
from domain.quotes.aggregate import Line, QuoteAggregate, RuleResult, status_changes
from domain.quotes.decisions import all_arrived
from domain.quotes.lifecycle import WrongStatus
from domain.quotes.recipients import Destination, Recipient
from domain.quotes.state_machines import RECIPIENT
from domain.quotes.statuses import FULFILLED, DecisionStatus, RecipientStatus
from domain.quotes.transitions import delivered, in_progress
from domain.shared.access import Actor
from domain.shared.state_machine import Transition
from domain.shared.wording import cannot_become

_TRANSITIONS = {step.name: step for step in RECIPIENT.transitions}
SHIP, DELIVER, CANCEL, ORDER_AGAIN = (_TRANSITIONS[name] for name in ("ship", "deliver", "cancel", "order again"))

# A recipient with one of these statuses gets a device or has one.
EXPECTING = frozenset({RecipientStatus.APPROVED, RecipientStatus.SHIPPED, RecipientStatus.DELIVERED})
UNDER_WAY = frozenset({RecipientStatus.SHIPPED, RecipientStatus.DELIVERED})


class Tracking(NamedTuple):
    """The carrier's code and page of a shipment."""

    code: str | None
    link: str | None


def ship(
    quote: QuoteAggregate, recipients: Collection[str], actor: Actor, at: datetime, tracking: Tracking | None = None
) -> RuleResult:
    """The devices of these recipients are shipped; with the first one, the quote is in progress. Repeating it changes
    nothing.

    Raises: WrongStatus, for a recipient that expects no device or already has it, and for a quote that was ended.
    """
    moved = _each(quote, recipients, lambda it: _moved(_tracked(_check_delivers(it), tracking), SHIP))
    return _result_of(quote, moved, actor, at)


def deliver(quote: QuoteAggregate, recipients: Collection[str], actor: Actor, at: datetime) -> RuleResult:
    """The devices of these recipients are delivered; with the last one, the quote is. Repeating it changes nothing.

    Raises: WrongStatus, for a recipient that expects no device, and for a quote that was ended.
    """
    return _result_of(quote, _each(quote, recipients, lambda it: _moved(_check_delivers(it), DELIVER)), actor, at)


def track(quote: QuoteAggregate, recipient_id: str, tracking: Tracking, at: datetime) -> RuleResult:
    """Set the tracking of a recipient. Raises: WrongStatus, for a recipient that expects no device."""
    return _with_values(quote, recipient_id, at, tracking_code=tracking.code, tracking_link=tracking.link)


def number(quote: QuoteAggregate, recipient_id: str, serials: tuple[str, ...], at: datetime) -> RuleResult:
    """Set the serial numbers of a recipient's devices. Raises: WrongStatus, for a recipient that expects no device."""
    first = serials[0] if serials else None
    return _with_values(quote, recipient_id, at, serial_number=first, serial_numbers=serials)


def invoice(quote: QuoteAggregate, recipient_id: str, invoice_number: str | None, at: datetime) -> RuleResult:
    """Set the invoice number of a recipient's devices. Raises: WrongStatus, for a recipient that expects no device."""
    return _with_values(quote, recipient_id, at, invoice_number=invoice_number)


def follow_order(
    quote: QuoteAggregate, before: VendorOrder, after: VendorOrder, actor: Actor, at: datetime
) -> RuleResult:
    """Apply an order's changes to its recipients (docs/domain.md#recipient-status). Changes by operators are kept.

    Raises: WrongStatus, if the quote was ended.
    """
    line = quote.line_of(after.item_id)
    mine = [it for it in line.recipients if it.vendor_order_id == after.id and it.status in EXPECTING]
    changed = _each(quote, {it.id for it in mine}, lambda it: _with_new_tracking(it, before, after))
    changed = _numbered(changed, line, [it.id for it in mine], after.serial_numbers)
    waiting = {it.id for it in mine if it.status == RecipientStatus.APPROVED}
    if is_shipped(after) or after.status == VendorOrderStatus.DELIVERED:
        changed = _each(changed, waiting, lambda it: _moved(it, SHIP))
    if after.status == VendorOrderStatus.DELIVERED and after.send_to != Destination.QUOTE_ONLY:
        changed = _each(changed, {it.id for it in mine}, lambda it: _moved(it, DELIVER))
    if after.status == VendorOrderStatus.CANCELLED:
        left = {it.id for it in mine if it.status in CANCEL.sources}
        changed = _each(changed, left, lambda it: _moved(it, CANCEL))
    return _result_of(quote, changed, actor, at)


def order_again(quote: QuoteAggregate, old: VendorOrder, new: VendorOrder, actor: Actor, at: datetime) -> RuleResult:
    """Assign the recipients of a cancelled order to the one that replaces it. Raises: WrongStatus."""
    mine = {it.id for it in quote.line_of(old.item_id).recipients if it.vendor_order_id == old.id}
    waiting = _each(quote, mine, lambda it: _moved(it, ORDER_AGAIN)._replace(vendor_order_id=new.id))
    return _result_of(quote, waiting, actor, at)


def devices_of(line: Line) -> int:
    """The number of devices for each recipient of a line (docs/domain.md#recipients)."""
    return line.item.quantity if len(line.recipients) == 1 else 1


def recipient_of(quote: QuoteAggregate, recipient_id: str) -> tuple[Line, Recipient]:
    """A recipient and its line; the recipient must be one of this quote."""
    return next((line, it) for line in quote.lines for it in line.recipients if it.id == recipient_id)


def _with_fulfilment(quote: QuoteAggregate, actor: Actor, at: datetime) -> QuoteAggregate:
    """The quote with the fulfilment status that follows from its recipients."""
    waiting = [it for line in quote.lines if line.item.decision in FULFILLED for it in line.recipients]
    if any(it.status in UNDER_WAY for it in waiting):
        quote = in_progress(quote, actor, at).quote
    decided = quote.quote.decision_status == DecisionStatus.APPROVED
    if decided and all_arrived(quote):
        quote = delivered(quote, actor, at).quote
    return quote


def _result_of(before: QuoteAggregate, changed: QuoteAggregate, actor: Actor, at: datetime) -> RuleResult:
    if changed == before:
        return RuleResult(before, ())
    after = _with_fulfilment(changed, actor, at)
    after = replace(after, quote=after.quote._replace(updated_at=at))
    return RuleResult(after, status_changes(before, after))


def _with_values(quote: QuoteAggregate, recipient_id: str, at: datetime, **values: Any) -> RuleResult:
    changed = _each(quote, {recipient_id}, lambda it: _checked(it)._replace(**values))
    if changed == quote:
        return RuleResult(quote, ())
    return RuleResult(replace(changed, quote=changed.quote._replace(updated_at=at)), ())


def _check_delivers(recipient: Recipient) -> Recipient:
    if recipient.destination == Destination.QUOTE_ONLY:
        message = (
            f"Only a price is requested here. This recipient is {recipient.status} and cannot become {DELIVER.to}."
        )
        raise WrongStatus(message, recipient.ref, recipient.status, DELIVER.to)
    return recipient


def _checked(recipient: Recipient) -> Recipient:
    if recipient.status not in EXPECTING:
        message = f"This recipient is {recipient.status}; it gets no device before it is {RecipientStatus.APPROVED}."
        raise WrongStatus(message, recipient.ref, recipient.status, RecipientStatus.APPROVED)
    return recipient


def _moved(recipient: Recipient, step: Transition) -> Recipient:
    if recipient.status == step.to:
        return recipient
    if recipient.status not in step.sources:
        message = f"This recipient is {cannot_become(recipient.status, step.to)}"
        raise WrongStatus(message, recipient.ref, recipient.status, step.to)
    return recipient._replace(status=RecipientStatus(step.to))


def _tracked(recipient: Recipient, tracking: Tracking | None) -> Recipient:
    if tracking is None or tracking == Tracking(None, None):
        return recipient
    return recipient._replace(tracking_code=tracking.code, tracking_link=tracking.link)


def _with_new_tracking(recipient: Recipient, before: VendorOrder, after: VendorOrder) -> Recipient:
    """With tracking that has changed; unchanged tracking may have been corrected by an operator."""
    if (before.tracking_code, before.tracking_link) == (after.tracking_code, after.tracking_link):
        return recipient
    return _tracked(recipient, Tracking(after.tracking_code, after.tracking_link))


def _numbered(quote: QuoteAggregate, line: Line, mine: list[str], serials: tuple[str, ...]) -> QuoteAggregate:
    """With unassigned serial numbers, given to recipients that lack some, in order."""
    for recipient_id in mine:
        _, recipient = recipient_of(quote, recipient_id)
        taken = {it for other in mine for it in recipient_of(quote, other)[1].serial_numbers}
        free = [serial for serial in serials if serial not in taken]
        wanted = devices_of(line) - len(recipient.serial_numbers)
        if free and wanted > 0:
            given = (*recipient.serial_numbers, *free[:wanted])
            numbered = recipient._replace(serial_number=given[0], serial_numbers=given)
            quote = _each(quote, {recipient_id}, lambda _, numbered=numbered: numbered)  # type: ignore[misc]
    return quote


def _each(
    quote: QuoteAggregate, recipients: Collection[str], change: Callable[[Recipient], Recipient]
) -> QuoteAggregate:
    """The quote with some of its recipients changed."""
    lines = tuple(
        replace(line, recipients=tuple(change(it) if it.id in recipients else it for it in line.recipients))
        for line in quote.lines
    )
    return replace(quote, lines=lines)
