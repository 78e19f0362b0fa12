"""A quote with all its lines: what is locked, judged and saved together, and what rules say of it.

The rows stand in `domain/quotes/rows.py`. The rules, in `domain/quotes/decisions.py` and
`domain/quotes/transitions.py`, are pure: they take an aggregate and give back another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.quotes.lifecycle import attribute
from domain.quotes.price_options import PriceOption, PriceOptionStatus
from domain.quotes.recipients import Recipient
from domain.quotes.rows import Alternative, Offer, Quote, QuoteItem
from domain.quotes.state_machines import MACHINES
from domain.quotes.statuses import FULFILLED, OfferStatus, Verdict
from domain.shared.errors import NodeRef
from domain.shared.events import StatusChange, StatusField


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
    """A quote with all its lines and price options: what is locked, judged and saved together."""

    quote: Quote
    lines: tuple[Line, ...]
    options: tuple[PriceOption, ...] = ()

    @property
    def accepted_option(self) -> PriceOption | None:
        return next((it for it in self.options if it.status == PriceOptionStatus.ACCEPTED), None)

    def line_of(self, offer_id: str) -> Line:
        """The line that has this offer. The caller has looked the offer up in this quote."""
        return next(line for line in self.lines if any(offer.id == offer_id for offer in line.offers))

    def lines_by_offer(self) -> dict[str, Line]:
        """Each line under the id of each of its offers."""
        return {offer.id: line for line in self.lines for offer in line.offers}

    def with_line(self, changed: Line) -> "QuoteAggregate":
        return self.with_lines((changed,))

    def with_lines(self, changed: Iterable[Line]) -> "QuoteAggregate":
        """The quote with these lines in place of the ones of the same item."""
        by_item = {line.item.id: line for line in changed}
        return replace(self, lines=tuple(by_item.get(line.item.id, line) for line in self.lines))


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a rule made of a quote: the quote as it is now and every status that moved on the way."""

    quote: QuoteAggregate
    changes: tuple[StatusChange, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict on one offer, and its line before and after. A verdict that changes nothing leaves the same line."""

    offer_id: str
    verdict: Verdict
    before: Line
    after: Line


@dataclass(frozen=True, slots=True)
class Decisions:
    """Verdicts given one after the other that changed something, and the quote after all of them."""

    steps: tuple[Decided, ...]
    rule_result: RuleResult

    def changes_by_step(self) -> tuple[tuple[Decided, tuple[StatusChange, ...]], ...]:
        """Each verdict with the statuses that it moved; those of the quote and its price options move with the last."""
        own = tuple(it for it in self.rule_result.changes if it.node.type in ("Quote", "PriceOption"))
        moved = [(step, _moves(_line_statuses(step.before), _line_statuses(step.after))) for step in self.steps]
        return tuple((step, (*changes, *own) if step is self.steps[-1] else changes) for step, changes in moved)


def status_changes(before: QuoteAggregate, after: QuoteAggregate) -> tuple[StatusChange, ...]:
    """Every offer, recipient, price option and quote of which a status differs; what is new came from its start."""
    return _moves(_statuses(before), _statuses(after))


_Statuses = list[tuple[tuple[NodeRef, StatusField], str]]
# Where what is new came from, unless from PENDING.
_STARTS = {"PriceOption": PriceOptionStatus.OFFERED}


def _moves(before: _Statuses, after: _Statuses) -> tuple[StatusChange, ...]:
    old = dict(before)
    moves = (
        StatusChange(ref, old.get((ref, field), _STARTS.get(ref.type, OfferStatus.PENDING)), status, field)
        for (ref, field), status in after
    )
    return tuple(move for move in moves if move.from_status != move.to_status)


def _statuses(quote: QuoteAggregate) -> _Statuses:
    head = quote.quote
    states = [((head.ref, it.field), str(getattr(head, attribute(it.field)))) for it in MACHINES]
    parts = [status for line in quote.lines for status in _line_statuses(line)]
    options = [((it.ref, StatusField.STATUS), str(it.status)) for it in quote.options]
    return [*parts, *options, *states, ((head.ref, StatusField.STATUS), str(head.status))]


def _line_statuses(line: Line) -> _Statuses:
    return [((part.ref, StatusField.STATUS), str(part.status)) for part in (*line.offers, *line.recipients)]
