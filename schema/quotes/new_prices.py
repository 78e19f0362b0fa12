"""Inputs for prices that new quotes and later mutations share: discounts, shipping, price options."""

import strawberry

from domain.quotes.price_options import PriceOptionDraft
from domain.quotes.pricing import DiscountDraft, ShippingDraft
from schema.quotes.enums import DiscountType
from schema.shared.audiences import CUSTOMER
from schema.shared.money import MoneyInput, money, optional_money
from schema.shared.scalars import Decimal

# Of fields of inputs that others may send without them.
OPERATORS = "Requires scope `quotes:manage`."


@strawberry.input(description="Input fields for a discount on a line or a quote.")
class DiscountInput:
    type: DiscountType = strawberry.field(description="Type of the discount.")
    value: Decimal = strawberry.field(
        description="The amount in the quote's currency, or the percentage from 0 to 100 with at most four "
        "decimal places."
    )
    reason: str | None = strawberry.field(
        default=None, description=f"Reason for the discount. At most 500 characters. {CUSTOMER}"
    )

    def draft(self) -> DiscountDraft:
        return DiscountDraft(self.type, self.value, self.reason)


@strawberry.input(description="Input fields for the shipping rate of a quote.")
class ShippingInput:
    name: str = strawberry.field(description=f"Name of the shipping rate. At most 200 characters. {CUSTOMER}")
    price: MoneyInput = strawberry.field(description="Price of shipping. It is not taxed.")

    def draft(self) -> ShippingDraft:
        return ShippingDraft(self.name, money(self.price))


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


def optional_discount(given: DiscountInput | None) -> DiscountDraft | None:
    return None if given is None else given.draft()
