"""The aggregate of a quote with all its lines, which is locked, changed and saved together.

The rows are in `domain/quotes/rows.py`. The rules in `domain/quotes/decisions.py` and `domain/quotes/transitions.py`
are pure: they take an aggregate and return another.
"""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

from domain.catalogue.products import NOT_ORDERED
from domain.quotes.lifecycle import attribute
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.recipients import Recipient
from domain.quotes.rows import Alternative, Offer, Quote, QuoteItem
from domain.quotes.state_machines import MACHINES
from domain.quotes.statuses import FULFILLED, OfferStatus, Verdict
from domain.shared.errors import NodeRef
from domain.shared.events import StatusChange, StatusField


@dataclass(frozen=True, slots=True)
class Line:
    """An item with its alternatives and recipients, in order."""

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

    @property
    def is_ordered(self) -> bool:
        """Whether the line is ordered once it is accepted (docs/domain.md#lines-without-recipients)."""
        return bool(self.recipients) and self.item.product_type not in NOT_ORDERED

    @property
    def awaits_recipients(self) -> bool:
        """Whether the line is ordered only after it is given recipients."""
        return not self.recipients and self.item.product_type not in NOT_ORDERED

    def with_each_offer(self, change: Callable[[Offer], Offer]) -> "Line":
        item, *alternatives = (change(offer) for offer in self.offers)
        assert isinstance(item, QuoteItem)
        kept = tuple(it for it in alternatives if isinstance(it, Alternative))
        return Line(item, kept, self.recipients)


@dataclass(frozen=True, slots=True)
class QuoteAggregate:
    """A quote with all its lines and price options: what is locked, changed and saved together."""

    quote: Quote
    lines: tuple[Line, ...]
    options: tuple[PriceOption, ...] = ()

    @property
    def accepted_option(self) -> PriceOption | None:
        return next((it for it in self.options if it.status == PriceOptionStatus.ACCEPTED), None)

    def line_of(self, offer_id: str) -> Line:
        """The line of an offer, which must be one of this quote."""
        return next(line for line in self.lines if any(offer.id == offer_id for offer in line.offers))

    def lines_by_offer(self) -> dict[str, Line]:
        """The lines by the ids of their offers."""
        return {offer.id: line for line in self.lines for offer in line.offers}

    def with_line(self, changed: Line) -> "QuoteAggregate":
        return self.with_lines((changed,))

    def with_lines(self, changed: Iterable[Line]) -> "QuoteAggregate":
        """The quote with these lines replaced, matched by item."""
        by_item = {line.item.id: line for line in changed}
        lines = tuple(by_item.get(line.item.id, line) for line in self.lines)
        return QuoteAggregate(self.quote, lines, self.options)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The result of a rule: the quote, and every change of a status."""

    quote: QuoteAggregate
    changes: tuple[StatusChange, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict on one offer, and its line before and after. Without an effect, both are the same object."""

    offer_id: str
    verdict: Verdict
    before: Line
    after: Line


@dataclass(frozen=True, slots=True)
class Decisions:
    """Consecutive verdicts that had an effect, and the quote after them."""

    steps: tuple[Decided, ...]
    rule_result: RuleResult

    def changes_by_step(self) -> tuple[tuple[Decided, tuple[StatusChange, ...]], ...]:
        """Each verdict with the status changes it caused; the last one includes those of the quote and its price
        options."""
        of_quote = tuple(it for it in self.rule_result.changes if it.node.type in ("Quote", "PriceOption"))
        changed = [(step, _differences(_line_statuses(step.before), _line_statuses(step.after))) for step in self.steps]
        return tuple((step, (*changes, *of_quote) if step is self.steps[-1] else changes) for step, changes in changed)


def status_changes(before: QuoteAggregate, after: QuoteAggregate) -> tuple[StatusChange, ...]:
    """Every change of a status of an offer, recipient, price option or the quote; a new object starts from its
    initial status."""
    kept = set(map(id, before.lines)).intersection(map(id, after.lines))
    return _differences(_statuses(before, kept), _statuses(after, kept))


def quote_status_changes(before: Quote, after: Quote) -> tuple[StatusChange, ...]:
    """Every change of a status of the quote itself."""
    return _differences(_quote_statuses(before), _quote_statuses(after))


_Statuses = list[tuple[tuple[NodeRef, StatusField], str]]
# Initial statuses other than PENDING.
_STARTS = {"PriceOption": PriceOptionStatus.OFFERED}


def _differences(before: _Statuses, after: _Statuses) -> tuple[StatusChange, ...]:
    old = dict(before)
    differences = (
        StatusChange(ref, old.get((ref, field), _STARTS.get(ref.type, OfferStatus.PENDING)), status, field)
        for (ref, field), status in after
    )
    return tuple(change for change in differences if change.from_status != change.to_status)


def _statuses(quote: QuoteAggregate, kept: Set[int]) -> _Statuses:
    """The statuses in a quote, without those of the lines that are `kept`, by their identities."""
    parts = [status for line in quote.lines if id(line) not in kept for status in _line_statuses(line)]
    options = [((it.ref, StatusField.STATUS), str(it.status)) for it in quote.options]
    return [*parts, *options, *_quote_statuses(quote.quote)]


def _quote_statuses(quote: Quote) -> _Statuses:
    states = [((quote.ref, it.field), str(getattr(quote, attribute(it.field)))) for it in MACHINES]
    return [*states, ((quote.ref, StatusField.STATUS), str(quote.status))]


def _line_statuses(line: Line) -> _Statuses:
    return [((part.ref, StatusField.STATUS), str(part.status)) for part in (*line.offers, *line.recipients)]
