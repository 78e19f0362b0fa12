"""The state machines of a quote and its lines, as tables (docs/domain.md#quote-status).

*Offer* is how far the offer to the customer is, *decision* what the customer decided, *fulfilment* how far the devices
are. Each is a table of transitions, applied by `lifecycle.apply_transition`. Statuses of other systems correspond to:

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

The effects of transitions on lines are in `domain/quotes/decisions.py` and `domain/quotes/transitions.py`.
"""

from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    OfferStatus,
    QuoteOfferStatus,
    RecipientStatus,
)
from domain.shared.events import StatusField
from domain.shared.state_machine import StateMachine, Transition, Who

_Offer, _Decision, _Fulfilment = QuoteOfferStatus, DecisionStatus, FulfilmentStatus

# In these states a quote can be changed and decided; all others are final or expired.
LIVE = frozenset({_Offer.DRAFT, _Offer.SENT, _Offer.VIEWED})

# In these states a quote is without effect, whatever was decided.
CALLED_OFF = frozenset({_Offer.VOIDED, _Offer.CANCELLED, _Offer.DELETED})

_UNDECIDED = {StatusField.DECISION_STATUS: frozenset({_Decision.PENDING})}

_ON_OFFER = {StatusField.OFFER_STATUS: LIVE}

# A quote cannot be ended once devices are on their way.
_AT_REST = {StatusField.FULFILMENT_STATUS: frozenset({_Fulfilment.NONE, _Fulfilment.ORDERED})}

_AGREED = {
    StatusField.DECISION_STATUS: frozenset({_Decision.PENDING, _Decision.APPROVED}),
    StatusField.OFFER_STATUS: LIVE | {_Offer.EXPIRED},
}

_DECIDED = {**_AGREED, StatusField.DECISION_STATUS: frozenset({_Decision.APPROVED})}

_BOTH = frozenset({Who.COMPANY, Who.OPERATOR})

SEND = Transition(
    "send",
    _Offer.SENT,
    frozenset({_Offer.DRAFT}),
    _BOTH,
    "an e-mail with the link and the document",
    keeps=frozenset({_Offer.SENT, _Offer.VIEWED}),
)

VIEW = Transition(
    "view",
    _Offer.VIEWED,
    frozenset({_Offer.DRAFT, _Offer.SENT}),
    frozenset({Who.CUSTOMER}),
    "nothing; only the first view is recorded",
    keeps=frozenset({_Offer.VIEWED}),
)

EXPIRE = Transition(
    "expire",
    _Offer.EXPIRED,
    LIVE,
    frozenset({Who.SYSTEM}),
    "open lines are rejected if another was accepted, unless a price option has to be selected",
    keeps=frozenset({_Offer.EXPIRED}),
    requires=_UNDECIDED,
)

# Back to the offer status before the expiry.
RENEW = {
    before: Transition(
        "renew",
        before,
        frozenset({_Offer.EXPIRED}),
        _BOTH,
        "it can be decided again, until a later time or without expiry",
        requires=_UNDECIDED,
    )
    for before in (_Offer.DRAFT, _Offer.SENT, _Offer.VIEWED)
}

VOID = Transition(
    "void",
    _Offer.VOIDED,
    LIVE | {_Offer.EXPIRED},
    frozenset({Who.OPERATOR, Who.SYSTEM}),
    "orders the vendor does not have yet are cancelled; by the system, if a connected system did not create it",
    keeps=frozenset({_Offer.VOIDED}),
    requires=_AT_REST,
)

CANCEL = Transition(
    "cancel",
    _Offer.CANCELLED,
    LIVE | {_Offer.EXPIRED},
    _BOTH | {Who.SYSTEM},
    "orders the vendor does not have yet are cancelled; by the system, if it is gone from the connected system",
    keeps=frozenset({_Offer.CANCELLED}),
    requires=_AT_REST,
)

DELETE = Transition(
    "delete",
    _Offer.DELETED,
    frozenset(_Offer) - {_Offer.DELETED},
    _BOTH,
    "orders the vendor does not have yet are cancelled; only events of the quote remain",
    requires=_AT_REST,
)

APPROVE = Transition(
    "approve",
    _Decision.APPROVED,
    frozenset({_Decision.PENDING}),
    frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER, Who.SYSTEM}),
    "e-mails and vendor orders for each accepted line; a price option is selected; by the system, if it expires",
    keeps=frozenset({_Decision.APPROVED}),
    requires=_ON_OFFER,
)

REJECT = Transition(
    "reject",
    _Decision.REJECTED,
    frozenset({_Decision.PENDING}),
    frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER}),
    "nothing: every line was rejected",
    keeps=frozenset({_Decision.REJECTED}),
    requires=_ON_OFFER,
)

DECLINE = Transition(
    "decline",
    _Decision.DECLINED,
    frozenset({_Decision.PENDING}),
    frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER}),
    "every line is rejected; not possible once a line is accepted",
    keeps=frozenset({_Decision.DECLINED}),
    requires=_ON_OFFER,
)

ORDER = Transition(
    "order",
    _Fulfilment.ORDERED,
    frozenset({_Fulfilment.NONE}),
    frozenset({Who.SYSTEM, Who.OPERATOR}),
    "nothing: the vendor has an order",
    keeps=frozenset({_Fulfilment.ORDERED, _Fulfilment.IN_PROGRESS, _Fulfilment.DELIVERED, _Fulfilment.COMPLETED}),
    requires=_AGREED,
)

PROGRESS = Transition(
    "progress",
    _Fulfilment.IN_PROGRESS,
    frozenset({_Fulfilment.NONE, _Fulfilment.ORDERED}),
    frozenset({Who.SYSTEM, Who.OPERATOR}),
    "nothing: a device was shipped",
    keeps=frozenset({_Fulfilment.IN_PROGRESS, _Fulfilment.DELIVERED, _Fulfilment.COMPLETED}),
    requires=_AGREED,
)

DELIVER = Transition(
    "deliver",
    _Fulfilment.DELIVERED,
    frozenset({_Fulfilment.NONE, _Fulfilment.ORDERED, _Fulfilment.IN_PROGRESS}),
    frozenset({Who.SYSTEM, Who.OPERATOR}),
    "nothing: every device has arrived",
    keeps=frozenset({_Fulfilment.DELIVERED, _Fulfilment.COMPLETED}),
    requires=_DECIDED,
)

COMPLETE = Transition(
    "complete",
    _Fulfilment.COMPLETED,
    frozenset({_Fulfilment.DELIVERED}),
    frozenset({Who.OPERATOR}),
    "nothing: the quote is closed",
    keeps=frozenset({_Fulfilment.COMPLETED}),
    requires=_DECIDED,
)

OFFER = StateMachine(
    "Offer",
    StatusField.OFFER_STATUS,
    _Offer,
    _Offer.DRAFT,
    (SEND, VIEW, EXPIRE, *RENEW.values(), VOID, CANCEL, DELETE),
)

DECISION = StateMachine(
    "Decision", StatusField.DECISION_STATUS, _Decision, _Decision.PENDING, (APPROVE, REJECT, DECLINE)
)

FULFILMENT = StateMachine(
    "Fulfilment",
    StatusField.FULFILMENT_STATUS,
    _Fulfilment,
    _Fulfilment.NONE,
    (ORDER, PROGRESS, DELIVER, COMPLETE),
)

MACHINES = (OFFER, DECISION, FULFILMENT)

MACHINE_OF = {step.name: machine for machine in MACHINES for step in machine.transitions}

# The state machines of the parts of a line. `domain/quotes/decisions.py` applies these transitions to whole lines.
_OPEN_OFFER = frozenset({OfferStatus.PENDING, OfferStatus.SOURCED})

LINE_OFFER = StateMachine(
    "Item or alternative",
    StatusField.STATUS,
    OfferStatus,
    OfferStatus.PENDING,
    (
        Transition(
            "price",
            OfferStatus.SOURCED,
            frozenset({OfferStatus.PENDING}),
            frozenset({Who.OPERATOR}),
            "the quote can be decided once every line has its price",
            keeps=frozenset({OfferStatus.SOURCED}),
        ),
        Transition(
            "specify",
            OfferStatus.PENDING,
            frozenset({OfferStatus.SOURCED}),
            _BOTH,
            "another device requires another price",
            keeps=frozenset({OfferStatus.PENDING}),
        ),
        Transition(
            "unprice",
            OfferStatus.PENDING,
            frozenset({OfferStatus.SOURCED}),
            frozenset({Who.OPERATOR}),
            "it cannot be accepted until it is priced again",
            keeps=frozenset({OfferStatus.PENDING}),
        ),
        Transition(
            "accept",
            OfferStatus.ACCEPTED,
            _OPEN_OFFER,
            frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER}),
            "other offers of its line are rejected, its recipients approved; if unpriced, only with a price option",
        ),
        Transition(
            "reject",
            OfferStatus.REJECTED,
            _OPEN_OFFER,
            frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER, Who.SYSTEM}),
            "with the last open offer, the line and its recipients are rejected",
            keeps=frozenset({OfferStatus.REJECTED}),
        ),
    ),
)

RECIPIENT = StateMachine(
    "Recipient",
    StatusField.STATUS,
    RecipientStatus,
    RecipientStatus.PENDING,
    (
        Transition(
            "approve",
            RecipientStatus.APPROVED,
            frozenset({RecipientStatus.PENDING}),
            frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER}),
            "nothing: its line was accepted",
        ),
        Transition(
            "reject",
            RecipientStatus.REJECTED,
            frozenset({RecipientStatus.PENDING}),
            frozenset({Who.COMPANY, Who.OPERATOR, Who.CUSTOMER, Who.SYSTEM}),
            "nothing: its line was rejected",
        ),
        Transition(
            "ship",
            RecipientStatus.SHIPPED,
            frozenset({RecipientStatus.APPROVED, RecipientStatus.CANCELLED}),
            frozenset({Who.OPERATOR, Who.SYSTEM}),
            "the quote is in progress",
        ),
        Transition(
            "deliver",
            RecipientStatus.DELIVERED,
            frozenset({RecipientStatus.APPROVED, RecipientStatus.SHIPPED, RecipientStatus.CANCELLED}),
            frozenset({Who.OPERATOR, Who.SYSTEM}),
            "with the last one, the quote is delivered",
        ),
        Transition(
            "cancel",
            RecipientStatus.CANCELLED,
            frozenset({RecipientStatus.APPROVED, RecipientStatus.SHIPPED}),
            frozenset({Who.OPERATOR, Who.SYSTEM}),
            "its order was cancelled; the quote continues without it, unless the device comes from elsewhere",
        ),
        Transition(
            "order again",
            RecipientStatus.APPROVED,
            frozenset({RecipientStatus.CANCELLED}),
            frozenset({Who.OPERATOR}),
            "another order at the vendor",
        ),
    ),
)
