"""Amounts: exact in every currency, and never a float."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.errors import ErrorCode, Invalid
from domain.shared.money import LARGEST_MINOR, Money, digits, parse_amount, parse_currency, render

CURRENCIES = ["USD", "EUR", "UYU", "JPY", "KWD", "CLF"]


@given(minor=st.integers(0, LARGEST_MINOR), currency=st.sampled_from(CURRENCIES))
def test_an_amount_comes_back_as_it_was_typed(minor, currency):
    money = Money(minor, currency)
    assert parse_amount(money.amount, currency) == money
    assert len(money.amount.partition(".")[2]) == digits(currency)


@given(amount=st.decimals(0, 10**12, places=2), currency=st.sampled_from(["USD", "EUR"]))
def test_nothing_of_an_amount_is_lost(amount, currency):
    assert parse_amount(f"{amount:f}", currency).amount == f"{amount:f}"


@given(amount=st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.none()))
def test_anything_at_all_is_an_amount_or_refused(amount):
    try:
        money = parse_amount(amount, "USD")
    except Invalid as invalid:
        code = invalid.code
    else:
        code = ErrorCode.INVALID_AMOUNT
        assert 0 <= money.minor <= LARGEST_MINOR
    assert code == ErrorCode.INVALID_AMOUNT


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("1450.00", "USD", 145000), (" 1450 ", "USD", 145000), ("1450", "JPY", 1450), ("1450.000", "JPY", 1450),
     ("1.234", "KWD", 1234), (1450, "USD", 145000), ("0", "USD", 0), ("90071992547409.91", "USD", LARGEST_MINOR)],
)  # fmt: skip
def test_an_amount_is_kept_in_the_minor_units_of_its_currency(amount, currency, minor):
    assert parse_amount(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(1450.0, "USD"), (float("nan"), "USD"), (True, "USD"), (None, "USD"), ("NaN", "USD"), ("Infinity", "USD"),
     ("1e999", "USD"), ("1e-999", "USD"), ("-1", "USD"), ("-0.01", "USD"), ("1.005", "USD"), ("1.5", "JPY"),
     ("1.2345", "KWD"), ("", "USD"), ("1,450.00", "USD"), ("1_450", "USD"), ("٣", "USD"), ("$1450", "USD"),
     ("9" * 1_000_000, "USD"), ("90071992547409.92", "USD"), (10**30, "USD")],
    ids=lambda it: str(type(it).__name__) if isinstance(it, int) else str(it)[:20],
)  # fmt: skip
def test_what_is_no_amount_is_refused(amount, currency):
    with pytest.raises(Invalid) as refusal:
        parse_amount(amount, currency)
    assert refusal.value.code == ErrorCode.INVALID_AMOUNT


def test_a_float_is_told_how_to_send_an_amount():
    with pytest.raises(Invalid, match="Send the amount as text"):
        parse_amount(1450.5, "USD")


@pytest.mark.parametrize(("typed", "code"), [("USD", "USD"), ("usd", "USD"), (" Eur ", "EUR")])
def test_a_currency_is_known_in_any_case(typed, code):
    assert parse_currency(typed) == code


@pytest.mark.parametrize("typed", ["", "US", "DOLLAR", "XYZ", "XAU", "XTS", "$", "U" * 1_000_000, "\ud800"])
def test_an_unknown_currency_is_refused(typed):
    with pytest.raises(Invalid) as refusal:
        parse_currency(typed)
    assert refusal.value.code == ErrorCode.INVALID_CURRENCY


@pytest.mark.parametrize(
    ("money", "shown"),
    [(Money(145000, "USD"), "USD 1,450.00"), (Money(1450, "JPY"), "JPY 1,450"), (Money(5, "KWD"), "KWD 0.005")],
)
def test_an_amount_is_shown_with_the_digits_of_its_currency(money, shown):
    assert render(money) == shown
