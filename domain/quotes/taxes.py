"""Tax: what is due of each rate, and each line's part of it.

The tax of a rate is the rate of its base, rounded once, to the nearest minor unit, a half up (EN 16931; Japan's
qualified invoices). It is spread over the lines of the rate by largest remainder, so that the parts are exactly the
whole. A company that may round the tax of each line instead, as in Sweden and Germany, can choose so: then the tax of a
rate is the sum of its lines'.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from domain.companies.company import TaxRounding
from domain.quotes.discounts import WHOLE, render_percentage, rounded, spread
from domain.shared.money import Money


class Taxed(Protocol):
    """A line as far as its tax is concerned. Its sums are None where it does not count."""

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
    """The columns of a line that tell its tax."""

    quote_id: str
    taxable: bool
    tax_rate: int
    subtotal_minor: int | None
    discount_total_minor: int | None
    tax_total_minor: int | None
    total_minor: int | None
    total_currency: str | None


class TaxLine(NamedTuple):
    """What the lines of one rate come to. `base` is what they cost after all discounts, as their prices were entered:
    where prices include tax, with the tax in it. `net` is without tax in either case."""

    rate: int
    base: Money
    net: Money
    amount: Money

    @property
    def percentage(self) -> str:
        """The rate as text: `21`, `8.875`."""
        return render_percentage(self.rate)


def tax_of(base: int, rate: int, included: bool) -> int:
    """The tax of a base, rounded once: added to it, or contained in it."""
    return rounded(base * rate, WHOLE + rate if included else WHOLE)


def taxes(
    costs: Sequence[int], rates: Sequence[int], included: bool, rounding: TaxRounding, ties: Sequence[int]
) -> list[int]:
    """The tax of each line, given what it costs after all discounts. Of lines that cost the same, what is left over
    goes to the one of the larger `ties`."""
    if rounding == TaxRounding.PER_LINE:
        return [tax_of(cost, rate, included) for cost, rate in zip(costs, rates, strict=True)]
    found = [0] * len(costs)
    for rate in set(rates):
        places = [place for place, it in enumerate(rates) if it == rate]
        over = [costs[place] for place in places]
        parts = spread(tax_of(sum(over), rate, included), over, [ties[place] for place in places])
        for place, part in zip(places, parts, strict=True):
            found[place] = part
    return found


def tax_lines(items: Iterable[Taxed]) -> list[TaxLine]:
    """What the lines of each rate come to, the lowest rate first; untaxed lines count as 0 %."""
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
