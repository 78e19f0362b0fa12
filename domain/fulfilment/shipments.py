"""What becomes of an accepted line's devices, recipient by recipient: tracked, shipped, delivered, numbered, invoiced.

The moves are the table `RECIPIENT` of `domain/quotes/lifecycle.py`; how far the quote as a whole has come follows from
its recipients (docs/domain.md#fulfilment-status). An operator says these things, or the vendor does
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
from domain.quotes.recipients import Recipient, SendTo
from domain.quotes.state_machines import RECIPIENT
from domain.quotes.statuses import FULFILLED, DecisionStatus, RecipientStatus
from domain.quotes.transitions import delivered, in_progress
from domain.shared.access import Actor
from domain.shared.state_machine import Transition
from domain.shared.wording import cannot_become

_MOVES = {step.name: step for step in RECIPIENT.transitions}
SHIP, DELIVER, CANCEL, ORDER_AGAIN = (_MOVES[name] for name in ("ship", "deliver", "cancel", "order again"))

# A recipient in one of these gets, or has got, a device.
EXPECTING = frozenset({RecipientStatus.APPROVED, RecipientStatus.SHIPPED, RecipientStatus.DELIVERED})
UNDER_WAY = frozenset({RecipientStatus.SHIPPED, RecipientStatus.DELIVERED})


class Tracking(NamedTuple):
    """How a device on its way can be followed."""

    code: str | None
    link: str | None


def ship(
    quote: QuoteAggregate, recipients: Collection[str], actor: Actor, at: datetime, tracking: Tracking | None = None
) -> RuleResult:
    """These recipients' devices are on their way; with the first one, the quote is in progress. Again, it is nothing.

    Raises: WrongStatus, for a recipient that waits for nothing or has its device, and for a quote that was called off.
    """
    moved = _each(quote, recipients, lambda it: _moved(_tracked(_getting(it), tracking), SHIP))
    return _followed(quote, moved, actor, at)


def deliver(quote: QuoteAggregate, recipients: Collection[str], actor: Actor, at: datetime) -> RuleResult:
    """These recipients have their devices; with the last one, the quote is delivered. Again, it is nothing.

    Raises: WrongStatus, for a recipient that waits for nothing, and for a quote that was called off.
    """
    return _followed(quote, _each(quote, recipients, lambda it: _moved(_getting(it), DELIVER)), actor, at)


def track(quote: QuoteAggregate, recipient_id: str, tracking: Tracking, at: datetime) -> RuleResult:
    """How a recipient's device can be followed. Raises: WrongStatus, for a recipient that waits for nothing."""
    return _noted(quote, recipient_id, at, tracking_code=tracking.code, tracking_link=tracking.link)


def number(quote: QuoteAggregate, recipient_id: str, serials: tuple[str, ...], at: datetime) -> RuleResult:
    """The serial numbers of a recipient's devices. Raises: WrongStatus, for a recipient that waits for nothing."""
    first = serials[0] if serials else None
    return _noted(quote, recipient_id, at, serial_number=first, serial_numbers=serials)


def invoice(quote: QuoteAggregate, recipient_id: str, invoice_number: str | None, at: datetime) -> RuleResult:
    """The invoice on which a recipient's devices stand. Raises: WrongStatus, for one that waits for nothing."""
    return _noted(quote, recipient_id, at, invoice_number=invoice_number)


def follow_order(
    quote: QuoteAggregate, before: VendorOrder, after: VendorOrder, actor: Actor, at: datetime
) -> RuleResult:
    """What an order's news mean for its recipients (docs/domain.md#recipient-status). What an operator said is not
    taken back.

    Raises: WrongStatus, when the quote was called off.
    """
    line = quote.line_of(after.item_id)
    mine = [it for it in line.recipients if it.vendor_order_id == after.id and it.status in EXPECTING]
    told = _each(quote, {it.id for it in mine}, lambda it: _told(it, before, after))
    told = _numbered(told, line, [it.id for it in mine], after.serial_numbers)
    waiting = {it.id for it in mine if it.status == RecipientStatus.APPROVED}
    if is_shipped(after) or after.status == VendorOrderStatus.DELIVERED:
        told = _each(told, waiting, lambda it: _moved(it, SHIP))
    if after.status == VendorOrderStatus.DELIVERED and after.send_to != SendTo.QUOTE_ONLY:
        told = _each(told, {it.id for it in mine}, lambda it: _moved(it, DELIVER))
    if after.status == VendorOrderStatus.CANCELLED:
        left = {it.id for it in mine if it.status in CANCEL.sources}
        told = _each(told, left, lambda it: _moved(it, CANCEL))
    return _followed(quote, told, actor, at)


def order_again(quote: QuoteAggregate, old: VendorOrder, new: VendorOrder, actor: Actor, at: datetime) -> RuleResult:
    """The recipients of a cancelled order wait for the one that takes its place. Raises: WrongStatus."""
    mine = {it.id for it in quote.line_of(old.item_id).recipients if it.vendor_order_id == old.id}
    waiting = _each(quote, mine, lambda it: _moved(it, ORDER_AGAIN)._replace(vendor_order_id=new.id))
    return _followed(quote, waiting, actor, at)


def devices_of(line: Line) -> int:
    """How many devices one recipient of a line gets (docs/domain.md#recipients)."""
    return line.item.quantity if len(line.recipients) == 1 else 1


def recipient_of(quote: QuoteAggregate, recipient_id: str) -> tuple[Line, Recipient]:
    """A recipient and its line. The caller has looked the recipient up in this quote."""
    return next((line, it) for line in quote.lines for it in line.recipients if it.id == recipient_id)


def _caught_up(quote: QuoteAggregate, actor: Actor, at: datetime) -> QuoteAggregate:
    """The quote as far on as its recipients are."""
    waiting = [it for line in quote.lines if line.item.decision in FULFILLED for it in line.recipients]
    if any(it.status in UNDER_WAY for it in waiting):
        quote = in_progress(quote, actor, at).quote
    decided = quote.quote.decision_status == DecisionStatus.APPROVED
    if decided and all_arrived(quote):
        quote = delivered(quote, actor, at).quote
    return quote


def _followed(before: QuoteAggregate, changed: QuoteAggregate, actor: Actor, at: datetime) -> RuleResult:
    if changed == before:
        return RuleResult(before, ())
    after = _caught_up(changed, actor, at)
    after = replace(after, quote=after.quote._replace(updated_at=at))
    return RuleResult(after, status_changes(before, after))


def _noted(quote: QuoteAggregate, recipient_id: str, at: datetime, **noted: Any) -> RuleResult:
    changed = _each(quote, {recipient_id}, lambda it: _checked(it)._replace(**noted))
    if changed == quote:
        return RuleResult(quote, ())
    return RuleResult(replace(changed, quote=changed.quote._replace(updated_at=at)), ())


def _getting(recipient: Recipient) -> Recipient:
    if recipient.destination == SendTo.QUOTE_ONLY:
        message = f"Only a price was asked for here: this recipient is {recipient.status} and never {DELIVER.to}."
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


def _told(recipient: Recipient, before: VendorOrder, after: VendorOrder) -> Recipient:
    """With the tracking that is news; older tracking may have been corrected by an operator."""
    if (before.tracking_code, before.tracking_link) == (after.tracking_code, after.tracking_link):
        return recipient
    return _tracked(recipient, Tracking(after.tracking_code, after.tracking_link))


def _numbered(quote: QuoteAggregate, line: Line, mine: list[str], serials: tuple[str, ...]) -> QuoteAggregate:
    """With the serial numbers nobody has yet, given to those who lack some, in their order."""
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
