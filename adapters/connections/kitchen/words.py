"""The statuses of kitchen.co in ours (docs/concepts.md#kitchenco)."""

from adapters.connections.standing import Standing
from domain.quotes.statuses import DecisionStatus, QuoteOfferStatus

STATUSES = {
    "draft": Standing(QuoteOfferStatus.DRAFT),
    "sent": Standing(QuoteOfferStatus.SENT),
    "accepted": Standing(QuoteOfferStatus.SENT, DecisionStatus.APPROVED),
    "expired": Standing(QuoteOfferStatus.EXPIRED),
    "voided": Standing(QuoteOfferStatus.VOIDED),
}
