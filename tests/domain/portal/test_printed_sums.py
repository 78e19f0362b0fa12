"""Whoever has a printed quote can work it out again: its rows add up, line by line and sum by sum."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.portal.printed_quote import QuoteDocument, document_of
from domain.portal.printed_sums import DocumentAmount
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.discounts import WHOLE, DiscountType
from domain.quotes.statuses import LineDecision
from domain.quotes.totals import totalled
from domain.shared.money import Money
from tests.builders import a_quote, line
from tests.random_decisions import decide_some

CURRENCIES = {"USD": 2, "JPY": 0, "KWD": 3}
amounts = st.integers(1, 10**8)
rates = st.sampled_from([0, 100_000, 210_000, 88_750])


@st.composite
def terms(draw: st.DrawFn, currency: str) -> dict[str, Any]:
    kind = draw(st.sampled_from([None, *DiscountType]))
    if kind is None:
        return {}
    most = 10**8 if kind == DiscountType.FIXED_AMOUNT else WHOLE
    reason = draw(st.sampled_from([None, "volume"]))
    off = {"discount_type": kind, "discount_value": draw(st.integers(1, most)), "discount_currency": currency}
    return {**off, "discount_reason": reason}


@st.composite
def quotes(draw: st.DrawFn) -> QuoteAggregate:
    """Priced quotes, some of whose lines are decided on, also for an alternative."""
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    lines = [
        line(
            Money(draw(amounts), currency),
            alternatives=[Money(draw(amounts), currency)],
            recipients=draw(st.integers(1, 3)),
            taxable=draw(st.booleans()),
            tax_rate=draw(rates),
            **draw(terms(currency)),
        )
        for _ in range(draw(st.integers(1, 5)))
    ]
    head = draw(terms(currency))
    head.pop("discount_currency", None)
    shipping = draw(st.none() | amounts)
    if shipping is not None:
        head |= {"shipping_name": "Express", "shipping_minor": shipping}
    return decide_some(
        draw, totalled(a_quote(*lines, currency=currency, prices_include_tax=draw(st.booleans()), **head))
    )


def minor(printed: str, quote: QuoteAggregate) -> int:
    """A printed amount in whole minor units."""
    currency = quote.quote.currency or ""
    digits = printed.removeprefix("−").removeprefix(f"{currency} ").replace(",", "")
    whole, _, part = digits.partition(".")
    assert len(part) == CURRENCIES[currency]
    return int(whole + part) * (-1 if printed.startswith("−") else 1)


def printed_of(quote: QuoteAggregate) -> tuple[QuoteDocument, Sequence[DocumentAmount]]:
    document = document_of(quote, "Austral")
    return document, document.amounts


@given(quotes())
def test_each_line_is_its_quantity_times_the_price_beside_its_amount(quote):
    document, _ = printed_of(quote)
    for printed, meant in zip(document.lines, quote.lines, strict=True):
        offers = [it for it in (printed.offer, *printed.alternatives) if it.amount is not None]
        if meant.item.subtotal is None:
            assert offers == []
            continue
        [counted] = offers
        assert counted.price is not None
        assert counted.amount is not None
        assert minor(counted.amount, quote) == printed.quantity * minor(counted.price, quote)
        if meant.accepted_offer is not None:
            assert counted.state == "Accepted"


@given(quotes())
def test_what_stands_above_the_total_adds_up_to_it(quote):
    document, rows = printed_of(quote)
    labels = [it.label for it in rows]
    if not labels:
        assert all(it.item.decision == LineDecision.REJECTED for it in quote.lines)
        return
    total = labels.index("Total")
    lines = sum(
        minor(it.amount, quote) for of in document.lines for it in (of.offer, *of.alternatives) if it.amount is not None
    )
    above = [minor(it.amount, quote) for it in rows[:total]]

    assert minor(rows[total].amount, quote) == (sum(above) if above else lines) == quote.quote.total_minor
    if above:
        assert (labels[0], above[0]) == ("Subtotal", lines)
    assert [it.strong for it in rows] == [it == "Total" for it in labels]
    assert len(set(labels)) == len(labels)


@given(quotes())
def test_every_rate_tells_its_tax_above_the_total_or_below_it_where_prices_contain_it(quote):
    _, rows = printed_of(quote)
    labels = [it.label for it in rows]
    contained = quote.quote.prices_include_tax
    taxes = {it.label: minor(it.amount, quote) for it in rows if "ax " in it.label}

    assert sum(taxes.values()) == quote.quote.tax_total_minor
    assert all((labels.index(it) > labels.index("Total")) == contained for it in taxes)
    assert all(it.startswith("of which tax " if contained else "Tax ") for it in taxes)
