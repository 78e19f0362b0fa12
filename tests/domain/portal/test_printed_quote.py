"""What stands on a printed quote."""

from typing import Any

from domain.companies.company import TaxRounding
from domain.portal.printed_quote import document_hash, document_of
from domain.portal.printed_sums import DocumentAmount
from domain.quotes.decisions import accept, reject
from domain.quotes.discounts import DiscountType
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.totals import totalled
from domain.shared.money import Money
from tests.builders import ANA, LATER, a_customer, a_quote, a_recipient, first, item_of, line, priced, unpriced


def test_a_line_says_what_for_whom_and_at_what_price():
    people = [a_recipient(name="Ana", country="UY"), a_recipient(name="王小明", country="CN")]
    document = document_of(a_quote(line(priced, alternatives=1, recipients=people, comments="Soon")), "Austral")

    [printed] = document.lines
    assert (printed.offer.title, printed.offer.price) == ("Apple MacBook Pro 14", "USD 1,450.00")
    assert printed.offer.details == 'Apple M5 · 16 GB RAM · 512 GB · 14" · macOS · ES keyboard'
    assert (printed.quantity, printed.offer.amount, printed.comments) == (2, "USD 2,900.00", "Soon")
    assert printed.recipients == ("Ana, Uruguay", "王小明, China")
    assert [(it.title, it.price) for it in printed.alternatives] == [("Lenovo ThinkPad T14", "USD 1,190.00")]


def test_what_is_accepted_is_what_costs():
    quote = a_quote(line(priced, alternatives=1), line(priced), currency="USD")
    chosen = accept(quote, first(quote), ANA, LATER).quote
    decided = reject(chosen, item_of(chosen, 1), LATER).quote

    document = document_of(decided, "Austral")

    assert [it.offer.state for it in document.lines] == ["Not chosen", "Declined"]
    assert document.lines[0].alternatives[0].state == "Accepted"
    assert [it.offer.amount for it in document.lines] == [None, None]
    assert document.lines[0].alternatives[0].amount == "USD 1,190.00"
    assert document.amounts == (DocumentAmount("Total", "USD 1,190.00", strong=True),)


def test_an_unpriced_line_costs_nothing_yet():
    document = document_of(a_quote(line(unpriced)), "Austral")
    assert (document.lines[0].offer.price, document.lines[0].offer.amount, document.amounts) == (None, None, ())


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
        ("Discounts on lines", "−USD 145.00"),
        ("Shipping (Express)", "USD 45.00"),
        ("Tax 21 % of USD 1,305.00", "USD 274.05"),
        ("Total", "USD 1,624.05"),
    ]


def test_tax_that_prices_contain_is_told_after_the_total():
    quote = a_quote(line(priced, tax_rate=210_000), currency="USD", prices_include_tax=True)
    document = document_of(totalled(quote), "Austral")

    assert document.lines[0].terms == "contains 21 % tax"
    assert [(it.label, it.strong) for it in document.amounts] == [
        ("Total", True),
        ("of which tax 21 % in USD 1,450.00", False),
    ]


def test_tax_that_is_rounded_line_by_line_says_so():
    taxed = [line(Money(3_33, "EUR"), tax_rate=240_000) for _ in range(2)]
    quote = totalled(a_quote(*taxed, currency="EUR", tax_rounding=TaxRounding.PER_LINE))
    [row] = [it for it in document_of(quote, "Austral").amounts if it.label.startswith("Tax")]
    assert (row.label, row.amount) == ("Tax 24 % of EUR 6.66, rounded line by line", "EUR 1.60")


def test_discounts_and_rates_are_told_apart_so_that_everybody_can_add_up():
    on_line: dict[str, Any] = {
        "discount_type": DiscountType.FIXED_AMOUNT,
        "discount_value": 50_00,
        "discount_currency": "USD",
    }
    on_quote: dict[str, Any] = {
        "discount_type": DiscountType.PERCENTAGE,
        "discount_value": 100_000,
        "discount_reason": "loyalty",
        "currency": "USD",
    }
    lines = line(priced, tax_rate=210_000, **on_line), line(priced, tax_rate=100_000), line(priced, taxable=False)
    document = document_of(totalled(a_quote(*lines, **on_quote)), "Austral")

    assert [(it.label, it.amount) for it in document.amounts] == [
        ("Subtotal", "USD 4,350.00"),
        ("Discounts on lines", "−USD 50.00"),
        ("Discount 10 % (loyalty)", "−USD 430.00"),
        ("Tax 10 % of USD 1,305.00", "USD 130.50"),
        ("Tax 21 % of USD 1,260.00", "USD 264.60"),
        ("Total", "USD 4,265.10"),
    ]


def an_option(name: str, status: PriceOptionStatus = PriceOptionStatus.OFFERED) -> PriceOption:
    return PriceOption(name, 1, "q", 1, name, 1_200_00, 200_00, "USD", status, None, None, None, None)


def test_a_price_that_was_agreed_for_all_is_what_is_to_be_paid():
    quote = totalled(a_quote(line(priced), currency="USD"))
    offered, taken = an_option("Two years"), an_option("Three years", status=PriceOptionStatus.ACCEPTED)

    open_ = document_of(quote, "Austral", options=[offered])
    assert [(it.label, it.strong) for it in open_.amounts] == [("Total of the lines", False)]
    agreed = document_of(quote, "Austral", options=[offered._replace(status=PriceOptionStatus.REJECTED), taken])
    assert [(it.label, it.amount, it.strong) for it in agreed.amounts] == [
        ("Total", "USD 1,450.00", False),
        ("Price agreed: Three years", "USD 1,200.00", True),
    ]
    assert [(it.name, it.price, it.state) for it in agreed.options] == [
        ("Two years", "USD 1,200.00, of which USD 200.00 at once", "Not chosen"),
        ("Three years", "USD 1,200.00, of which USD 200.00 at once", "Accepted"),
    ]


def test_a_quote_for_a_customer_says_who_that_is_and_who_sells():
    document = document_of(a_quote(line(priced), title="Laptops for Berlin"), "Austral", a_customer())

    assert document.prepared_for == ("Ada Lovelace", "Engines Ltd", "Mitte 1", "10115 Berlin", "Germany")
    assert (document.seller, document.title) == ("Austral", "Laptops for Berlin")


def test_there_is_no_total_before_every_line_has_its_price():
    document = document_of(totalled(a_quote(line(priced), line(unpriced), currency="USD")), "Austral")
    assert ([it.offer.amount for it in document.lines], document.amounts) == (["USD 1,450.00", None], ())


def test_the_same_quote_is_the_same_document():
    quote = a_quote(line(priced))
    assert document_of(quote, "Austral") == document_of(quote, "Austral")
    assert document_hash(b"a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
