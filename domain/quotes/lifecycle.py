"""The life of a quote: how it moves along its state machines (`domain/quotes/state_machines.py`), and the one status
that sums them up (docs/domain.md#quote-status)."""

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
    """No move leads from the quote's state to the one asked for."""

    code = ErrorCode.WRONG_STATUS


class Expired(Conflict):
    """The quote's time is over, whether or not the worker has said so yet."""

    code = ErrorCode.EXPIRED


def status_of(offer: str, decision: str, fulfilment: str) -> QuoteStatus:
    """The public status that three states add up to (docs/domain.md#quote-status).

    VOIDED, CANCELLED and DELETED show CANCELLED, whatever was decided; so does EXPIRED as long as nothing was. DECLINED
    shows REJECTED. An approved quote shows its fulfilment, of which NONE and ORDERED are still APPROVED.
    """
    if offer in CALLED_OFF:
        return QuoteStatus.CANCELLED
    if decision == _Decision.PENDING:
        return QuoteStatus.CANCELLED if offer == _Offer.EXPIRED else QuoteStatus.PENDING
    if decision != _Decision.APPROVED:
        return QuoteStatus.REJECTED
    return QuoteStatus.APPROVED if fulfilment in (_Fulfilment.NONE, _Fulfilment.ORDERED) else QuoteStatus(fulfilment)


def move(quote: Quote, step: Transition, actor: Actor, at: datetime) -> Quote:
    """The quote after a move of one of its machines, its status summed up anew. A move it has made before is none.

    Raises: WrongStatus, Expired; both name the state the quote is in and the one the move leads to.
    """
    assert step.may(actor), f"{actor.kind} never makes the move {step.name}"
    machine = MACHINE_OF[step.name]
    # Expiring is what makes the stored state catch up with the time.
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
    return summed_up(quote._replace(**changed))


def renewed(quote: Quote, actor: Actor, at: datetime) -> Quote:
    """A quote whose time is over, on offer again as it was and without an end; any other as it is.

    Raises: WrongStatus, for one that was decided.
    """
    if state_of(quote, StatusField.OFFER_STATUS, at) != _Offer.EXPIRED:
        return quote
    endless = quote._replace(expires_at=None, expired_from=None)
    if quote.offer_status in LIVE:
        # The worker has not said yet that it is over.
        return endless
    return move(endless, RENEW[quote.expired_from or _Offer.DRAFT], actor, at)


def state_of(quote: Quote, field: StatusField, at: datetime) -> str:
    """The state of one machine. An offer whose time is over is EXPIRED even before the worker has moved it."""
    if field == StatusField.OFFER_STATUS and is_over(quote, at):
        return _Offer.EXPIRED
    return str(getattr(quote, attribute(field)))


def is_over(quote: Quote, at: datetime) -> bool:
    """Whether an undecided quote has passed the time until which it can be decided."""
    undecided = quote.decision_status == _Decision.PENDING and quote.offer_status in LIVE
    return undecided and quote.expires_at is not None and quote.expires_at <= at


def refusal(quote: Quote, field: StatusField, present: str, attempted: str) -> Conflict:
    """The conflict of an action that leads to `attempted` with the state another or the same machine is in."""
    whole = isinstance(attempted, _Offer | _Decision | _Fulfilment)
    goal = f"the quote cannot become {attempted}." if whole else f"nothing of it can become {attempted}."
    if field == StatusField.OFFER_STATUS and present == _Offer.EXPIRED and quote.expires_at is not None:
        message = f"This quote is EXPIRED: it was valid until {quote.valid_until}; {goal}"
        return Expired(message, quote.ref, present, attempted)
    told = f"{present} already." if whole and present == attempted else f"{present}; {goal}"
    words = field.replace("_STATUS", "").lower()
    return WrongStatus(f"This quote's {words} is {told}", quote.ref, present, attempted)


def summed_up(quote: Quote) -> Quote:
    """The quote with the status that its three states add up to."""
    return quote._replace(status=status_of(quote.offer_status, quote.decision_status, quote.fulfilment_status))


def attribute(field: StatusField) -> str:
    """The attribute of a quote that has this status."""
    return field.lower()
