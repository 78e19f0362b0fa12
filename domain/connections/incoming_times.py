"""When an incoming quote and its recipients reached their statuses (docs/domain.md#incoming-quotes)."""

from collections.abc import Mapping
from datetime import datetime

from domain.connections.origins import PartKey
from domain.connections.records import ForeignQuote
from domain.connections.systems import SAYS_SENT, System
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.rows import Quote
from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    QuoteMilestone,
    QuoteOfferStatus,
    QuoteStatus,
    StatusTime,
)

# The times of records that have names of their own.
TIMES = {
    "sent": QuoteOfferStatus.SENT,
    "viewed": QuoteOfferStatus.VIEWED,
    "expired": QuoteOfferStatus.EXPIRED,
    "voided": QuoteOfferStatus.VOIDED,
    "accepted": QuoteStatus.APPROVED,
    "declined": QuoteStatus.REJECTED,
}
_WORDS = (QuoteStatus, QuoteOfferStatus, DecisionStatus, FulfilmentStatus, QuoteMilestone)
_STATUSES = {str(it) for words in _WORDS for it in words}
# Where every quote begins, which no change of its record leads to.
_FIRST = {QuoteStatus.PENDING, QuoteOfferStatus.DRAFT}
_SENT = {QuoteOfferStatus.SENT, QuoteOfferStatus.VIEWED}


def status_times(
    record: ForeignQuote,
    system: System,
    before: QuoteAggregate | None,
    after: QuoteAggregate,
    ids: Mapping[PartKey, str],
) -> list[StatusTime]:
    """The times that the record says. For a status that is new here and whose time it does not say, the time when the
    record was last changed, if it says that; `before` is the quote as it was here."""
    words = {str(TIMES.get(name, name.upper())): at for name, at in record.times.items()}
    said = {word: at for word, at in words.items() if word in _STATUSES}
    accepted = min((it.accepted_at for it in record.options if it.accepted_at is not None), default=None)
    if accepted is not None:
        said.setdefault(QuoteStatus.APPROVED, accepted)
    if record.updated_at is not None and record.is_status_known:
        reached = _reached(after.quote, system) - (_reached(before.quote, system) if before else set())
        said = dict.fromkeys(sorted(reached), record.updated_at) | said
    quote_id = after.quote.id
    return [*(StatusTime(quote_id, word, at) for word, at in said.items()), *_of_recipients(record, ids)]


def _reached(quote: Quote, system: System) -> set[str]:
    """The statuses that the quote has reached last. What was sent or viewed before it was decided on, is not among
    them."""
    statuses = {str(quote.status), str(quote.offer_status)} - _FIRST
    return statuses if quote.status == QuoteStatus.PENDING and system in SAYS_SENT else statuses - _SENT


def _of_recipients(record: ForeignQuote, ids: Mapping[PartKey, str]) -> list[StatusTime]:
    times: list[tuple[str | None, str, datetime]] = [
        (ids.get(PartKey("Recipient", item.external_id, it.external_id)), word.upper(), at)
        for item in record.items
        for it in item.recipients
        for word, at in it.times.items()
    ]
    return [StatusTime(recipient_id, word, at) for recipient_id, word, at in times if recipient_id is not None]
