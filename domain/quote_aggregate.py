"""A quote with all its lines: what is locked, judged and saved together, and what rules say of it.

The rows stand in `domain/quote_parts.py`. The rules, in `domain/quotes.py` and `domain/quote_moves.py`, are pure: they
take an aggregate and give back another (domain-facts A.3).
"""

from dataclasses import dataclass, replace

from domain.errors import NodeRef
from domain.events import StatusChange, StatusField
from domain.quote_lifecycle import MACHINES, attribute
from domain.quote_parts import Alternative, Offer, Quote, QuoteItem
from domain.quote_statuses import FULFILLED, OfferStatus, Verdict
from domain.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Line:
    """An item with its alternatives and recipients, each in their order."""

    item: QuoteItem
    alternatives: tuple[Alternative, ...]
    recipients: tuple[Recipient, ...]

    @property
    def offers(self) -> tuple[Offer, ...]:
        return (self.item, *self.alternatives)

    @property
    def accepted_offer(self) -> Offer | None:
        if self.item.decision not in FULFILLED:
            return None
        return next(offer for offer in self.offers if offer.id == self.item.closing_offer_id)


@dataclass(frozen=True, slots=True)
class QuoteAggregate:
    """A quote with all its lines: what is locked, judged and saved together."""

    quote: Quote
    lines: tuple[Line, ...]

    def line_of(self, offer_id: str) -> Line:
        """The line that has this offer. The caller has looked the offer up in this quote."""
        return next(line for line in self.lines if any(offer.id == offer_id for offer in line.offers))

    def with_line(self, changed: Line) -> "QuoteAggregate":
        lines = tuple(changed if line.item.id == changed.item.id else line for line in self.lines)
        return replace(self, lines=lines)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule made of a quote: the quote as it is now and every status that moved on the way."""

    quote: QuoteAggregate
    changes: tuple[StatusChange, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What was said to one offer, and what became of the quote by it."""

    offer_id: str
    verdict: Verdict
    ruling: Ruling


def status_changes(before: QuoteAggregate, after: QuoteAggregate) -> tuple[StatusChange, ...]:
    """Every offer, recipient and quote of which a status differs; what is new came from PENDING."""
    old = dict(_statuses(before))
    moves = (
        StatusChange(ref, old.get((ref, field), OfferStatus.PENDING), status, field)
        for (ref, field), status in _statuses(after)
    )
    return tuple(move for move in moves if move.from_status != move.to_status)


def _statuses(quote: QuoteAggregate) -> list[tuple[tuple[NodeRef, StatusField], str]]:
    head = quote.quote
    parts = [part for line in quote.lines for part in (*line.offers, *line.recipients)]
    states = [((head.ref, it.field), str(getattr(head, attribute(it.field)))) for it in MACHINES]
    found = [((part.ref, StatusField.STATUS), str(part.status)) for part in parts]
    return [*found, *states, ((head.ref, StatusField.STATUS), str(head.status))]
