"""The lifecycle of a quote: transitions of its state machines (`domain/quotes/state_machines.py`), and the quote
status that summarises them (docs/domain.md#quote-status)."""

from datetime import datetime
from typing import Any

from domain.quotes.rows import Quote
from domain.quotes.state_machines import CALLED_OFF, EXPIRE, LIVE, MACHINE_OF, RENEW, _Decision, _Fulfilment, _Offer
from domain.quotes.statuses import (
    QuoteStatus,
)
from domain.shared.access import Actor
from domain.shared.errors import Conflict, ErrorCode
from domain.shared.events import StatusField
from domain.shared.state_machine import Transition


class WrongStatus(Conflict):
    """No transition leads from the quote's state to the requested one."""

    code = ErrorCode.WRONG_STATUS


class Expired(Conflict):
    """The quote has expired, whether or not the worker has already recorded it."""

    code = ErrorCode.EXPIRED


def status_of(offer: str, decision: str, fulfilment: str) -> QuoteStatus:
    """The quote status for a combination of states (docs/domain.md#quote-status).

    VOIDED, CANCELLED and DELETED result in CANCELLED, whatever was decided; so does EXPIRED while undecided. DECLINED
    results in REJECTED. An approved quote has its fulfilment status, with APPROVED for NONE and ORDERED.
    """
    if offer in CALLED_OFF:
        return QuoteStatus.CANCELLED
    if decision == _Decision.PENDING:
        return QuoteStatus.CANCELLED if offer == _Offer.EXPIRED else QuoteStatus.PENDING
    if decision != _Decision.APPROVED:
        return QuoteStatus.REJECTED
    return QuoteStatus.APPROVED if fulfilment in (_Fulfilment.NONE, _Fulfilment.ORDERED) else QuoteStatus(fulfilment)


def apply_transition(quote: Quote, step: Transition, actor: Actor, at: datetime) -> Quote:
    """The quote after a transition of one of its state machines, with its new quote status. A repeated transition
    changes nothing.

    Raises: WrongStatus, Expired; both name the current state and the target of the transition.
    """
    assert step.may(actor), f"{actor.kind} cannot make the transition {step.name}"
    machine = MACHINE_OF[step.name]
    # EXPIRE updates the stored state, which state_of anticipates.
    present = quote.offer_status if step is EXPIRE else state_of(quote, machine.field, at)
    if present in step.keeps:
        return quote
    if present not in step.sources:
        raise refusal(quote, machine.field, present, step.to)
    for field, allowed in step.requires.items():
        if (blocking := state_of(quote, field, at)) not in allowed:
            raise refusal(quote, field, blocking, step.to)
    changed: dict[str, Any] = {attribute(machine.field): step.to, "updated_at": at}
    if step is EXPIRE:
        changed["expired_from"] = quote.offer_status
    return with_status(quote._replace(**changed))


def renewed(quote: Quote, actor: Actor, at: datetime) -> Quote:
    """An expired quote with its former offer status and without an expiry; any other quote unchanged.

    Raises: WrongStatus, if the quote is decided.
    """
    if state_of(quote, StatusField.OFFER_STATUS, at) != _Offer.EXPIRED:
        return quote
    without_expiry = quote._replace(expires_at=None, expired_from=None)
    if quote.offer_status in LIVE:
        # The worker has not recorded the expiry yet.
        return without_expiry
    return apply_transition(without_expiry, RENEW[quote.expired_from or _Offer.DRAFT], actor, at)


def state_of(quote: Quote, field: StatusField, at: datetime) -> str:
    """The current state of one state machine. After `expires_at` the offer is EXPIRED even before the worker records
    it."""
    if field == StatusField.OFFER_STATUS and is_over(quote, at):
        return _Offer.EXPIRED
    return str(getattr(quote, attribute(field)))


def is_over(quote: Quote, at: datetime) -> bool:
    """Whether an undecided quote is past its `expires_at`."""
    undecided = quote.decision_status == _Decision.PENDING and quote.offer_status in LIVE
    return undecided and quote.expires_at is not None and quote.expires_at <= at


def refusal(quote: Quote, field: StatusField, present: str, attempted: str) -> Conflict:
    """The conflict of an action that leads to `attempted` with the current state of a state machine."""
    whole = isinstance(attempted, _Offer | _Decision | _Fulfilment)
    goal = f"the quote cannot become {attempted}." if whole else f"nothing of it can become {attempted}."
    if field == StatusField.OFFER_STATUS and present == _Offer.EXPIRED and quote.expires_at is not None:
        message = f"This quote is EXPIRED: it was valid until {quote.valid_until}; {goal}"
        return Expired(message, quote.ref, present, attempted)
    state = f"{present} already." if whole and present == attempted else f"{present}; {goal}"
    words = field.replace("_STATUS", "").lower()
    return WrongStatus(f"This quote's {words} is {state}", quote.ref, present, attempted)


def with_status(quote: Quote) -> Quote:
    """The quote with the status that follows from its three states."""
    return quote._replace(status=status_of(quote.offer_status, quote.decision_status, quote.fulfilment_status))


def attribute(field: StatusField) -> str:
    """The attribute of a quote with this status."""
    return field.lower()
