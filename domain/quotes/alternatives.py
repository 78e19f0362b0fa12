"""Alternatives: building and proposing them (docs/domain.md#alternatives)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.catalogue.products import WARRANTIES, Specification, parse_specification, require_named
from domain.quotes.aggregate import Line, QuoteAggregate, RuleResult
from domain.quotes.decisions import check_decidable, check_open, rule_result
from domain.quotes.rows import Alternative, QuoteItem
from domain.quotes.statuses import OfferStatus
from domain.shared.errors import ErrorCode, Problems
from domain.shared.limits import MOST_ALTERNATIVES, MOST_PARTS
from domain.shared.parsers import NOTE_LENGTH, optional_text, optional_url


@dataclass(frozen=True, slots=True)
class AlternativeDraft:
    """An alternative as entered, without its price."""

    specification: Specification
    description: str | None = None
    is_exact_match: bool = False
    image_url: str | None = None


def check_alternatives(lines: Iterable[Line], problems: Problems) -> None:
    """Check that another alternative can be added: at most `MOST_ALTERNATIVES` in all lines."""
    if sum(len(line.alternatives) for line in lines) >= MOST_ALTERNATIVES:
        message = f"A quote has at most {MOST_ALTERNATIVES:,} alternatives in all its lines."
        problems.add(("itemId",), ErrorCode.TOO_MANY, message)


def build_alternative(
    draft: AlternativeDraft, item: QuoteItem, position: int, problems: Problems, at: datetime, alternative_id: str
) -> Alternative:
    """An unpriced alternative (docs/domain.md#alternatives)."""
    specification = parse_specification(draft.specification, problems, ("specification",))
    require_named(specification, problems, ("specification",))
    if item.product_type in WARRANTIES:
        problems.add(("itemId",), ErrorCode.NOT_SUPPORTED, "A warranty has no alternatives.")
    if position >= MOST_PARTS:
        problems.add(("itemId",), ErrorCode.TOO_MANY, f"A line has at most {MOST_PARTS} alternatives.")
    return Alternative(
        alternative_id,
        item.tenant_id,
        item.quote_id,
        item.id,
        position,
        OfferStatus.PENDING,
        problems.check(("description",), optional_text, draft.description, NOTE_LENGTH, lines=True),
        draft.is_exact_match,
        problems.check(("imageUrl",), optional_url, draft.image_url),
        *specification,
        price_minor=None,
        price_currency=None,
        created_at=at,
    )


def propose(quote: QuoteAggregate, alternative: Alternative, at: datetime) -> RuleResult:
    """Add an alternative to an open line (docs/domain.md#alternatives).

    Raises: LineClosed, WrongStatus, Expired.
    """
    line = quote.line_of(alternative.item_id)
    check_open(line, line.item, OfferStatus.PENDING)
    check_decidable(quote.quote, OfferStatus.PENDING, at)
    proposed = replace(line, alternatives=(*line.alternatives, alternative))
    return rule_result(quote, quote.with_line(proposed), at)
