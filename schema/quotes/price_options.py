"""Mutations that set the price options of a quote, and accept one of them."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.quotes import price_options
from domain.use_cases.quotes.price_options import SelectPriceOption, SetPriceOptions
from schema.declare import mutation
from schema.quotes.new_prices import PriceOptionInput
from schema.quotes.payloads import QuotePayload
from schema.quotes.types import PriceOption, Quote
from schema.shared.inputs import dry_run_field
from schema.shared.money import MoneyInput, optional_money
from schema.shared.payloads import QUOTE, payload, subject


@payload(changes="Status changes, or with `dryRun` those that would follow. Empty for a repeated acceptance.")
class PriceOptionPayload:
    """For `selectPriceOption`."""

    quote: Quote | None = subject(QUOTE, "quote")
    price_option: PriceOption | None = subject(
        "The price option after the mutation; `null` if the mutation was refused.", "price_option"
    )


@strawberry.input(description="Input for `setPriceOptions`.")
class SetPriceOptionsInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    options: list[PriceOptionInput] = strawberry.field(
        description="Price options in their order, at most 200. Replaces the current ones; an empty list removes them."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> SetPriceOptions:
        return SetPriceOptions(self.quote_id, [option.draft() for option in self.options])


@strawberry.input(description="Input for `selectPriceOption`.")
class SelectPriceOptionInput:
    price_option_id: strawberry.ID = strawberry.field(description="The price option.")
    expected_price: MoneyInput | None = strawberry.field(
        default=None, description="The price that the caller saw. If the price has changed since, nothing is accepted."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> SelectPriceOption:
        return SelectPriceOption(self.price_option_id, optional_money(self.expected_price))


@strawberry.type
class PriceOptionMutations:
    set_price_options = mutation(
        "Sets the price options of an undecided quote. Replaces the current ones.",
        Scope.QUOTES_MANAGE,
        SetPriceOptionsInput,
        price_options.set_price_options,
        QuotePayload,
    )
    select_price_option = mutation(
        "Accepts one of a quote's price options, which approves the quote. Every open line is "
        "accepted with it and ordered, whether or not it has a price of its own.",
        Scope.QUOTES_DECIDE,
        SelectPriceOptionInput,
        price_options.select_price_option,
        PriceOptionPayload,
    )
