"""Whether a price option must still be selected (docs/domain.md#price-options).

The selection is in `domain/quotes/price_options.py`.
"""

from dataclasses import replace

from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.price_option_rows import PriceOptionStatus
from domain.quotes.state_machines import DECISION
from domain.quotes.statuses import DecisionStatus
from domain.shared.errors import Conflict, ErrorCode
from domain.shared.wording import counted


class PriceOptionRequired(Conflict):
    """The quote has price options, and none was selected (docs/domain.md#price-options)."""

    code = ErrorCode.PRICE_OPTION_REQUIRED


def check_price_chosen(quote: QuoteAggregate) -> None:
    """Check that a price option was selected, if there are any (docs/domain.md#price-options).

    Raises: PriceOptionRequired.
    """
    if awaits_choice(quote):
        head, goal = quote.quote, DecisionStatus.APPROVED
        names = ", ".join(it.name for it in quote.options)
        message = (
            f"This quote is {head.decision_status} and has {counted(len(quote.options), 'price option')} ({names}). To "
            f"make it {goal}, select one with selectPriceOption."
        )
        raise PriceOptionRequired(message, head.ref, head.decision_status, goal)


def awaits_choice(quote: QuoteAggregate) -> bool:
    """Whether the quote has price options of which none was selected."""
    return bool(quote.options) and quote.accepted_option is None


def options_closed(quote: QuoteAggregate) -> QuoteAggregate:
    """The quote with its open price options rejected, once it is decided."""
    if quote.quote.decision_status == DECISION.start:
        return quote
    closed = (
        it._replace(status=PriceOptionStatus.REJECTED) if it.status == PriceOptionStatus.OFFERED else it
        for it in quote.options
    )
    return replace(quote, options=tuple(closed))
