"""What stands on a printed quote."""

from typing import Any

from domain.discounts import DiscountType
from domain.quote_documents import DocumentAmount, document_hash, document_of
from domain.quote_sums import totalled
from domain.quotes import accept, reject
from tests.builders import ANA, LATER, a_quote, a_recipient, first, item_of, line, priced, unpriced


def test_a_line_says_what_for_whom_and_at_what_price():
    people = [a_recipient(name="Ana", country="UY"), a_recipient(name="王小明", country="CN")]
    document = document_of(a_quote(line(priced, alternatives=1, recipients=people, comments="Soon")), "Austral")

    [printed] = document.lines
    assert (printed.offer.title, printed.offer.price) == ("Apple MacBook Pro 14", "USD 1,450.00")
    assert printed.offer.details == 'Apple M5 · 16 GB RAM · 512 GB · 14" · macOS · ES keyboard'
    assert (printed.quantity, printed.amount, printed.comments) == (2, "USD 2,900.00", "Soon")
    assert printed.recipients == ("Ana, UY", "王小明, CN")
    assert [(it.title, it.price) for it in printed.alternatives] == [("Lenovo ThinkPad T14", "USD 1,190.00")]


def test_what_is_accepted_is_what_costs():
    quote = a_quote(line(priced, alternatives=1), line(priced), currency="USD")
    chosen = accept(quote, first(quote), ANA, LATER).quote
    decided = reject(chosen, item_of(chosen, 1), LATER).quote

    document = document_of(decided, "Austral")

    assert [it.offer.state for it in document.lines] == ["Declined", "Declined"]
    assert document.lines[0].alternatives[0].state == "Accepted"
    assert [it.amount for it in document.lines] == ["USD 1,190.00", None]
    assert document.amounts == (DocumentAmount("Total", "USD 1,190.00", strong=True),)


def test_an_unpriced_line_costs_nothing_yet():
    document = document_of(a_quote(line(unpriced)), "Austral")
    assert (document.lines[0].offer.price, document.lines[0].amount, document.amounts) == (None, None, ())


def test_what_leads_to_the_total_is_told_where_it_is_more_than_the_lines():
    taken: dict[str, Any] = {
        "discount_type": DiscountType.PERCENTAGE,
        "discount_value": 100_000,
        "discount_currency": "USD",
    }
    taxed = line(priced, tax_rate=210_000, discount_reason="volume", **taken)
    shipped: dict[str, Any] = {"shipping_name": "Express", "shipping_minor": 45_00, "currency": "USD"}
    document = document_of(totalled(a_quote(taxed, **shipped)), "Austral")

    assert document.lines[0].terms == "10 % off (volume) · plus 21 % tax"
    assert [(it.label, it.amount) for it in document.amounts] == [
        ("Subtotal", "USD 1,450.00"),
        ("Discount", "−USD 145.00"),
        ("Shipping (Express)", "USD 45.00"),
        ("Tax", "USD 274.05"),
        ("Total", "USD 1,624.05"),
    ]


def test_tax_that_prices_contain_is_told_after_the_total():
    quote = a_quote(line(priced, tax_rate=210_000), currency="USD", prices_include_tax=True)
    document = document_of(totalled(quote), "Austral")

    assert document.lines[0].terms == "contains 21 % tax"
    assert [(it.label, it.strong) for it in document.amounts] == [("Total", True), ("of which tax", False)]


def test_there_is_no_total_before_every_line_has_its_price():
    document = document_of(totalled(a_quote(line(priced), line(unpriced), currency="USD")), "Austral")
    assert ([it.amount for it in document.lines], document.amounts) == (["USD 1,450.00", None], ())


def test_the_same_quote_is_the_same_document():
    quote = a_quote(line(priced))
    assert document_of(quote, "Austral") == document_of(quote, "Austral")
    assert document_hash(b"a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
