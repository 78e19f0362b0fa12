"""What connected systems take with a new quote, and which object of ours a record is that was created from one."""

from dataclasses import replace

import pytest

from domain.connections.creations import check_creatable, check_creates, ids_of_created, items_to_create
from domain.connections.origins import PartKey
from domain.connections.records import ForeignItem, ForeignQuote, ForeignRecipient
from domain.connections.systems import System
from domain.quotes.item_details import Article, ItemProperty
from domain.shared.errors import ErrorCode, InvalidInput
from tests.builders import NOW, a_connection, a_price_option, a_quote, line, priced

SKU = Article(sku="LAT-5450", properties=(ItemProperty("Colour", "Silver"),))
GOOD = {
    System.QUIPTEAMS: line(),
    System.SALESBYTE: line(article=SKU),
    System.QUICK_QUOTE: line(priced),
}


def a_new_quote(*lines, **given):
    return a_quote(*lines, **{"po_number": None, **given})


def paths(quote, system, template_id=None):
    """Where a system does not take a quote."""
    try:
        check_creatable(quote, a_connection(system=system), template_id)
    except InvalidInput as refused:
        return [".".join(it.path) for it in refused.problems if it.code == ErrorCode.NOT_SUPPORTED_BY_ORIGIN]
    return []


def test_a_system_that_creates_no_quotes_is_named():
    with pytest.raises(InvalidInput, match=r"kitchen.co \(KITCHEN\) has no call for this \(CREATE\)"):
        check_creates(a_connection(system=System.KITCHEN))


@pytest.mark.parametrize("system", GOOD)
def test_what_is_sent_and_what_is_ours_can_be_given(system):
    given = {
        System.QUIPTEAMS: {"po_number": "PO-7", "tags": ("vip",), "notes": "N", "project_reference": "P"},
        System.SALESBYTE: {"title": "Laptops", "public_notes": "For you", "tags": ("vip",), "notes": "N"},
        System.QUICK_QUOTE: {"title": "T", "po_number": "PO-7", "remarks": "R", "notes": "N", "tags": ("vip",)},
    }[system]
    assert paths(a_new_quote(GOOD[system], currency="USD", client_name="Client", **given), system) == []


@pytest.mark.parametrize(
    ("system", "given", "path"),
    [
        (System.QUIPTEAMS, {"title": "T"}, "title"),
        (System.QUIPTEAMS, {"customer_id": "c"}, "customerId"),
        (System.SALESBYTE, {"po_number": "PO-7"}, "poNumber"),
        (System.QUICK_QUOTE, {"body": "B"}, "body"),
        (System.QUICK_QUOTE, {"expires_at": NOW}, "expiresAt"),
        (System.QUICK_QUOTE, {"accepts_documents": True}, "isAcceptingDocuments"),
        (System.QUICK_QUOTE, {"shipping_minor": 100}, "shipping"),
        (System.QUICK_QUOTE, {"prices_include_tax": True}, "isTaxIncluded"),
        (System.QUICK_QUOTE, {"currency": "EUR"}, "currencyCode"),
    ],
)
def test_what_would_be_lost_is_refused_at_its_field(system, given, path):
    assert paths(a_new_quote(GOOD[system], **given), system) == [path]


@pytest.mark.parametrize(
    ("system", "lines"),
    [
        (System.QUIPTEAMS, ()),
        (System.QUIPTEAMS, (line(recipients=0),)),
        (System.QUIPTEAMS, (line(priced),)),
        (System.SALESBYTE, (line(),)),
        (System.SALESBYTE, (line(priced, article=SKU),)),
        (System.QUICK_QUOTE, (line(priced), line())),
        (System.QUICK_QUOTE, (line(priced, taxable=False),)),
    ],
)
def test_lines_that_a_system_cannot_take_are_refused(system, lines):
    assert paths(replace(a_new_quote(), lines=lines), system) == ["items"]


def test_price_options_are_refused():
    quote = replace(a_new_quote(GOOD[System.QUICK_QUOTE]), options=(a_price_option(),))
    assert paths(quote, System.QUICK_QUOTE) == ["priceOptions"]


def test_a_template_has_the_lines_and_is_of_salesbyte():
    without_lines = replace(a_new_quote(), lines=())
    assert paths(without_lines, System.SALESBYTE, "7") == []
    assert paths(a_new_quote(GOOD[System.SALESBYTE]), System.SALESBYTE, "7") == ["items"]
    assert paths(a_new_quote(GOOD[System.QUIPTEAMS]), System.QUIPTEAMS, "7") == ["templateId"]


def test_lines_are_sent_with_their_recipients_and_the_products_of_the_system():
    quote = a_new_quote(line(priced, product_id="ours", comments="Soon", article=SKU), line(product_id="other"))
    one, other = items_to_create(quote, {"ours": "theirs"})
    assert (one.comments, one.sku, one.properties, str(one.price)) == (
        "Soon",
        "LAT-5450",
        {"Colour": "Silver"},
        "1450.00",
    )
    assert (one.specification, one.recipients[0].email) == (quote.lines[0].item.specification, "p0@x.example")
    assert (one.metadata, other.metadata, other.price) == ({"product_id": "theirs"}, {}, None)


def a_record(*recipients):
    items = [
        ForeignItem(f"i{place}", recipients=tuple(ForeignRecipient(f"r{it}", "Ana") for it in range(number)))
        for place, number in enumerate(recipients)
    ]
    return ForeignQuote("there", "7", NOW, items=tuple(items))


def test_the_lines_and_recipients_of_a_record_are_ours_in_the_same_order():
    quote = a_new_quote(line(), line(recipients=2))
    assert ids_of_created(quote, a_record(1, 2)) == {
        PartKey("Quote", "", "there"): quote.quote.id,
        PartKey("QuoteItem", "", "i0"): quote.lines[0].item.id,
        PartKey("Recipient", "i0", "r0"): quote.lines[0].recipients[0].id,
        PartKey("QuoteItem", "", "i1"): quote.lines[1].item.id,
        PartKey("Recipient", "i1", "r0"): quote.lines[1].recipients[0].id,
        PartKey("Recipient", "i1", "r1"): quote.lines[1].recipients[1].id,
    }


def test_of_a_record_with_other_lines_or_recipients_only_the_rest_is_ours():
    quote = a_new_quote(line())
    assert list(ids_of_created(quote, a_record(1, 1))) == [PartKey("Quote", "", "there")]
    assert list(ids_of_created(quote, a_record(2))) == [PartKey("Quote", "", "there"), PartKey("QuoteItem", "", "i0")]
