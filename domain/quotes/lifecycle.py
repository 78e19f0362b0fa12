"""The life of a quote: three small machines, and the one status that sums them up (docs/domain.md#quote-status).

*Offer* is what we do with the quote, *decision* what the customer says to it, *fulfilment* how far its devices have
come. Each is a table of moves; `move` is the only way along them. The words of the other systems map onto these:

| system | their word | offer | decision | fulfilment |
|---|---|---|---|---|
| quipteams | Pending | | PENDING | |
| quipteams | Approved | | APPROVED | NONE or ORDERED |
| quipteams | In Progress, Delivered, Completed | | APPROVED | of the same name |
| kitchen | draft, sent, expired, voided | of the same name | | |
| kitchen | accepted | | APPROVED | |
| SalesByte | is_signed, is_fully_signed | | APPROVED once all have signed | |
| SalesByte | signable_until passed | EXPIRED | | |
| Quick Quote | created, sent, viewed, canceled | DRAFT, SENT, VIEWED, CANCELLED | | |
| Quick Quote | accepted, declined | | APPROVED, DECLINED | |
| Quick Quote | ordered | | APPROVED | ORDERED |

What happens to the lines with each move is in `domain/quotes/decisions.py` and `domain/quotes/transitions.py`.
"""

from datetime import datetime
from typing import Any

from domain.quotes.rows import Quote
from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    OfferStatus,
    QuoteOfferStatus,
    QuoteStatus,
    RecipientStatus,
)
from domain.shared.access import Actor
from domain.shared.errors import Conflict, ErrorCode
from domain.shared.events import StatusField
from domain.shared.state_machine import Machine, Move, Who

_Offer, _Decision, _Fulfilment = QuoteOfferStatus, DecisionStatus, FulfilmentStatus

# An offer in one of these can still be changed and decided on; all others are over.
LIVE = frozenset({_Offer.DRAFT, _Offer.SENT, _Offer.VIEWED})
# A quote whose offer is in one of these counts for nothing any more, whatever was decided.
CALLED_OFF = frozenset({_Offer.VOIDED, _Offer.CANCELLED, _Offer.DELETED})

_UNDECIDED = {StatusField.DECISION_STATUS: frozenset({_Decision.PENDING})}
_ON_OFFER = {StatusField.OFFER_STATUS: LIVE}
# Devices that are on their way cannot be called off by a word.
_AT_REST = {StatusField.FULFILMENT_STATUS: frozenset({_Fulfilment.NONE, _Fulfilment.ORDERED})}
_AGREED = {
    StatusField.DECISION_STATUS: frozenset({_Decision.PENDING, _Decision.APPROVED}),
    StatusField.OFFER_STATUS: LIVE | {_Offer.EXPIRED},
}
_DECIDED = {**_AGREED, StatusField.DECISION_STATUS: frozenset({_Decision.APPROVED})}
_BOTH = frozenset({Who.COMPANY, Who.OPERATOR})

SEND = Move(
    "send",
    _Offer.SENT,
    frozenset({_Offer.DRAFT}),
    _BOTH,
    "a letter with the link and the document",
    keeps=frozenset({_Offer.SENT, _Offer.VIEWED}),
)
VIEW = Move(
    "view",
    _Offer.VIEWED,
    frozenset({_Offer.DRAFT, _Offer.SENT}),
    frozenset({Who.CUSTOMER}),
    "nothing; it is told once",
    keeps=frozenset({_Offer.VIEWED}),
)
EXPIRE = Move(
    "expire",
    _Offer.EXPIRED,
    LIVE,
    frozenset({Who.SYSTEM}),
    "lines still open are rejected where another was accepted, unless a price is still to be chosen",
    keeps=frozenset({_Offer.EXPIRED}),
    requires=_UNDECIDED,
)
# Back to where the offer was when its time was over.
RENEW = {
    before: Move(
        "renew",
        before,
        frozenset({_Offer.EXPIRED}),
        _BOTH,
        "it can be decided again, until a later time or without an end",
        requires=_UNDECIDED,
    )
    for before in (_Offer.DRAFT, _Offer.SENT, _Offer.VIEWED)
}
VOID = Move(
    "void",
    _Offer.VOIDED,
    LIVE | {_Offer.EXPIRED},
    frozenset({Who.OPERATOR}),
    "orders the vendor does not have yet are cancelled",
    keeps=frozenset({_Offer.VOIDED}),
    requires=_AT_REST,
)
CANCEL = Move(
    "cancel",
    _Offer.CANCELLED,
    LIVE | {_Offer.EXPIRED},
    _BOTH,
    "orders the vendor does not have yet are cancelled",
    keeps=frozenset({_Offer.CANCELLED}),
    requires=_AT_REST,
)
DELETE = Move(
    "delete",
    _Offer.DELETED,
    frozenset(_Offer) - {_Offer.DELETED},
    _BOTH,
    "orders the vendor does not have yet are cancelled; only events still tell of the quote",
    requires=_AT_REST,
)

APPROVE = Move(
    "approve",
    _Decision.APPROVED,
    frozenset({_Decision.PENDING}),
    frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER, Who.SYSTEM}),
    "letters and vendor orders for each accepted line; by the system, when it expires with one; a price is chosen",
    keeps=frozenset({_Decision.APPROVED}),
    requires=_ON_OFFER,
)
REJECT = Move(
    "reject",
    _Decision.REJECTED,
    frozenset({_Decision.PENDING}),
    frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER}),
    "nothing: every line was rejected by itself",
    keeps=frozenset({_Decision.REJECTED}),
    requires=_ON_OFFER,
)
DECLINE = Move(
    "decline",
    _Decision.DECLINED,
    frozenset({_Decision.PENDING}),
    frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER}),
    "every line is rejected; not possible once one was accepted",
    keeps=frozenset({_Decision.DECLINED}),
    requires=_ON_OFFER,
)

ORDER = Move(
    "order",
    _Fulfilment.ORDERED,
    frozenset({_Fulfilment.NONE}),
    frozenset({Who.SYSTEM, Who.OPERATOR}),
    "nothing: the vendor has an order",
    keeps=frozenset({_Fulfilment.ORDERED, _Fulfilment.IN_PROGRESS, _Fulfilment.DELIVERED, _Fulfilment.COMPLETED}),
    requires=_AGREED,
)
PROGRESS = Move(
    "progress",
    _Fulfilment.IN_PROGRESS,
    frozenset({_Fulfilment.NONE, _Fulfilment.ORDERED}),
    frozenset({Who.SYSTEM, Who.OPERATOR}),
    "nothing: a device was shipped",
    keeps=frozenset({_Fulfilment.IN_PROGRESS, _Fulfilment.DELIVERED, _Fulfilment.COMPLETED}),
    requires=_AGREED,
)
DELIVER = Move(
    "deliver",
    _Fulfilment.DELIVERED,
    frozenset({_Fulfilment.NONE, _Fulfilment.ORDERED, _Fulfilment.IN_PROGRESS}),
    frozenset({Who.SYSTEM, Who.OPERATOR}),
    "nothing: every device has arrived",
    keeps=frozenset({_Fulfilment.DELIVERED, _Fulfilment.COMPLETED}),
    requires=_DECIDED,
)
COMPLETE = Move(
    "complete",
    _Fulfilment.COMPLETED,
    frozenset({_Fulfilment.DELIVERED}),
    frozenset({Who.OPERATOR}),
    "nothing: the quote is closed",
    keeps=frozenset({_Fulfilment.COMPLETED}),
    requires=_DECIDED,
)

OFFER = Machine(
    "Offer",
    StatusField.OFFER_STATUS,
    _Offer,
    _Offer.DRAFT,
    (SEND, VIEW, EXPIRE, *RENEW.values(), VOID, CANCEL, DELETE),
)
DECISION = Machine("Decision", StatusField.DECISION_STATUS, _Decision, _Decision.PENDING, (APPROVE, REJECT, DECLINE))
FULFILMENT = Machine(
    "Fulfilment",
    StatusField.FULFILMENT_STATUS,
    _Fulfilment,
    _Fulfilment.NONE,
    (ORDER, PROGRESS, DELIVER, COMPLETE),
)
MACHINES = (OFFER, DECISION, FULFILMENT)
MACHINE_OF = {step.name: machine for machine in MACHINES for step in machine.moves}

# What the parts of a line go through. `domain/quotes/decisions.py` makes these moves with those of the whole line.
_OPEN_OFFER = frozenset({OfferStatus.PENDING, OfferStatus.SOURCED})
LINE_OFFER = Machine(
    "Item or alternative",
    StatusField.STATUS,
    OfferStatus,
    OfferStatus.PENDING,
    (
        Move(
            "price",
            OfferStatus.SOURCED,
            frozenset({OfferStatus.PENDING}),
            frozenset({Who.OPERATOR}),
            "the quote can be decided once every line has its price",
            keeps=frozenset({OfferStatus.SOURCED}),
        ),
        Move(
            "specify",
            OfferStatus.PENDING,
            frozenset({OfferStatus.SOURCED}),
            _BOTH,
            "another device needs another price",
            keeps=frozenset({OfferStatus.PENDING}),
        ),
        Move(
            "unprice",
            OfferStatus.PENDING,
            frozenset({OfferStatus.SOURCED}),
            frozenset({Who.OPERATOR}),
            "nobody can accept it before it is priced again",
            keeps=frozenset({OfferStatus.PENDING}),
        ),
        Move(
            "accept",
            OfferStatus.ACCEPTED,
            _OPEN_OFFER,
            frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER}),
            "the others of its line are rejected, its recipients approved; unpriced, only at a price option",
        ),
        Move(
            "reject",
            OfferStatus.REJECTED,
            _OPEN_OFFER,
            frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER, Who.SYSTEM}),
            "with the last open offer, the line and its recipients are rejected",
            keeps=frozenset({OfferStatus.REJECTED}),
        ),
    ),
)
RECIPIENT = Machine(
    "Recipient",
    StatusField.STATUS,
    RecipientStatus,
    RecipientStatus.PENDING,
    (
        Move(
            "approve",
            RecipientStatus.APPROVED,
            frozenset({RecipientStatus.PENDING}),
            frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER}),
            "nothing: its line was accepted",
        ),
        Move(
            "reject",
            RecipientStatus.REJECTED,
            frozenset({RecipientStatus.PENDING}),
            frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER, Who.SYSTEM}),
            "nothing: its line was rejected",
        ),
        Move(
            "ship",
            RecipientStatus.SHIPPED,
            frozenset({RecipientStatus.APPROVED, RecipientStatus.CANCELLED}),
            frozenset({Who.OPERATOR, Who.SYSTEM}),
            "the quote is in progress",
        ),
        Move(
            "deliver",
            RecipientStatus.DELIVERED,
            frozenset({RecipientStatus.APPROVED, RecipientStatus.SHIPPED, RecipientStatus.CANCELLED}),
            frozenset({Who.OPERATOR, Who.SYSTEM}),
            "with the last one, the quote is delivered",
        ),
        Move(
            "cancel",
            RecipientStatus.CANCELLED,
            frozenset({RecipientStatus.APPROVED, RecipientStatus.SHIPPED}),
            frozenset({Who.OPERATOR, Who.SYSTEM}),
            "its order was cancelled; the quote goes on without it, unless the device comes from elsewhere",
        ),
        Move(
            "order again",
            RecipientStatus.APPROVED,
            frozenset({RecipientStatus.CANCELLED}),
            frozenset({Who.OPERATOR}),
            "another order at the vendor",
        ),
    ),
)


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


def move(quote: Quote, step: Move, actor: Actor, at: datetime) -> Quote:
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
