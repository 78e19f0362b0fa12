"""Setting what a quote costs: prices, discounts, shipping and tax at once."""

from typing import Any

import strawberry

from domain.quotes.pricing import DiscountDraft, ItemPrices, QuotePrices, ShippingDraft
from domain.shared.access import Scope
from domain.use_cases.quotes import pricing
from domain.use_cases.quotes.pricing import PriceQuote
from schema.declare import column, mutation
from schema.quotes.enums import DiscountType
from schema.quotes.totals import QuoteSums
from schema.quotes.types import Quote
from schema.shared.audiences import CUSTOMER
from schema.shared.money import MoneyInput, money, optional_money
from schema.shared.payloads import CHANGES, QUOTE, payload, subject
from schema.shared.scalars import CurrencyCode, Decimal


@strawberry.input(description="What to take off a line or a quote.")
class DiscountInput:
    type: DiscountType = strawberry.field(description="How it is given.")
    value: Decimal = strawberry.field(
        description="The amount in the quote's currency, or the percentage from 0 to 100 with at most four digits."
    )
    reason: str | None = strawberry.field(default=None, description=f"Why, at most 500 characters. {CUSTOMER}")

    def draft(self) -> DiscountDraft:
        return DiscountDraft(self.type, self.value, self.reason)


@strawberry.input(description="A shipping rate for this quote.")
class ShippingInput:
    name: str = strawberry.field(description=f"What it is called, at most 200 characters. {CUSTOMER}")
    price: MoneyInput = strawberry.field(description="What it costs. It bears no tax.")

    def draft(self) -> ShippingDraft:
        return ShippingDraft(self.name, money(self.price))


@strawberry.input(description="What to set of a line. What is left out stays; null takes it off.")
class ItemPricesInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    price: MoneyInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="The price of one device; null takes it back, so that nobody can accept the item.",
    )
    discount: DiscountInput | None = strawberry.field(
        default=strawberry.UNSET, description="What to take off the whole line; an amount, at most what it costs."
    )
    taxable: bool | None = strawberry.field(default=strawberry.UNSET, description="Whether tax is due; at first it is.")
    tax_rate: Decimal | None = strawberry.field(
        default=strawberry.UNSET, description="The tax rate in per cent, such as `8.875`; null is 0."
    )

    def draft(self) -> ItemPrices:
        values = {"price": self.price, "discount": self.discount, "taxable": self.taxable, "tax_rate": self.tax_rate}
        given = _given(values)
        if "price" in given:
            given["price"] = optional_money(given["price"])
        return ItemPrices(self.item_id, _drafted(given, "discount"))


@strawberry.input(description="What to set of the prices of a quote. What is left out stays; null takes it off.")
class PriceQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    currency: CurrencyCode | None = strawberry.field(
        default=strawberry.UNSET,
        description="The currency of all its amounts. Where there are amounts in another one, which nobody has agreed "
        "to, each of them has to come anew with it. Null leaves it as it is.",
    )
    prices_include_tax: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether prices are entered with tax; fixed once a line is accepted. Null leaves it as it is.",
    )
    shipping: ShippingInput | None = strawberry.field(default=strawberry.UNSET, description="What shipping costs.")
    discount: DiscountInput | None = strawberry.field(
        default=strawberry.UNSET, description="What to take off the quote, after the discounts of its lines."
    )
    items: list[ItemPricesInput] | None = strawberry.field(
        default=None, description="What to set of its open lines, at most 200."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Only say what would change, and in `sums` what it would add up to."
    )

    def command(self) -> PriceQuote:
        values = {
            "currency": self.currency,
            "prices_include_tax": self.prices_include_tax,
            "shipping": self.shipping,
            "discount": self.discount,
        }
        given = _drafted(_given(values), "shipping", "discount")
        prices = QuotePrices(given, tuple(item.draft() for item in self.items or ()))
        return PriceQuote(self.quote_id, prices, dry_run=self.dry_run)


@payload(changes=CHANGES)
class PriceQuotePayload:
    """What came of setting what a quote costs."""

    quote: Quote | None = subject(QUOTE, "quote")
    sums: QuoteSums | None = column("With `dryRun`, what the quote would add up to; else null: the quote says it.")


@strawberry.type
class QuotePriceMutations:
    price_quote: PriceQuotePayload | None = mutation(
        "Set prices, discounts, shipping and tax of a quote and its open lines; all of it or nothing.",
        Scope.QUOTES_MANAGE,
        PriceQuoteInput,
        pricing.price_quote,
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not strawberry.UNSET}


def _drafted(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return given | {name: given[name].draft() for name in names if given.get(name) is not None}
