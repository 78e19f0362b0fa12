"""What stands on a printed quote."""

from domain.money import Money
from domain.quote_documents import DocumentAmount, document_hash, document_of
from domain.quotes import accept, reject
from tests.builders import ANA, LATER, a_quote, a_recipient, first, item_of, line, priced, unpriced


def test_a_line_says_what_for_whom_and_at_what_price():
    people = [a_recipient(name="Ana", country="UY"), a_recipient(name="王小明", country="CN")]
    document = document_of(a_quote(line(priced, alternatives=1, recipients=people, comments="Soon")), "Austral")

    [printed] = document.lines
    assert (printed.offer.title, printed.offer.price) == ("Apple MacBook Pro 14", "USD 1,450.00")
    assert printed.offer.details == 'Apple M5 · 16 GB RAM · 512 GB · 14" · macOS · ES keyboard'
    assert (printed.quantity, printed.total, printed.comments) == (2, "USD 2,900.00", "Soon")
    assert printed.recipients == ("Ana, UY", "王小明, CN")
    assert [(it.title, it.price) for it in printed.alternatives] == [("Lenovo ThinkPad T14", "USD 1,190.00")]


def test_what_is_accepted_is_what_costs():
    quote = a_quote(line(priced, alternatives=1), line(priced))
    chosen = accept(quote, first(quote), ANA, LATER).quote
    decided = reject(chosen, item_of(chosen, 1), LATER).quote

    document = document_of(decided, "Austral")

    assert [it.offer.state for it in document.lines] == ["Declined", "Declined"]
    assert document.lines[0].alternatives[0].state == "Accepted"
    assert [it.total for it in document.lines] == ["USD 1,190.00", None]
    assert document.amounts == (DocumentAmount("Total", "USD 1,190.00"),)


def test_an_unpriced_line_costs_nothing_yet():
    document = document_of(a_quote(line(unpriced)), "Austral")
    assert (document.lines[0].offer.price, document.lines[0].total, document.amounts) == (None, None, ())


def test_two_currencies_are_not_added_up():
    document = document_of(a_quote(line(priced), line(Money(90_000, "JPY"))), "Austral")
    assert [it.amount for it in document.amounts] == ["USD 1,450.00", "JPY 90,000"]


def test_the_same_quote_is_the_same_document():
    quote = a_quote(line(priced))
    assert document_of(quote, "Austral") == document_of(quote, "Austral")
    assert document_hash(b"a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
