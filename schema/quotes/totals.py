"""Types of the amounts of a quote: discounts, shipping, tax and totals."""

from domain.quotes import discounts as rows
from domain.quotes.rows import Agreement
from domain.quotes.taxes import TaxLine as TaxLineRow
from domain.quotes.totals import QuoteSums as Sums
from schema.declare import column, type_of
from schema.quotes.enums import DiscountType
from schema.shared.actors import Actor
from schema.shared.audiences import CUSTOMER
from schema.shared.money import Money
from schema.shared.scalars import DateTime, Decimal

TAX = "If prices include tax, the tax is part of them; otherwise it is added."


@type_of(Agreement)
class AgreedPrice:
    """The price that was agreed when an offer was accepted. It never changes."""

    price: Money = column("Price of one device.")
    at: DateTime = column("Date and time when the offer was accepted.")
    by: Actor = column("The actor who accepted the offer.")


@type_of(rows.Discount)
class Discount:
    """A discount on a line or a quote."""

    type: DiscountType = column("Type of the discount.")
    amount: Money | None = column("The fixed amount; `null` for a percentage.")
    percentage: Decimal | None = column("The percentage, such as `12.5`; `null` for a fixed amount.")
    reason: str | None = column(f"Reason for the discount. {CUSTOMER}")


@type_of(rows.Shipping)
class Shipping:
    """The shipping rate of a quote."""

    name: str = column(f"Name of the shipping rate. {CUSTOMER}")
    price: Money = column("Price of shipping.")


@type_of(TaxLineRow)
class TaxLine:
    """Base and tax of one tax rate. All `net` and `amount` values plus shipping add up to the total."""

    rate: Decimal = column(
        "The tax rate in per cent, such as `8.875`; `0` for lines that are not taxed.", attribute="percentage"
    )
    base: Money = column(
        "The amount that the tax is calculated from: the lines with this rate after all discounts, "
        "with prices as entered. If prices include tax, `amount` is `base × rate / (100 + rate)`, "
        "otherwise `base × rate / 100`."
    )
    net: Money = column("Total of the lines with this rate after all discounts, without tax.")
    amount: Money = column("Tax at this rate: the sum of the tax of its lines.")


@type_of(Sums)
class QuoteSums:
    """Totals of a quote. All are `null` until every line that is not rejected is priced."""

    subtotal: Money | None = column("Total of the lines before discounts, tax and shipping.")
    discount_total: Money | None = column("Total of all discounts, of the lines and of the quote.")
    shipping_total: Money | None = column("Shipping costs.")
    tax_total: Money | None = column(f"Total tax. {TAX}")
    total: Money | None = column("Total of the quote.")
    tax_lines: list[TaxLine] = column("Base and tax for each tax rate; empty until the totals are known.")
