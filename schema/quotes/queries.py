"""Queries for quotes."""

import strawberry

from domain.shared.access import Scope
from resolvers.quotes import queries
from schema.declare import list_root, one_root
from schema.quotes.inputs import QuoteBy
from schema.quotes.lists import QUOTES
from schema.quotes.types import Quote, QuoteConnection


@strawberry.type
class QuoteQueries:
    quote: Quote | None = one_root(
        "Returns a quote, or `null` if there is none.", Scope.QUOTES_READ, queries.quote, QuoteBy
    )

    quotes: QuoteConnection | None = list_root(
        "Returns quotes, by default newest first.", Scope.QUOTES_READ, "quotes", QUOTES
    )
