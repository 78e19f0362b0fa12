"""Mutations that set the price options of a quote, and accept one of them."""

import strawberry

from domain.quotes.price_options import PriceOptionDraft
from domain.shared.access import Scope
from domain.use_cases.quotes import price_options
from domain.use_cases.quotes.price_options import SelectPriceOption, SetPriceOptions
from schema.declare import mutation
from schema.quotes.payloads import QuotePayload
from schema.quotes.types import PriceOption, Quote
from schema.shared.audiences import CUSTOMER
from schema.shared.inputs import dry_run_field
from schema.shared.money import MoneyInput, money, optional_money
from schema.shared.payloads import QUOTE, payload, subject


@payload(changes="Status changes, or with `dryRun` those that would follow. Empty for a repeated acceptance.")
class PriceOptionPayload:
    """For `selectPriceOption`."""

    quote: Quote | None = subject(QUOTE, "quote")
    price_option: PriceOption | None = subject(
        "The price option after the mutation; `null` if the mutation was refused.", "price_option"
    )


@strawberry.input(description="Input fields for a price option: a price for the quote as a whole.")
class PriceOptionInput:
    name: str = strawberry.field(
        description=f"Name of the price option. At most 200 characters. Each option of a quote has another "
        f"name. {CUSTOMER}"
    )
    price: MoneyInput = strawberry.field(description="Price of the quote with this option, in the quote's currency.")
    upfront: MoneyInput | None = strawberry.field(
        default=None, description="The part of the price that is due immediately. By default nothing."
    )

    def draft(self) -> PriceOptionDraft:
        return PriceOptionDraft(self.name, money(self.price), optional_money(self.upfront))


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
