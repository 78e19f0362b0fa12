"""The statuses of a quote and its parts."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class QuoteStatus(StrEnum):
    """The status of a quote as a whole (docs/domain.md#quote-status)."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    IN_PROGRESS = "IN_PROGRESS"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class QuoteOfferStatus(StrEnum):
    """How far the offer to the customer is (docs/domain.md#offer-status)."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    VIEWED = "VIEWED"
    EXPIRED = "EXPIRED"
    VOIDED = "VOIDED"
    CANCELLED = "CANCELLED"
    DELETED = "DELETED"


class DecisionStatus(StrEnum):
    """What the customer decided on a quote as a whole (docs/domain.md#quote-decision)."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    DECLINED = "DECLINED"


class FulfilmentStatus(StrEnum):
    """How far the devices of a quote are (docs/domain.md#fulfilment-status)."""

    NONE = "NONE"
    ORDERED = "ORDERED"
    IN_PROGRESS = "IN_PROGRESS"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"


class OfferStatus(StrEnum):
    """The status of an item or alternative. SOURCED means priced (docs/domain.md#offers)."""

    PENDING = "PENDING"
    SOURCED = "SOURCED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


class RecipientStatus(StrEnum):
    """The status of a recipient's devices (docs/domain.md#recipient-status)."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class LineDecision(StrEnum):
    """What was decided on a line. All but UNDECIDED are final (docs/domain.md#repeated-decision)."""

    UNDECIDED = "UNDECIDED"
    ITEM_ACCEPTED = "ITEM_ACCEPTED"
    ALTERNATIVE_ACCEPTED = "ALTERNATIVE_ACCEPTED"
    REJECTED = "REJECTED"


class Verdict(StrEnum):
    """A decision on one offer."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


OPEN = frozenset({OfferStatus.PENDING, OfferStatus.SOURCED})
FULFILLED = frozenset({LineDecision.ITEM_ACCEPTED, LineDecision.ALTERNATIVE_ACCEPTED})


class QuoteMilestone(StrEnum):
    """What a quote reaches besides its statuses, and is noted as one (docs/domain.md#status-times)."""

    SIGNED = "SIGNED"


class StatusTime(NamedTuple):
    """When a node first had a status, or a quote reached a milestone (docs/domain.md#status-times)."""

    node_id: str
    status: str
    at: datetime
