"""Which characters of which texts cannot be printed."""

from dataclasses import replace
from typing import Any

import pytest

from domain.companies.customers import Customer
from domain.portal.print_problems import AROUND, MAX_CHARACTERS, print_problems, printed_texts
from domain.portal.printed_quote import document_of
from domain.portal.signatures import QuoteAttachment
from domain.quotes.discounts import DiscountType
from domain.shared.addresses import Address
from tests.builders import NOW, a_quote, a_recipient, line, priced

BOX = "\U00013000"
ADDRESS = Address("l1", "l2", "pc", "city", "code", "province", "UY")


def boxes(text: str) -> list[str]:
    return [BOX] if BOX in text else []


def beyond_latin(text: str) -> list[str]:
    return [it for it in text if ord(it) > 0x2FF]


def everything(mark: str = "") -> dict[str, Any]:
    """A quote whose every text ends in a mark."""

    def marked(text: str) -> str:
        return text + mark

    names = ("brand", "model", "os", "cpu", "ram", "storage", "screen_size", "keyboard_layout")
    specification: dict[str, Any] = {it: marked(it) for it in names}
    discount: dict[str, Any] = {"discount_type": DiscountType.PERCENTAGE, "discount_value": 100_000}
    discount["discount_reason"] = marked("why")
    item = line(priced, alternatives=1, recipients=[a_recipient(name=marked("Ana"))], comments=marked("Soon"))
    other = item.alternatives[0]._replace(description=marked("Faster"), **specification)
    sums: dict[str, Any] = {"subtotal_minor": 100, "total_minor": 100, "total_currency": "USD"}
    item = replace(item, item=item.item._replace(**specification, **discount, **sums), alternatives=(other,))
    quote = a_quote(
        item,
        title=marked("Title"),
        po_number=marked("PO"),
        requester_name=marked("Ida"),
        requester_email=marked("a@b.example"),
        body=f"**{marked('Dear')}**",
        public_notes=marked("Notes"),
        currency="USD",
        shipping_name=marked("Courier"),
        shipping_minor=100,
        shipping_total_minor=100,
        discount_total_minor=20,
        total_minor=200,
        **discount,
    )
    parts = {name: it if name in ("province_code", "country") else marked(it) for name, it in ADDRESS._asdict().items()}
    names_of = (marked("Customer"), None, None, marked("Company"), None, None)
    customer = Customer("c", 1, *names_of, Address(**parts), None, NOW, NOW)
    paper = QuoteAttachment("a", 1, quote.quote.id, 0, marked("Terms"), "https://x.example", None, True, NOW)
    return {
        "quote": quote,
        "company": marked("Austral"),
        "customer": customer,
        "attachments": (paper,),
        "options": (),
    }


def test_every_text_on_the_paper_is_looked_at_and_no_other():
    """A field that is printed one day has to be looked at too."""
    plain, paper = (str(document_of(**everything(it))) for it in ("", BOX))
    looked_at = [text for _, text in printed_texts(**everything(BOX))]
    assert [it for it in looked_at if it.removesuffix(BOX) not in plain] == []
    for text in sorted(looked_at, key=len, reverse=True):
        paper = paper.replace(text, "")
    assert BOX not in paper


def test_a_problem_tells_path_excerpt_characters_and_their_names():
    quote = a_quote(line(priced), line(priced, comments=f"Silver {BOX}, please"))
    [problem] = print_problems(quote, "Austral", None, (), (), boxes)

    assert problem.path == ("items", "1", "comments")
    assert problem.excerpt == f"Silver {BOX}, please"
    [character] = problem.characters
    assert (character.character, character.code_point, character.name) == (BOX, "U+13000", "EGYPTIAN HIEROGLYPH A001")
    assert problem.message == f"No font has {BOX} (U+13000): a box is printed instead, in items.1.comments."


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"title": BOX}, ("title",)),
        ({"po_number": BOX}, ("poNumber",)),
        ({"requester_name": BOX}, ("requester", "name")),
        ({"public_notes": BOX}, ("publicNotes",)),
        ({"body": f"# *{BOX}*"}, ("body",)),
    ],
)
def test_texts_of_the_quote_are_told_by_their_names_in_the_graph(given, path):
    assert [it.path for it in print_problems(a_quote(**given), "A", None, (), (), boxes)] == [path]


def test_paths_lead_to_every_kind_of_text():
    found = {".".join(it.path) for it in print_problems(**everything(BOX), unprintable=boxes)}
    assert {
        *("title", "poNumber", "requester.name", "publicNotes", "body", "company.name", "shipping.name"),
        *("customer.name", "customer.companyName", "customer.address.line1", "customer.address.province"),
        *("items.0.specification.model", "items.0.comments", "items.0.discount.reason", "discount.reason"),
        *("items.0.recipients.0.name", "items.0.alternatives.0.description", "attachments.0.name"),
        "items.0.alternatives.0.specification.keyboardLayout",
    } <= found
    assert "customer.address.provinceCode" not in found


def test_what_is_not_printed_is_not_told():
    hidden: dict[str, Any] = {
        "notes": BOX,
        "remarks": BOX,
        "tags": (BOX,),
        "project_reference": BOX,
        "client_name": BOX,
    }
    quote = a_quote(line(priced, internal_notes=BOX, recipients=[a_recipient(address=BOX, city=BOX)]), **hidden)
    assert print_problems(quote, "A", None, (), (), boxes) == ()


def test_a_link_is_not_printed_but_its_words_are():
    told = print_problems(a_quote(body=f"[{BOX}](https://x.example/)"), "A", None, (), (), boxes)
    assert [it.path for it in told] == [("body",)]
    assert print_problems(a_quote(body=f"[words](https://x.example/{BOX})"), "A", None, (), (), boxes) == ()


def test_of_a_long_text_the_part_around_the_first_box_is_shown_and_few_characters_are_told():
    many = "".join(chr(0x13000 + it) for it in range(500))
    [problem] = print_problems(a_quote(body="x" * 500 + many), "A", None, (), (), beyond_latin)
    assert len(problem.characters) == MAX_CHARACTERS
    [problem] = print_problems(
        a_quote(body="x" * 500 + many), "A", None, (), (), lambda text: [it for it in text if it > "x"]
    )
    assert problem.excerpt == f"…{'x' * AROUND}{many[:AROUND]}…"
