"""Totals of a quote: exact sums in integer minor units of one currency.

Only discounts in per cent (once per line and once per quote) and taxes (per rate or, if the company chooses, per line;
see domain/quotes/taxes.py) are rounded, to the nearest minor unit, half up. Sums add up rounded values, so that the
amounts of the lines always add up to those of the quote.

The discount of the quote is distributed over its lines in proportion to their amounts after their own discounts, by
largest remainder (on ties, to the line with the higher tax). The parts add up exactly, no line gets more than its
amount, and the totals do not depend on the order of the lines.

Tax is computed from the amounts after all discounts. Prices that include tax contain it: the tax is reported, not
added. Shipping is not taxed. The rate of an untaxed line counts as 0 (docs/domain.md#totals).
"""

from collections.abc import Sequence
from typing import NamedTuple

from domain.companies.company import TaxRounding
from domain.quotes.discounts import Discount, distribute, taken_off
from domain.quotes.taxes import taxes


class PricedLine(NamedTuple):
    """The price of a line before discounts and tax: the minor units of one device, and the quantity.

    `tax_rate` is in millionths; 0 if no tax is due.
    """

    price: int
    quantity: int = 1
    discount: Discount | None = None
    tax_rate: int = 0


class LineTotals(NamedTuple):
    """The totals of one line in minor units. `discount` includes its share of the quote's discount."""

    subtotal: int
    discount: int
    tax: int
    total: int


class Totals(NamedTuple):
    """The totals of a quote in minor units, and those of its lines in order."""

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
    """The totals of lines that all have a price in one currency. Without lines, shipping is 0."""
    subtotals = [line.price * line.quantity for line in lines]
    own = [taken_off(line.discount, subtotal) for line, subtotal in zip(lines, subtotals, strict=True)]
    left = [subtotal - off for subtotal, off in zip(subtotals, own, strict=True)]
    rates = [line.tax_rate for line in lines]
    shares = distribute(taken_off(discount, sum(left)), left, rates)
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
