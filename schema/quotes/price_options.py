"""Offering a quote at several prices, and accepting one of them."""

import strawberry

from domain.quotes.price_choices import PriceOptionDraft
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


@payload(changes="Every status that moved, or with `dryRun` would. Empty for a repetition.")
class PriceOptionPayload:
    """What came of accepting a price option."""

    quote: Quote | None = subject(QUOTE, "quote")
    price_option: PriceOption | None = subject(
        "The option as it is now; null when the action was refused.", "price_option"
    )


@strawberry.input(description="A price at which a quote can be had as a whole.")
class PriceOptionInput:
    name: str = strawberry.field(description=f"What it is called; another name for each option. {CUSTOMER}")
    price: MoneyInput = strawberry.field(description="What the quote costs in this way, in its currency.")
    upfront: MoneyInput | None = strawberry.field(
        default=None, description="How much of it is due at once; by default nothing."
    )

    def draft(self) -> PriceOptionDraft:
        return PriceOptionDraft(self.name, money(self.price), optional_money(self.upfront))


@strawberry.input(description="The prices at which a quote can be had.")
class SetPriceOptionsInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    options: list[PriceOptionInput] = strawberry.field(
        description="The options in their order, at most 200, in place of those before; none takes them back."
    )
    dry_run: bool = strawberry.field(default=False, description="Only say whether it could be done.")

    def command(self) -> SetPriceOptions:
        return SetPriceOptions(self.quote_id, [option.draft() for option in self.options], dry_run=self.dry_run)


@strawberry.input(description="Accept a price option.")
class SelectPriceOptionInput:
    price_option_id: strawberry.ID = strawberry.field(description="The option.")
    expected_price: MoneyInput | None = strawberry.field(
        default=None, description="The price you saw; when it is another one now, nothing is accepted."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> SelectPriceOption:
        return SelectPriceOption(self.price_option_id, optional_money(self.expected_price), dry_run=self.dry_run)


@strawberry.type
class PriceOptionMutations:
    set_price_options: QuotePayload | None = mutation(
        "Offer an undecided quote at several prices, in place of those before.",
        Scope.QUOTES_MANAGE,
        SetPriceOptionsInput,
        price_options.set_price_options,
    )
    select_price_option: PriceOptionPayload | None = mutation(
        "Accept one of a quote's price options, which approves the quote. Every line still open is accepted with it and"
        " ordered, whether or not it has a price of its own.",
        Scope.QUOTES_WRITE,
        SelectPriceOptionInput,
        price_options.select_price_option,
    )
