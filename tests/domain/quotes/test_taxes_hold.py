"""Tax of very many random quotes: the tax of a rate is the rate of its base, rounded once, and the parts add up to
the whole at every level. What is expected is worked out here by fractions, apart from the code."""

from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.companies.company import TaxRounding
from domain.portal.public_quote import public_quote
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.discounts import WHOLE, DiscountType
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.taxes import tax_lines
from domain.quotes.totals import as_chosen, sums_of, totalled
from domain.shared.money import Money
from tests.builders import a_quote, line
from tests.examples import EXAMPLES
from tests.random_decisions import decide_some

# Of 0, 2 and 3 digits.
CURRENCIES = ["JPY", "EUR", "KWD"]
# In millionths, some of them not whole per cents.
RATES = [0, 20_000, 55_000, 88_750, 100_000, 210_000, 240_000, 255_000, 1_000_000]
amounts = st.one_of(st.integers(0, 200), st.integers(0, 10**6), st.sampled_from([333_33, 308_34, 5, 1]))
rounding = st.sampled_from(list(TaxRounding))


@st.composite
def discounts(draw: st.DrawFn, currency: str) -> dict[str, Any]:
    kind = draw(st.sampled_from([None, None, *DiscountType]))
    if kind is None:
        return {}
    value = draw(st.integers(1, WHOLE if kind == DiscountType.PERCENTAGE else 10**5))
    return {"discount_type": kind, "discount_value": value, "discount_currency": currency}


@st.composite
def quotes(draw: st.DrawFn, /, **given_: Any) -> QuoteAggregate:
    """Priced quotes of up to twelve lines, some of them decided on."""
    currency = draw(st.sampled_from(CURRENCIES))
    rates = draw(st.lists(st.sampled_from(RATES), min_size=1, max_size=3))
    lines = [
        line(
            Money(draw(amounts), currency),
            alternatives=[Money(draw(amounts), currency)],
            recipients=draw(st.integers(1, 3)),
            taxable=draw(st.integers(0, 5)) > 0,
            tax_rate=draw(st.sampled_from(rates)),
            **draw(discounts(currency)),
        )
        for _ in range(draw(st.integers(1, 12)))
    ]
    head = {name: it for name, it in draw(discounts(currency)).items() if name != "discount_currency"}
    if draw(st.booleans()):
        head |= {"shipping_name": "Express", "shipping_minor": draw(amounts)}
    of = {"currency": currency, "prices_include_tax": draw(st.booleans()), **head, **given_}
    return decide_some(draw, totalled(a_quote(*lines, **of)))


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def exact_tax(base: int, rate: int, included: bool) -> Fraction:
    return Fraction(base * rate, WHOLE + rate if included else WHOLE)


def counted(quote: QuoteAggregate) -> list[Any]:
    return [it.item for it in quote.lines if it.item.total_minor is not None]


def costs(items: list[Any]) -> int:
    return sum(it.subtotal_minor - it.discount_total_minor for it in items)


def by_rate(quote: QuoteAggregate) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for item in counted(quote):
        found.setdefault(item.tax_rate if item.taxable else 0, []).append(item)
    return found


@settings(max_examples=5 * EXAMPLES)
@given(quotes())
def test_the_tax_of_a_rate_is_the_rate_of_its_base_rounded_once_and_each_line_bears_its_share_to_within_one_unit(quote):
    included, rates = quote.quote.prices_include_tax, by_rate(quote)
    told = {it.rate: it for it in tax_lines(it.item for it in quote.lines)}
    assert told.keys() == rates.keys()
    for rate, items in rates.items():
        base = costs(items)
        tax = half_up(exact_tax(base, rate, included))
        assert sum(it.tax_total_minor for it in items) == tax
        assert told[rate].base.minor == base
        assert told[rate].amount.minor == tax
        assert told[rate].net.minor == base - (tax if included else 0)
        for item in items:
            cost = item.subtotal_minor - item.discount_total_minor
            share = Fraction(tax * cost, base) if base else Fraction(0)
            assert abs(item.tax_total_minor - share) < 1
            assert 0 <= item.tax_total_minor <= item.total_minor


@settings(max_examples=3 * EXAMPLES)
@given(st.data())
def test_the_parts_add_up_to_the_whole_at_every_level_however_tax_is_rounded(data):
    quote = data.draw(quotes(tax_rounding=data.draw(rounding)))
    head, items = quote.quote, counted(quote)
    told = sums_of(quote)
    for item in items:
        tax = 0 if head.prices_include_tax else item.tax_total_minor
        assert item.total_minor == item.subtotal_minor - item.discount_total_minor + tax
    for name in ("subtotal_minor", "discount_total_minor", "tax_total_minor"):
        assert getattr(head, name) == sum(getattr(it, name) for it in items)
    shipping = head.shipping_total_minor or 0
    assert head.total_minor == sum(it.total_minor for it in items) + shipping
    assert head.total_minor == sum(it.net.minor + it.amount.minor for it in told.tax_lines) + shipping
    assert head.tax_total_minor == sum(it.amount.minor for it in told.tax_lines)
    taxed = 0 if head.prices_include_tax else head.tax_total_minor
    assert head.total_minor == (head.subtotal_minor or 0) - (head.discount_total_minor or 0) + (taxed or 0) + shipping


@given(quotes(tax_rounding=TaxRounding.PER_LINE))
def test_a_company_may_choose_to_round_the_tax_of_each_line(quote):
    included = quote.quote.prices_include_tax
    for item in counted(quote):
        cost = item.subtotal_minor - item.discount_total_minor
        rate = item.tax_rate if item.taxable else 0
        assert item.tax_total_minor == half_up(exact_tax(cost, rate, included))


@given(quotes())
def test_neither_the_choice_of_the_customer_nor_price_options_change_how_tax_is_worked_out(quote):
    chosen = tuple(it.alternatives[0].id for it in quote.lines[::2])
    option = PriceOption("o", 1, "q", 1, "All", 1, 0, "EUR", PriceOptionStatus.OFFERED, None, None, None, None)
    seen = public_quote(quote, "Austral", None, (), (), "key", options=(option,), chosen=chosen)
    after = as_chosen(quote, chosen)
    assert seen.tax_total == after.quote.tax_total
    assert seen.tax_lines == tuple(tax_lines(it.item for it in after.lines))
    for rate, items in by_rate(after).items():
        tax = half_up(exact_tax(costs(items), rate, after.quote.prices_include_tax))
        assert sum(it.tax_total_minor for it in items) == tax


def test_a_third_of_a_thousand_off_75_at_24_per_cent_is_taxed_216_and_not_a_cent_more():
    lines = [line(Money(minor, "EUR"), tax_rate=240_000) for minor in (333_33, 333_33, 308_34)]
    off: dict[str, Any] = {"discount_type": DiscountType.FIXED_AMOUNT, "discount_value": 75_00}
    of_rate = totalled(a_quote(*lines, currency="EUR", **off))
    of_lines = totalled(a_quote(*lines, currency="EUR", tax_rounding=TaxRounding.PER_LINE, **off))
    assert (of_rate.quote.tax_total_minor, of_rate.quote.total_minor) == (216_00, 1116_00)
    assert [it.item.tax_total_minor for it in of_rate.lines] == [73_85, 73_84, 68_31]
    assert (of_lines.quote.tax_total_minor, of_lines.quote.total_minor) == (216_01, 1116_01)
