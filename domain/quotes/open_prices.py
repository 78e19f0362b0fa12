"""Whether a quote at several prices still waits for one of them to be chosen (docs/domain.md#price-options).

How one is chosen is in `domain/quotes/price_choices.py`.
"""

from dataclasses import replace

from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.price_options import PriceOptionStatus
from domain.quotes.state_machines import DECISION
from domain.quotes.statuses import DecisionStatus
from domain.shared.errors import Conflict, ErrorCode
from domain.shared.wording import counted


class PriceOptionRequired(Conflict):
    """The quote is offered at several prices, and none of them was chosen (docs/domain.md#price-options)."""

    code = ErrorCode.PRICE_OPTION_REQUIRED


def check_price_chosen(quote: QuoteAggregate) -> None:
    """A quote at several prices is approved by choosing one of them (docs/domain.md#price-options). Raises:
    PriceOptionRequired."""
    if awaits_choice(quote):
        head, goal = quote.quote, DecisionStatus.APPROVED
        names = ", ".join(it.name for it in quote.options)
        message = (
            f"This quote is {head.decision_status} and offered at {counted(len(quote.options), 'price')} ({names}). It "
            f"becomes {goal} by choosing one: use selectPriceOption."
        )
        raise PriceOptionRequired(message, head.ref, head.decision_status, goal)


def awaits_choice(quote: QuoteAggregate) -> bool:
    """Whether prices are offered of which none was chosen."""
    return bool(quote.options) and quote.accepted_option is None


def options_closed(quote: QuoteAggregate) -> QuoteAggregate:
    """Once a quote is decided, none of its price options can be chosen any more."""
    if quote.quote.decision_status == DECISION.start:
        return quote
    closed = (
        it._replace(status=PriceOptionStatus.REJECTED) if it.status == PriceOptionStatus.OFFERED else it
        for it in quote.options
    )
    return replace(quote, options=tuple(closed))
