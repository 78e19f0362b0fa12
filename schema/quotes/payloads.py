"""The payload that several mutations of quotes share."""

from schema.quotes.types import Quote
from schema.shared.payloads import CHANGES, QUOTE, payload, subject


@payload(changes=f"{CHANGES} Empty where a connected system was asked: `quote` is then as it says.")
class QuotePayload:
    """For mutations that act on a quote as a whole."""

    quote: Quote | None = subject(QUOTE, "quote")
