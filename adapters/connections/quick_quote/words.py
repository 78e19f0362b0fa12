"""The statuses of Quick Quote in ours, and back (docs/concepts.md#w3trends-quick-quote). It writes them in title case
and reads them in lower case."""

from adapters.connections.standing import Standing
from domain.quotes.statuses import DecisionStatus, FulfilmentStatus, QuoteOfferStatus, Verdict

STATUSES = {
    "created": Standing(QuoteOfferStatus.DRAFT),
    "sent": Standing(QuoteOfferStatus.SENT),
    "viewed": Standing(QuoteOfferStatus.VIEWED),
    "accepted": Standing(QuoteOfferStatus.SENT, DecisionStatus.APPROVED),
    "declined": Standing(QuoteOfferStatus.SENT, DecisionStatus.DECLINED),
    "canceled": Standing(QuoteOfferStatus.CANCELLED),
    "ordered": Standing(QuoteOfferStatus.SENT, DecisionStatus.APPROVED, FulfilmentStatus.ORDERED),
}
VERDICTS = {Verdict.ACCEPT: "accepted", Verdict.REJECT: "declined"}
CANCELED = "canceled"
