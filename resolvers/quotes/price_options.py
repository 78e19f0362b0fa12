"""The ways to offer a quote at several prices, and to accept one."""

from collections.abc import Sequence
from typing import Any

from domain.quotes.price_choices import PriceOptionDraft
from domain.shared.money import MoneyDraft
from domain.use_cases.quotes import price_options
from resolvers.mutations import perform


async def set_price_options(
    info: Any, input_: Any, quote_id: str, options: Sequence[PriceOptionDraft], dry_run: bool
) -> Any:
    """Offer these options in place of those before."""
    return await perform(
        info,
        input_,
        lambda deps, caller: price_options.set_price_options(deps, caller, quote_id, options, dry_run),
        ("quoteId",),
    )


async def select_price_option(info: Any, input_: Any, option_id: str, seen: MoneyDraft | None, dry_run: bool) -> Any:
    """Accept one of a quote's price options."""
    return await perform(
        info,
        input_,
        lambda deps, caller: price_options.select_price_option(deps, caller, option_id, seen, dry_run),
        price_options.OPTION,
    )
