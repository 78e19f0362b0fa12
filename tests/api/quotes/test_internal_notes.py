"""Internal notes of a line: for the company and the platform, and for nobody else; and who reads the other texts."""

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType

from domain.fulfilment.vendor_orders import order_request, orders_for
from domain.portal.printed_quote import document_of
from domain.shared.ids import new_id
from schema.build import build_schema, core_schema
from schema.shared.audiences import CUSTOMER, CUSTOMER_AND_VENDOR, INTERNAL, VENDOR
from tests.api.history.test_field_changes import changed
from tests.api.support.customers import seen
from tests.api.support.makers import a_quote, an_item, codes
from tests.api.support.running import on_both_databases
from tests.builders import NOW, line, priced
from tests.builders import a_quote as a_built_quote

NOTES = "items { comments internalNotes }"


async def notes_of(api, quote, key=None):
    found = await api.data("query($id: ID!) { quote(by: { id: $id }) { " + NOTES + " } }", {"id": quote.id}, key=key)
    return [it["internalNotes"] for it in found["quote"]["items"]]


@on_both_databases
async def test_the_company_and_the_platform_write_and_read_internal_notes_of_a_line(api):
    quote = await a_quote(api, an_item(internalNotes="Margin 12 %\nAsk Bea"))
    added = await api.act(
        "addItems", {"quoteId": quote.id, "items": [an_item(internalNotes="Spare")]}, key=api.operator
    )
    assert added["userErrors"] == []
    assert await notes_of(api, quote) == await notes_of(api, quote, api.operator) == ["Margin 12 %\nAsk Bea", "Spare"]


@on_both_databases
async def test_null_and_nothing_take_internal_notes_off_and_what_is_not_named_stays(api):
    quote = await a_quote(api, an_item(internalNotes="Margin 12 %"), an_item(internalNotes="Spare"))
    first, second = quote.items
    await api.act("updateItem", {"itemId": first, "comments": "Soon"})
    assert await notes_of(api, quote) == ["Margin 12 %", "Spare"]
    await api.act("updateItem", {"itemId": first, "internalNotes": None})
    await api.act("updateItem", {"itemId": second, "internalNotes": " "})
    assert await notes_of(api, quote) == [None, None]


async def test_the_history_tells_from_what_to_what_internal_notes_were_changed(api):
    quote = await a_quote(api, an_item(internalNotes="Margin 12 %"))
    await api.act("updateItem", {"itemId": quote.item, "internalNotes": "Margin 9 %"})
    changes = await changed(api, "Quote", quote.id, "QUOTE_ITEM_UPDATED")
    assert changes == {(quote.item, "internalNotes"): ("Margin 12 %", "Margin 9 %")}


async def test_internal_notes_that_are_too_long_are_refused_with_their_place(api):
    quote = await a_quote(api)
    refused = await api.act("updateItem", {"itemId": quote.item, "internalNotes": "x" * 5001})
    assert codes(refused) == ["TOO_LONG"]
    assert refused["userErrors"][0]["path"] == ["internalNotes"]


async def test_a_customer_reads_the_comments_of_a_line_and_never_its_internal_notes(api):
    quote = await a_quote(api, an_item(comments="In silver", internalNotes="MARGIN"))
    found = await seen(api, quote.key, "items { comments }")
    assert found["items"] == [{"comments": "In silver"}]


def test_internal_notes_are_not_printed():
    plain, noted = (a_built_quote(line(priced, internal_notes=it)) for it in (None, "MARGIN"))
    assert "MARGIN" not in str(document_of(noted, "Austral"))
    assert document_of(noted, "Austral").lines == document_of(plain, "Austral").lines


def test_internal_notes_are_not_sent_to_the_vendor():
    quote = a_built_quote(line(priced, comments="In silver", internal_notes="MARGIN"))
    [order], _ = orders_for(quote.quote, quote.lines[0], NOW, new_id)
    sent = order_request(order, quote.quote, quote.lines[0], "AUSTRAL")
    assert "In silver" in (sent.notes or "")
    assert "MARGIN" not in str(sent)


def fields_of(type_name):
    type_ = core_schema(build_schema()).type_map[type_name]
    assert isinstance(type_, GraphQLInputObjectType | GraphQLObjectType)
    return {name: it.description or "" for name, it in type_.fields.items()}


@pytest.mark.parametrize(
    ("type_name", "readers"),
    [
        *(
            (name, {"comments": CUSTOMER_AND_VENDOR, "internalNotes": INTERNAL, "externalId": VENDOR})
            for name in ("QuoteItemInput", "UpdateItemInput", "QuoteItem")
        ),
        *(
            (name, {"externalId": INTERNAL, "metadata": INTERNAL})
            for name in (
                "CreateQuoteInput",
                "UpdateQuoteInput",
                "Quote",
                "RecipientInput",
                "Recipient",
                "AssetInput",
                "Asset",
            )
        ),
        *(
            (name, {"title": CUSTOMER, "poNumber": CUSTOMER_AND_VENDOR, "remarks": INTERNAL, "notes": INTERNAL})
            for name in ("CreateQuoteInput", "UpdateQuoteInput", "Quote")
        ),
        *(
            (name, {"projectReference": INTERNAL, "tags": INTERNAL, "clientName": VENDOR, "abmId": VENDOR})
            for name in ("CreateQuoteInput", "UpdateQuoteInput", "Quote")
        ),
        ("DiscountInput", {"reason": CUSTOMER}),
        ("ShippingInput", {"name": CUSTOMER}),
        ("PriceOptionInput", {"name": CUSTOMER}),
        ("AttachDocumentInput", {"name": CUSTOMER}),
        ("ProposeAlternativeInput", {"description": CUSTOMER}),
    ],
)
def test_the_description_of_a_text_says_who_reads_it(type_name, readers):
    found = fields_of(type_name)
    assert {name: words for name, words in readers.items() if words not in found[name]} == {}


def test_no_input_of_the_customers_takes_internal_notes():
    types = core_schema(build_schema()).type_map
    takers = {
        it.name for it in types.values() if isinstance(it, GraphQLInputObjectType) and "internalNotes" in it.fields
    }
    assert takers == {"QuoteItemInput", "UpdateItemInput"}
