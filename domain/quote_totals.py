"""Totals: what the lines of a quote add up to, exactly, in whole minor units of one currency.

Three things are rounded, each to the nearest minor unit, a half up: a discount in per cent (once for each line, and
once for the quote), and the tax of each line. Nothing else is; sums are sums of what was rounded, so that what is
shown of the lines always adds up to what is shown of the quote.

The discount of the quote is spread over its lines in proportion to what is left of them after their own discounts, by
largest remainder: each line bears the whole minor units of its share, and what is left over goes one by one to the
largest fractions (of equal ones, to the larger amount, then to the higher tax). So the parts are exactly the whole, no
line bears more than it costs, and the totals do not depend on the order of the lines.

Tax is taken of a line after all discounts. Prices entered with tax contain it: then tax is told, not added. Shipping
bears no tax. Where a line is untaxed its rate counts as 0 (domain-facts D, E; the sum is the choice made there).
"""

from collections.abc import Sequence
from typing import NamedTuple

from domain.discounts import WHOLE, Discount, rounded, taken_off


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


def add_up(lines: Sequence[PricedLine], discount: Discount | None, shipping: int, tax_included: bool) -> Totals:
    """The totals of lines that all have a price in the same currency. Where no line counts, nothing is shipped."""
    subtotals = [line.price * line.quantity for line in lines]
    own = [taken_off(line.discount, subtotal) for line, subtotal in zip(lines, subtotals, strict=True)]
    left = [subtotal - off for subtotal, off in zip(subtotals, own, strict=True)]
    shares = spread(taken_off(discount, sum(left)), left, [line.tax_rate for line in lines])
    sums = tuple(
        _line_totals(subtotal, off + share, line.tax_rate, tax_included)
        for line, subtotal, off, share in zip(lines, subtotals, own, shares, strict=True)
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


def spread(whole: int, over: Sequence[int], ties: Sequence[int] | None = None) -> list[int]:
    """A whole in parts in proportion to `over`, by largest remainder. `whole` is at most what `over` adds up to."""
    base = sum(over)
    if base == 0:
        return [0] * len(over)
    parts = [whole * amount // base for amount in over]
    second = ties or over
    # By what decides alone, never by place: equal keys are interchangeable.
    by_fraction = sorted(range(len(over)), key=lambda i: (whole * over[i] % base, over[i], second[i]), reverse=True)
    for index in by_fraction[: whole - sum(parts)]:
        parts[index] += 1
    return parts


def _line_totals(subtotal: int, discount: int, tax_rate: int, tax_included: bool) -> LineTotals:
    cost = subtotal - discount
    if tax_included:
        return LineTotals(subtotal, discount, rounded(cost * tax_rate, WHOLE + tax_rate), cost)
    tax = rounded(cost * tax_rate, WHOLE)
    return LineTotals(subtotal, discount, tax, cost + tax)
