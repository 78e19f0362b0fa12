"""What a quote adds up to: exact, in whole minor units, the parts always the whole."""

import ast
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.quotes.arithmetic import PricedLine, add_up
from domain.quotes.discounts import (
    WHOLE,
    Discount,
    DiscountType,
    distribute,
    parse_discount,
    parse_percentage,
    render_percentage,
    rounded,
    taken_off,
)
from domain.shared.errors import ErrorCode, Invalid

FIXED, PERCENTAGE = DiscountType.FIXED_AMOUNT, DiscountType.PERCENTAGE

amounts = st.integers(0, 10**9)
percentages = st.integers(0, WHOLE)
discounts = (
    st.none()
    | st.builds(Discount, st.just(FIXED), amounts, st.just("USD"))
    | st.builds(Discount, st.just(PERCENTAGE), percentages, st.just("USD"))
)
lines = st.builds(PricedLine, amounts, st.integers(1, 1000), discounts, percentages)
quotes = st.lists(lines, max_size=8)


def percent(value):
    return parse_percentage(value)


def off(kind, value):
    return Discount(kind, value, "USD")


def sums(totals):
    return totals.subtotal, totals.discount, totals.shipping, totals.tax, totals.total


def test_a_line_costs_its_price_times_its_quantity():
    totals = add_up([PricedLine(1450_00, 3)], None, 0, tax_included=False)
    assert sums(totals) == (4350_00, 0, 0, 0, 4350_00)


def test_the_discount_of_the_quote_comes_after_those_of_the_lines_and_tax_after_both():
    lines = [
        PricedLine(100_00, 2, off(PERCENTAGE, percent("10")), percent("21")),
        PricedLine(50_00, 1, off(FIXED, 5_00), percent("21")),
    ]
    totals = add_up(lines, off(PERCENTAGE, percent("10")), 12_00, tax_included=False)
    assert [line.discount for line in totals.lines] == [38_00, 9_50]
    assert [line.tax for line in totals.lines] == [34_02, 8_51]
    assert sums(totals) == (250_00, 47_50, 12_00, 42_53, 257_03)


def test_tax_that_prices_contain_is_told_and_not_added():
    totals = add_up([PricedLine(121_00, 1, None, percent(21))], None, 0, tax_included=True)
    assert sums(totals) == (121_00, 0, 0, 21_00, 121_00)


@pytest.mark.parametrize(
    ("minor", "rate", "tax"),
    [(1_005, "10", 101), (1_004, "10", 100), (5, "50", 3), (1_999, "8.875", 177)],
    ids=["yen, a half up", "yen, down", "smallest, a half up", "cents"],
)
def test_tax_is_rounded_to_the_nearest_minor_unit_a_half_up(minor, rate, tax):
    assert add_up([PricedLine(minor, 1, None, percent(rate))], None, 0, tax_included=False).tax == tax


def test_an_amount_off_is_spread_by_largest_remainder():
    assert distribute(100, [1, 1, 1], [0, 0, 5]) == [33, 33, 34]
    assert distribute(10, [6, 3, 1]) == [6, 3, 1]
    assert distribute(2, [5, 5, 5, 1]) == [1, 1, 0, 0]
    assert distribute(0, [0, 0]) == [0, 0]


def test_nothing_is_shipped_where_no_line_counts():
    assert sums(add_up([], off(FIXED, 5), 12_00, tax_included=False)) == (0, 0, 0, 0, 0)


@given(quotes, discounts, amounts, st.booleans())
def test_the_parts_are_exactly_the_whole(lines, discount, shipping, tax_included):
    totals = add_up(lines, discount, shipping, tax_included)
    subtotals = [line.price * line.quantity for line in lines]
    own = [taken_off(line.discount, subtotal) for line, subtotal in zip(lines, subtotals, strict=True)]
    assert totals.subtotal == sum(subtotals)
    assert totals.discount == sum(own) + taken_off(discount, sum(subtotals) - sum(own))
    for name in ("subtotal", "discount", "tax"):
        assert getattr(totals, name) == sum(getattr(line, name) for line in totals.lines)
    assert totals.total == sum(line.total for line in totals.lines) + totals.shipping
    added = 0 if tax_included else totals.tax
    assert totals.total == totals.subtotal - totals.discount + added + totals.shipping


@given(quotes, discounts, amounts, st.booleans())
def test_no_sum_is_negative_and_no_line_bears_more_than_it_costs(lines, discount, shipping, tax_included):
    totals = add_up(lines, discount, shipping, tax_included)
    assert min(sums(totals)) >= 0
    for line in totals.lines:
        assert 0 <= line.discount <= line.subtotal
        assert min(line) >= 0
        assert line.tax <= line.total


@given(quotes, discounts, amounts, st.booleans(), st.data())
def test_the_order_of_the_lines_changes_no_sum(lines, discount, shipping, tax_included, data):
    shuffled = data.draw(st.permutations(lines))
    assert sums(add_up(shuffled, discount, shipping, tax_included)) == sums(
        add_up(lines, discount, shipping, tax_included)
    )


@given(st.integers(0, 10**5).map(lambda hundreds: hundreds * 100), st.integers(1, 100), st.integers(0, 100))
def test_prices_with_and_without_tax_agree_where_the_tax_is_exact(price, quantity, whole_percent):
    rate = percent(whole_percent)
    without = add_up([PricedLine(price, quantity, None, rate)], None, 7, tax_included=False)
    with_tax = PricedLine(price + price * rate // WHOLE, quantity, None, rate)
    contained = add_up([with_tax], None, 7, tax_included=True)
    assert (contained.tax, contained.total) == (without.tax, without.total)


@given(st.lists(amounts, min_size=1, max_size=8).filter(any), st.data())
def test_each_part_is_within_one_unit_of_its_exact_share(over, data):
    whole = data.draw(st.integers(0, sum(over)))
    parts = distribute(whole, over)
    assert sum(parts) == whole
    assert all(abs(part - Fraction(whole * amount, sum(over))) < 1 for part, amount in zip(parts, over, strict=True))


@given(st.integers(0, 10**12), st.integers(1, 10**7))
def test_rounding_is_to_the_nearest_a_half_up(numerator, denominator):
    difference = rounded(numerator, denominator) - Fraction(numerator, denominator)
    assert -Fraction(1, 2) < difference <= Fraction(1, 2)


@given(percentages)
def test_a_percentage_reads_as_it_is_written(millionths):
    assert parse_percentage(render_percentage(millionths)) == millionths


@pytest.mark.parametrize("given_", ["-1", "100.0001", "101", "1.00001", "ten", "", "1e1", 1.5, True, None, "٣"])
def test_what_is_no_percentage_is_refused(given_):
    with pytest.raises(Invalid) as refused:
        parse_percentage(given_)
    assert refused.value.code == ErrorCode.INVALID_PERCENTAGE


def test_a_fixed_discount_has_the_digits_of_its_currency():
    assert parse_discount(FIXED, "1.5", "KWD") == 1_500
    assert parse_discount(FIXED, "15", "JPY") == 15
    with pytest.raises(Invalid):
        parse_discount(FIXED, "1.5", "JPY")


@pytest.mark.parametrize("module", ["shared/money", "quotes/discounts", "quotes/arithmetic"])
def test_no_float_comes_near_money(module):
    tree = ast.parse(Path(f"domain/{module}.py").read_text())
    made = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "round"))
    ]
    assert made == []
