"""What several mutations of quotes answer."""

from schema.quotes.types import Quote
from schema.shared.payloads import CHANGES, QUOTE, payload, subject


@payload(changes=CHANGES)
class QuotePayload:
    """What came of an action on a quote as a whole."""

    quote: Quote | None = subject(QUOTE, "quote")
