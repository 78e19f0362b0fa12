"""Totals: what the lines of a quote add up to, exactly, in whole minor units of one currency.

Rounded, to the nearest minor unit, a half up, are only a discount in per cent (once for each line, and once for the
quote), and the tax of each rate, or where the company has chosen so of each line (domain/quotes/taxes.py). Sums are
sums of what was rounded, so that what is shown of the lines always adds up to what is shown of the quote.

The discount of the quote is spread over its lines in proportion to what is left of them after their own discounts, by
largest remainder (of equal ones, to the line of the higher tax). So the parts are exactly the whole, no line bears more
than it costs, and the totals do not depend on the order of the lines.

Tax is taken of what lines cost after all discounts. Prices entered with tax contain it: then tax is told, not added.
Shipping bears no tax. Where a line is untaxed its rate counts as 0 (docs/domain.md#totals).
"""

from collections.abc import Sequence
from typing import NamedTuple

from domain.companies.company import TaxRounding
from domain.quotes.discounts import Discount, spread, taken_off
from domain.quotes.taxes import taxes


class PricedLine(NamedTuple):
    """What a line costs before anything is taken off or added: minor units of one device, and how many.

    `tax_rate` is in millionths; 0 where no tax is due.
    """

    price: int
    quantity: int = 1
    discount: Discount | None = None
    tax_rate: int = 0


class LineTotals(NamedTuple):
    """The sums of one line in minor units. `discount` is its own and its share of the quote's."""

    subtotal: int
    discount: int
    tax: int
    total: int


class Totals(NamedTuple):
    """The sums of a quote in minor units; those of its lines in their order."""

    subtotal: int
    discount: int
    shipping: int
    tax: int
    total: int
    lines: tuple[LineTotals, ...]


def add_up(
    lines: Sequence[PricedLine],
    discount: Discount | None,
    shipping: int,
    tax_included: bool,
    rounding: TaxRounding = TaxRounding.PER_RATE,
) -> Totals:
    """The totals of lines that all have a price in the same currency. Where no line counts, nothing is shipped."""
    subtotals = [line.price * line.quantity for line in lines]
    own = [taken_off(line.discount, subtotal) for line, subtotal in zip(lines, subtotals, strict=True)]
    left = [subtotal - off for subtotal, off in zip(subtotals, own, strict=True)]
    rates = [line.tax_rate for line in lines]
    shares = spread(taken_off(discount, sum(left)), left, rates)
    costs = [amount - share for amount, share in zip(left, shares, strict=True)]
    due = taxes(costs, rates, tax_included, rounding, subtotals)
    sums = tuple(
        LineTotals(subtotal, subtotal - cost, tax, cost if tax_included else cost + tax)
        for subtotal, cost, tax in zip(subtotals, costs, due, strict=True)
    )
    shipped = shipping if lines else 0
    return Totals(
        subtotal=sum(line.subtotal for line in sums),
        discount=sum(line.discount for line in sums),
        shipping=shipped,
        tax=sum(line.tax for line in sums),
        total=sum(line.total for line in sums) + shipped,
        lines=sums,
    )
