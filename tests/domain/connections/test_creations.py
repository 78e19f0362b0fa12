"""What connected systems take with a new quote, and which object of ours a record is that was created from one."""

from dataclasses import replace
from typing import Any

import pytest

from domain.catalogue.products import ProductType
from domain.connections.creations import (
    check_creatable,
    check_creates,
    ids_of_created,
    items_to_create,
    missing_items,
)
from domain.connections.origins import PartKey
from domain.connections.records import ForeignItem, ForeignQuote, ForeignRecipient
from domain.connections.systems import System
from domain.quotes.item_details import Article, ItemProperty
from domain.quotes.recipients import Destination
from domain.shared.errors import ErrorCode, InvalidInput
from domain.shared.metadata import MetadataEntry
from tests.builders import NOW, a_connection, a_price_option, a_quote, a_recipient, line, priced

SKU = Article(sku="LAT-5450")
SILVER = Article(sku="LAT-5450", properties=(ItemProperty("Colour", "Silver"),))
GOOD = {
    System.QUIPTEAMS: line(),
    System.SALESBYTE: line(article=SKU, recipients=0),
    System.QUICK_QUOTE: line(priced, article=SILVER, recipients=0),
}
ENTRY = (MetadataEntry("key", "value"),)


def a_new_quote(*lines, **given):
    return a_quote(*lines, **{"po_number": None, **given})


def paths(quote, system, template_id=None, **given):
    """Where a system does not take a quote."""
    try:
        check_creatable(quote, a_connection(system=system), template_id, **given)
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
    ("system", "lines", "refused"),
    [
        (System.QUIPTEAMS, (), ["items"]),
        (System.QUIPTEAMS, (line(recipients=0),), ["items.0.recipients"]),
        (System.QUIPTEAMS, (line(), line(priced)), ["items.1.price"]),
        (System.QUIPTEAMS, (line(article=SILVER),), ["items.0.article.sku", "items.0.article.properties"]),
        (System.QUIPTEAMS, (line(product_type=ProductType.SERVICE),), ["items.0.device"]),
        (System.SALESBYTE, (line(recipients=0),), ["items.0.article.sku"]),
        (System.SALESBYTE, (line(article=SKU),), ["items.0.recipients"]),
        (System.SALESBYTE, (line(priced, article=SKU, recipients=0),), ["items.0.price"]),
        (System.SALESBYTE, (GOOD[System.SALESBYTE], GOOD[System.SALESBYTE]), ["items.1.article.sku"]),
        (System.SALESBYTE, (line(article=SKU, recipients=0, comments="Soon"),), ["items.0.comments"]),
        (System.QUICK_QUOTE, (GOOD[System.QUICK_QUOTE], line(recipients=0)), ["items.1.price"]),
        (System.QUICK_QUOTE, (line(priced, recipients=0, taxable=False),), ["items.0.isTaxable"]),
        (System.QUICK_QUOTE, (line(priced, recipients=0, comments="Soon"),), ["items.0.comments"]),
        (System.QUICK_QUOTE, (line(priced, recipients=2),), ["items.0.recipients"]),
    ],
)
def test_what_a_system_does_not_take_of_a_line_is_refused_there(system, lines, refused):
    assert paths(replace(a_new_quote(), lines=lines), system) == refused


def test_what_is_ours_of_lines_and_recipients_can_be_given():
    person = a_recipient(external_id="R-1", metadata=ENTRY)
    noted: dict[str, Any] = {"internal_notes": "N", "external_id": "L-1", "metadata": ENTRY}
    assert paths(a_new_quote(line(recipients=[person], **noted), metadata=ENTRY), System.QUIPTEAMS) == []
    for system in (System.SALESBYTE, System.QUICK_QUOTE):
        [item] = [GOOD[system].item._replace(**noted)]
        assert paths(a_new_quote(replace(GOOD[system], item=item), external_id="Q-1"), system) == []


def test_what_quipteams_does_not_take_of_a_recipient_is_refused_there():
    people = [
        a_recipient(storage=True, destination=Destination.STORAGE),
        a_recipient(destination=Destination.OFFICE, city="Montevideo", government_id="1.2"),
    ]
    assert paths(a_new_quote(line(recipients=people)), System.QUIPTEAMS) == [
        "items.0.recipients.1.destination",
        "items.0.recipients.1.city",
        "items.0.recipients.1.governmentId",
    ]


def test_the_lines_of_a_kit_are_refused_once_and_at_the_item_that_names_it():
    of_kit = line(recipients=[a_recipient(city="Montevideo")], article=SKU, kit_id="kit")
    quote = a_new_quote(line(), of_kit, replace(of_kit, item=of_kit.item._replace(id="other")))
    assert paths(quote, System.QUIPTEAMS, items=(0, 1, 1)) == ["items.1.article.sku", "items.1.recipients.city"]


def test_attachments_are_refused():
    assert paths(a_new_quote(GOOD[System.QUIPTEAMS]), System.QUIPTEAMS, has_attachments=True) == ["attachments"]


def test_a_template_of_salesbyte_has_the_texts_too():
    texts = a_new_quote(title="T", public_notes="For you", tags=("vip",))
    assert paths(replace(texts, lines=()), System.SALESBYTE, "7") == ["title", "publicNotes"]
    assert paths(replace(texts, lines=()), System.SALESBYTE) == ["title"]


def test_price_options_are_refused():
    quote = replace(a_new_quote(GOOD[System.QUICK_QUOTE]), options=(a_price_option(),))
    assert paths(quote, System.QUICK_QUOTE) == ["priceOptions"]


def test_a_template_has_the_lines_and_is_of_salesbyte():
    without_lines = replace(a_new_quote(), lines=())
    assert paths(without_lines, System.SALESBYTE, "7") == []
    assert paths(a_new_quote(GOOD[System.SALESBYTE]), System.SALESBYTE, "7") == ["items"]
    assert paths(a_new_quote(GOOD[System.QUIPTEAMS]), System.QUIPTEAMS, "7") == ["templateId"]


def test_lines_are_sent_with_their_recipients_and_the_products_of_the_system():
    quote = a_new_quote(line(priced, product_id="ours", comments="Soon", article=SILVER), line(product_id="other"))
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


def test_the_lines_of_a_record_are_known_by_what_they_are_called_in_whatever_order_they_are():
    quote = a_new_quote(line(article=SKU), line(article=Article(sku="DOCK")))
    one, other = items_to_create(quote, {})
    there = (replace(other, external_id="b"), ForeignItem("c", title="Theirs"), replace(one, external_id="a"))
    ids = ids_of_created(quote, ForeignQuote("there", "7", NOW, items=there))
    lines = {key.external_id: id_ for key, id_ in ids.items() if key.node_type == "QuoteItem"}
    assert lines == {"a": quote.lines[0].item.id, "b": quote.lines[1].item.id}


def test_each_line_that_a_record_lacks_is_missing_once():
    one, other = ForeignItem("1", title="Desk", sku="D"), ForeignItem("2", title="Lamp", sku="L")
    repriced = replace(one, external_id="9", title=" Desk ", quantity=4)
    assert missing_items((one, other, one), ()) == (one, other, one)
    assert missing_items((one, other, one), (repriced,)) == (other, one)
    assert missing_items((one, other), (other, ForeignItem("3", title="Theirs"), one)) == ()


def test_of_lines_that_the_system_calls_otherwise_no_more_are_missing_than_there_are_too_few():
    one, other = ForeignItem("1", title="Desk"), ForeignItem("2", title="Lamp")
    renamed = (replace(one, title="Standing desk"), replace(other, sku="LAMP-1"))
    assert missing_items((one, other), renamed) == ()
    assert missing_items((one, other), renamed[:1]) == (other,)


def test_of_a_record_with_other_lines_or_recipients_only_the_rest_is_ours():
    quote = a_new_quote(line())
    assert list(ids_of_created(quote, a_record(1, 1))) == [PartKey("Quote", "", "there")]
    assert list(ids_of_created(quote, a_record(2))) == [PartKey("Quote", "", "there"), PartKey("QuoteItem", "", "i0")]
