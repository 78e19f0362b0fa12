"""What a company's prices add to those of the vendor."""

import pytest

from domain.fulfilment.margins import NO_MARGIN, margin_of, parse_margin
from domain.shared.errors import Invalid
from domain.shared.money import Money


@pytest.mark.parametrize(
    ("margin", "price", "expected"),
    [
        ("12.5 %", Money(1450_00, "USD"), Money(1631_25, "USD")),
        ("10%", Money(5, "USD"), Money(6, "USD")),
        ("10 %", Money(4, "USD"), Money(4, "USD")),
        ("7.5 %", Money(1001, "JPY"), Money(1076, "JPY")),
        ("0 %", Money(1450_00, "USD"), Money(1450_00, "USD")),
        ("100 %", Money(1, "KWD"), Money(2, "KWD")),
        ("25.00 USD", Money(1450_00, "USD"), Money(1475_00, "USD")),
        (" 25usd ", Money(0, "USD"), Money(25_00, "USD")),
    ],
)
def test_a_margin_is_added_and_rounded_half_up(margin, price, expected):
    assert parse_margin(margin).on(price) == expected


def test_without_a_margin_the_price_is_the_vendors():
    assert (margin_of(None), NO_MARGIN.on(Money(1, "USD"))) == (NO_MARGIN, Money(1, "USD"))


@pytest.mark.parametrize("given", ["", "12", "12,5 %", "-1 %", "101 %", "1.00001 %", "1.001 USD", "25 XXX", "USD", "%"])
def test_what_is_no_margin_is_refused(given):
    with pytest.raises(Invalid):
        parse_margin(given)


@pytest.mark.parametrize(("given", "text"), [("12.50%", "12.5 %"), ("25 usd", "25.00 USD"), ("1000 JPY", "1000 JPY")])
def test_a_margin_is_kept_as_it_is_read_again(given, text):
    margin = parse_margin(given)
    assert (margin.text, parse_margin(margin.text)) == (text, margin)


def test_an_amount_is_not_added_to_a_price_in_another_currency():
    with pytest.raises(Invalid, match="EUR"):
        parse_margin("25.00 USD").on(Money(1, "EUR"))
