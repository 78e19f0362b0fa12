"""The payload that several mutations of quotes share."""

from schema.quotes.types import Quote
from schema.shared.payloads import CHANGES, QUOTE, payload, subject


@payload(changes=CHANGES)
class QuotePayload:
    """For mutations that act on a quote as a whole."""

    quote: Quote | None = subject(QUOTE, "quote")
