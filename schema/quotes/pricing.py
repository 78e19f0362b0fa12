"""Mutations that set prices: of an item, of an alternative, or all of a quote, with discounts, shipping and tax."""

import strawberry

from domain.quotes.pricing import GivenItemPrices, GivenQuotePrices, ItemPrices, QuotePrices
from domain.shared.access import Scope
from domain.use_cases.quotes import pricing
from domain.use_cases.quotes.pricing import PriceOffer, PriceQuote
from schema.declare import column, mutation
from schema.quotes.inputs import alternative, item
from schema.quotes.new_prices import DiscountInput, ShippingInput, optional_discount
from schema.quotes.totals import QuoteSums
from schema.quotes.types import Alternative, Quote, QuoteItem
from schema.shared.inputs import dry_run_field, wait_field
from schema.shared.money import MoneyInput, money, optional_money
from schema.shared.payloads import CHANGES, ITEM, QUOTE, payload, subject
from schema.shared.scalars import CurrencyCode, Decimal


@strawberry.input(description="Input for `priceItem`.")
class PriceItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    price: MoneyInput = strawberry.field(description="Price of one device.")
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> PriceOffer:
        return PriceOffer(item(self.item_id), money(self.price), self.wait)


@strawberry.input(description="Input for `priceAlternative`.")
class PriceAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    price: MoneyInput = strawberry.field(description="Price of one device.")
    dry_run: bool = dry_run_field()

    def command(self) -> PriceOffer:
        return PriceOffer(alternative(self.alternative_id), money(self.price))


@strawberry.input(
    description="Input fields for the prices of a line. Omitted fields stay unchanged; `null` removes the value."
)
class ItemPricesInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    price: MoneyInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="Price of one device; `null` removes it, so that the item cannot be accepted.",
    )
    discount: DiscountInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="Discount on the whole line. A fixed amount is at most the price of the line.",
    )
    is_taxable: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Whether the line is taxed. Initially true."
    )
    tax_rate: Decimal | None = strawberry.field(
        default=strawberry.UNSET,
        description="Tax rate in per cent, from 0 to 100 with at most four decimal places, such "
        "as `8.875`; `null` sets it to 0.",
    )

    def draft(self) -> ItemPrices:
        given = GivenItemPrices()
        if self.price is not strawberry.UNSET:
            given["price"] = optional_money(self.price)
        if self.discount is not strawberry.UNSET:
            given["discount"] = optional_discount(self.discount)
        if self.is_taxable is not strawberry.UNSET:
            given["taxable"] = self.is_taxable
        if self.tax_rate is not strawberry.UNSET:
            given["tax_rate"] = self.tax_rate
        return ItemPrices(self.item_id, given)


@strawberry.input(description="Input for `priceQuote`. Omitted fields stay unchanged; `null` removes the value.")
class PriceQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    currency_code: CurrencyCode | None = strawberry.field(
        default=strawberry.UNSET,
        description="Currency of all amounts of the quote; `null` leaves it unchanged. If the quote has amounts "
        "in another currency that nobody has agreed to, each of them has to be set again with it.",
    )
    is_tax_included: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether prices include tax; `null` leaves it unchanged. It cannot be changed once a line is "
        "accepted.",
    )
    shipping: ShippingInput | None = strawberry.field(
        default=strawberry.UNSET, description="Shipping rate of the quote."
    )
    discount: DiscountInput | None = strawberry.field(
        default=strawberry.UNSET, description="Discount on the quote, applied after the discounts of its lines."
    )
    items: list[ItemPricesInput] | None = strawberry.field(
        default=None, description="Prices of open lines. At most 200."
    )
    dry_run: bool = strawberry.field(
        default=False,
        description="If true, the mutation is validated and its effects are returned, with the totals in `sums`, "
        "but nothing is saved.",
    )

    def command(self) -> PriceQuote:
        given = GivenQuotePrices()
        if self.currency_code is not strawberry.UNSET:
            given["currency"] = self.currency_code
        if self.is_tax_included is not strawberry.UNSET:
            given["prices_include_tax"] = self.is_tax_included
        if self.shipping is not strawberry.UNSET:
            given["shipping"] = None if self.shipping is None else self.shipping.draft()
        if self.discount is not strawberry.UNSET:
            given["discount"] = optional_discount(self.discount)
        prices = QuotePrices(given, tuple(item.draft() for item in self.items or ()))
        return PriceQuote(self.quote_id, prices)


@payload(changes="Status changes.")
class PriceItemPayload:
    """For `priceItem`."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")


@payload(changes="Status changes.")
class PriceAlternativePayload:
    """For `priceAlternative`."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The alternative after the mutation.", "alternative")


@payload(changes=CHANGES)
class PriceQuotePayload:
    """For `priceQuote`."""

    quote: Quote | None = subject(QUOTE, "quote")
    sums: QuoteSums | None = column(
        "With `dryRun`, the totals that the quote would have; otherwise `null`, as `quote` has them."
    )


@strawberry.type
class OfferPriceMutations:
    price_item = mutation(
        "Sets the price of an item, or corrects it while its line is open.",
        Scope.QUOTES_MANAGE,
        PriceItemInput,
        pricing.price,
        PriceItemPayload,
    )
    price_alternative = mutation(
        "Sets the price of an alternative, or corrects it while its line is open.",
        Scope.QUOTES_MANAGE,
        PriceAlternativeInput,
        pricing.price,
        PriceAlternativePayload,
    )


@strawberry.type
class QuotePriceMutations:
    price_quote = mutation(
        "Sets prices, discounts, shipping and tax of a quote and its open lines. All changes are made, or none.",
        Scope.QUOTES_MANAGE,
        PriceQuoteInput,
        pricing.price_quote,
        PriceQuotePayload,
    )
