"""The ways to set what a quote costs."""

from typing import Any

from domain.quotes.pricing import QuotePrices
from domain.use_cases.quotes import pricing
from resolvers.mutations import perform

QUOTE = ("quoteId",)


async def price_quote(info: Any, input_: Any, quote_id: str, prices: QuotePrices, dry_run: bool) -> Any:
    """Set prices, discounts, shipping and tax."""
    return await perform(
        info, input_, lambda deps, caller: pricing.price_quote(deps, caller, quote_id, prices, dry_run), QUOTE
    )
