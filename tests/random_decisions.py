"""Decisions on the lines of random quotes, for Hypothesis."""

from hypothesis import strategies as st

from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.decisions import accept, reject
from tests.builders import ANA, LATER

DECISIONS = st.sampled_from(["item", "alternative", "nothing", "reject"])


def decide_some(draw: st.DrawFn, quote: QuoteAggregate) -> QuoteAggregate:
    """The quote with each of its lines, which have one alternative, decided on or left open as drawn."""
    for it in quote.lines:
        match draw(DECISIONS):
            case "item":
                quote = accept(quote, it.item.id, ANA, LATER).quote
            case "alternative":
                quote = accept(quote, it.alternatives[0].id, ANA, LATER).quote
            case "reject":
                quote = reject(quote, it.item.id, LATER).quote
                quote = reject(quote, it.alternatives[0].id, LATER).quote
    return quote
