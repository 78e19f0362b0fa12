"""What a quote adds up to: discounts, shipping, tax and sums."""

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

TAX = "Where prices were entered with tax, it is contained in them; otherwise it is added."


@type_of(Agreement)
class AgreedPrice:
    """What was agreed when an offer was accepted. It stays as it was."""

    price: Money = column("The unit price.")
    at: DateTime = column("When it was agreed.")
    by: Actor = column("Who accepted.")


@type_of(rows.Discount)
class Discount:
    """What is taken off a line or a quote."""

    type: DiscountType = column("How it is given.")
    amount: Money | None = column("The fixed amount; null for a percentage.")
    percentage: Decimal | None = column("The percentage, such as `12.5`; null for a fixed amount.")
    reason: str | None = column(f"Why, for people to read. {CUSTOMER}")


@type_of(rows.Shipping)
class Shipping:
    """A shipping rate made for one quote."""

    name: str = column(f"What it is called. {CUSTOMER}")
    price: Money = column("What it costs.")


@type_of(TaxLineRow)
class TaxLine:
    """What the lines of one tax rate come to. All `net` and `amount`, and shipping, add up to the total."""

    rate: Decimal = column("The rate in per cent, such as `8.875`; `0` where no tax is due.", attribute="percentage")
    base: Money = column(
        "What the tax is worked out from: its lines after all discounts, as their prices were entered. Where prices "
        "include tax, `amount` is `base × rate / (100 + rate)`, otherwise `base × rate / 100`."
    )
    net: Money = column("Its lines after all discounts, without tax.")
    amount: Money = column("The tax of the rate, as much as that of its lines together.")


@type_of(Sums)
class QuoteSums:
    """What a quote adds up to; all of it null until every line that counts has its price."""

    subtotal: Money | None = column("The lines before anything is taken off or added.")
    discount_total: Money | None = column("What is taken off, of the lines and of the quote.")
    shipping_total: Money | None = column("What shipping costs.")
    tax_total: Money | None = column(f"The tax. {TAX}")
    total: Money | None = column("What is to be paid.")
    tax_lines: list[TaxLine] = column("What the lines of each tax rate come to; empty while there are no sums.")
