"""Tax: the amount for each rate, and its distribution over the lines.

The tax of a rate is computed from the sum of its lines and rounded once, to the nearest minor unit, half up (EN 16931;
Japan's qualified invoices). It is distributed over the lines of the rate by largest remainder, so that the parts add up
exactly. Companies may choose to round the tax of each line instead, as in Sweden and Germany; the tax of a rate is then
the sum of its lines.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from domain.companies.company import TaxRounding
from domain.quotes.discounts import WHOLE, distribute, render_percentage, rounded
from domain.shared.money import Money


class Taxed(Protocol):
    """A line with its tax. Its totals are None if it does not count."""

    @property
    def taxable(self) -> bool: ...
    @property
    def tax_rate(self) -> int: ...
    @property
    def subtotal_minor(self) -> int | None: ...
    @property
    def discount_total_minor(self) -> int | None: ...
    @property
    def tax_total_minor(self) -> int | None: ...
    @property
    def total_minor(self) -> int | None: ...
    @property
    def total_currency(self) -> str | None: ...


class TaxedItem(NamedTuple):
    """The columns of a line for its tax."""

    quote_id: str
    taxable: bool
    tax_rate: int
    subtotal_minor: int | None
    discount_total_minor: int | None
    tax_total_minor: int | None
    total_minor: int | None
    total_currency: str | None


class TaxLine(NamedTuple):
    """The totals of one tax rate. `base` is the amount after all discounts, with tax if prices include tax. `net` is
    always without tax."""

    rate: int
    base: Money
    net: Money
    amount: Money

    @property
    def percentage(self) -> str:
        """The rate as text: `21`, `8.875`."""
        return render_percentage(self.rate)


def tax_of(base: int, rate: int, included: bool) -> int:
    """The tax on a base, or contained in it, rounded."""
    return rounded(base * rate, WHOLE + rate if included else WHOLE)


def taxes(
    costs: Sequence[int], rates: Sequence[int], included: bool, rounding: TaxRounding, ties: Sequence[int]
) -> list[int]:
    """The tax of each line, given its amount after all discounts. Of lines with equal amounts, the remainder goes to
    the one with the larger value of `ties`."""
    if rounding == TaxRounding.PER_LINE:
        return [tax_of(cost, rate, included) for cost, rate in zip(costs, rates, strict=True)]
    found = [0] * len(costs)
    for rate in set(rates):
        places = [place for place, it in enumerate(rates) if it == rate]
        over = [costs[place] for place in places]
        parts = distribute(tax_of(sum(over), rate, included), over, [ties[place] for place in places])
        for place, part in zip(places, parts, strict=True):
            found[place] = part
    return found


def tax_lines(items: Iterable[Taxed]) -> list[TaxLine]:
    """The totals of each tax rate, lowest rate first; untaxed lines count as 0 %."""
    sums: dict[tuple[int, str], list[int]] = {}
    for item in items:
        if item.subtotal_minor is None or item.total_minor is None or item.total_currency is None:
            continue
        of_rate = sums.setdefault((item.tax_rate if item.taxable else 0, item.total_currency), [0, 0, 0])
        tax = item.tax_total_minor or 0
        parts = (item.subtotal_minor - (item.discount_total_minor or 0), item.total_minor - tax, tax)
        for place, part in enumerate(parts):
            of_rate[place] += part
    return [
        TaxLine(rate, *(Money(minor, currency) for minor in found)) for (rate, currency), found in sorted(sums.items())
    ]
