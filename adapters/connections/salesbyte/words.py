"""The statuses of SalesByte in ours (docs/concepts.md#salesbyte). A quote has several of them at once.

The documentation names `signed` and `delivered` as examples; the others are those that its verbs suggest. Any other
word is a flaw of the record.
"""

from domain.quotes.statuses import QuoteOfferStatus

SIGNED = "signed"
FULLY_SIGNED = "fully_signed"
DECLINED = "declined"
# How far the offer is, the furthest first.
OFFERS = {
    "cancelled": QuoteOfferStatus.CANCELLED,
    "expired": QuoteOfferStatus.EXPIRED,
    "viewed": QuoteOfferStatus.VIEWED,
    "opened": QuoteOfferStatus.VIEWED,
    "delivered": QuoteOfferStatus.SENT,
    "sent": QuoteOfferStatus.SENT,
    "created": QuoteOfferStatus.DRAFT,
    "draft": QuoteOfferStatus.DRAFT,
}
KNOWN = frozenset({*OFFERS, SIGNED, FULLY_SIGNED, DECLINED})
