"""Quotes without lines, lines without recipients, and services: made, signed, printed, ordered or not, completed."""

from typing import Any

import pytest

from tests.api.portal.test_printed_quotes import printed
from tests.api.support.customers import a_signature, acted, seen
from tests.api.support.makers import a_price, a_price_option, a_quote, a_recipient, an_item, codes
from tests.api.support.running import company_id, on_both_databases

STATES = "quote { status decisionStatus fulfilmentStatus items { decision } }"
STANDS = """query($id: ID!) { quote(by: {id: $id}) {
    status fulfilmentStatus isPriced total { amount } amountDue { amount }
    items { quantity decision recipients { id status } vendorOrders { status quantity country } }
} }"""
HISTORY = "query($id: ID!) { quote(by: {id: $id}) { history(first: 50) { nodes { type } } } }"


def a_service(product_type="SERVICE", **given):
    device = {"custom": {"productType": product_type, "specification": {"model": "Installation on site"}}}
    return {"device": device, **given}


async def stands(api, quote):
    return (await api.data(STANDS, {"id": quote.id}, key=api.operator))["quote"]


async def without_lines(api, **given):
    return await a_quote(api, items=None, **{"body": "# Support for a year\n\nTwo visits.", **given})


@on_both_databases
async def test_a_quote_without_lines_is_signed_for_what_its_text_says(api):
    quote = await without_lines(api)
    assert quote.items == []
    shown = await seen(api, quote.key)
    assert (shown["items"], shown["decisionStatus"]) == ([], "PENDING")
    paper = await printed(api, quote)
    assert "Support for a year" in paper
    assert "Price each" not in paper
    payload = await acted(api, "signQuote", a_signature(quote.key, documentHash=shown["documentHash"]))
    assert (payload["userErrors"], payload["quote"]["status"]) == ([], "APPROVED")
    again = await acted(api, "signQuote", a_signature(quote.key, "Dan Ruiz"))
    assert codes(again) == ["ALREADY_SIGNED"]
    types = [it["type"] for it in (await api.data(HISTORY, {"id": quote.id}))["quote"]["history"]["nodes"]]
    assert sorted(types) == ["QUOTE_APPROVED", "QUOTE_CREATED", "QUOTE_SIGNED", "QUOTE_VIEWED"]
    assert await api.rows("vendor_orders") == []


@on_both_databases
async def test_a_quote_without_lines_is_accepted_at_one_of_its_prices(api):
    quote = await without_lines(api)
    option = await a_price_option(api, quote, price="4800.00")
    assert codes(await api.act("acceptQuote", {"quoteId": quote.id})) == ["PRICE_OPTION_REQUIRED"]
    chosen = await api.act("selectPriceOption", {"priceOptionId": option})
    assert chosen["userErrors"] == []
    found = await stands(api, quote)
    assert (found["status"], found["total"], found["amountDue"]) == ("APPROVED", None, {"amount": "4800.00"})


@on_both_databases
async def test_a_quote_is_made_of_a_text_attachments_and_price_options_and_accepted_at_one(api):
    documents: list[dict[str, Any]] = [
        {"name": "Terms", "url": "https://shop.example/terms.pdf", "sha256": "A" * 64},
        {"name": "Leaflet", "url": "https://shop.example/leaflet.pdf", "isSignatureRequired": False},
    ]
    options = [{"name": it, "price": a_price(price)} for it, price in (("Basic", "900.00"), ("Complete", "1400.00"))]
    given = {"companyId": company_id("AUSTRAL"), "requesterEmail": "it@austral.example", "body": "Support"}
    offered = "quote { id body priceOptions { id name } attachments { name url sha256 isSignatureRequired } }"
    made = await api.act(
        "createQuote", {**given, "attachments": documents, "priceOptions": options}, offered, key=api.operator
    )
    assert made["userErrors"] == []
    quote = made["quote"]
    assert quote["attachments"] == [
        {**documents[0], "sha256": "a" * 64, "isSignatureRequired": True},
        {**documents[1], "sha256": None},
    ]
    chosen = await api.act("selectPriceOption", {"priceOptionId": quote["priceOptions"][1]["id"]})
    assert chosen["userErrors"] == []
    query = "query($id: ID!) { quote(by: {id: $id}) { status amountDue { amount } } }"
    stood = (await api.data(query, {"id": quote["id"]}))["quote"]
    assert stood == {"status": "APPROVED", "amountDue": {"amount": "1400.00"}}
    nodes = (await api.data(HISTORY, {"id": quote["id"]}))["quote"]["history"]["nodes"]
    assert [it["type"] for it in nodes].count("QUOTE_SIGNING_CHANGED") == 1


async def test_attachments_of_a_new_quote_are_checked_where_they_stand(api):
    good = {"name": "Terms", "url": "https://shop.example/terms.pdf"}
    given = {"requesterEmail": " ", "attachments": [good, {**good, "url": "terms"}, {**good, "name": " ", "url": ""}]}
    payload = await api.act("createQuote", given)
    found = [(it["code"], ".".join(it["path"])) for it in payload["userErrors"]]
    assert found == [
        ("INVALID_URL", "attachments.1.url"),
        ("REQUIRED", "attachments.2.name"),
        ("REQUIRED", "attachments.2.url"),
        ("REQUIRED", "requesterEmail"),
    ]
    many = await api.act("createQuote", {"requesterEmail": "it@austral.example", "attachments": [good] * 21})
    assert codes(many) == ["TOO_MANY"]
    assert await api.rows("quotes") == []


@on_both_databases
async def test_an_accepted_quote_without_lines_is_completed_without_a_delivery(api):
    quote = await without_lines(api)
    dry = await api.act("acceptQuote", {"quoteId": quote.id, "dryRun": True}, STATES)
    assert dry["quote"]["status"] == "PENDING"
    made = await api.act("acceptQuote", {"quoteId": quote.id}, STATES)
    assert (made["changes"], made["quote"]["status"]) == (dry["changes"], "APPROVED")
    done = await api.act("completeQuote", {"quoteId": quote.id}, STATES, key=api.operator)
    assert (done["userErrors"], done["quote"]["status"]) == ([], "COMPLETED")


@on_both_databases
async def test_lines_can_be_added_to_a_quote_without_lines(api):
    quote = await without_lines(api)
    added = await api.act("addItems", {"quoteId": quote.id, "items": [an_item()]}, STATES)
    assert added["quote"] == {
        "status": "PENDING",
        "decisionStatus": "PENDING",
        "fulfilmentStatus": "NONE",
        "items": [{"decision": "UNDECIDED"}],
    }


@on_both_databases
async def test_an_accepted_line_is_ordered_once_its_recipients_are_known(api):
    quote = await a_quote(api, an_item(recipients=None, quantity=2))
    assert (await api.act("acceptQuote", {"quoteId": quote.id}))["userErrors"] == []
    before = await stands(api, quote)
    assert (before["status"], before["items"][0]["vendorOrders"]) == ("APPROVED", [])
    given = {"itemId": quote.item, "recipients": [a_recipient(), a_recipient("Bruno Silva", country="BR")]}
    payload = await api.act("updateItem", given, "item { recipients { name status } }")
    assert payload["userErrors"] == []
    assert [it["status"] for it in payload["item"]["recipients"]] == ["APPROVED", "APPROVED"]
    [item] = (await stands(api, quote))["items"]
    assert {(it["status"], it["quantity"], it["country"]) for it in item["vendorOrders"]} == {
        ("QUEUED", 1, "UY"),
        ("QUEUED", 1, "BR"),
    }


@on_both_databases
@pytest.mark.parametrize("product_type", ["OTHER", "SERVICE"])
async def test_what_is_other_or_a_service_is_accepted_without_an_order_or_an_asset(api, product_type):
    quote = await a_quote(api, a_service(product_type))
    paper, shown = await printed(api, quote), await seen(api, quote.key, "items { title quantity recipients { name } }")
    assert "Installation on site" in paper
    assert shown["items"] == [{"title": "Installation on site", "quantity": 1, "recipients": []}]
    payload = await acted(api, "signQuote", a_signature(quote.key))
    assert (payload["userErrors"], payload["quote"]["status"]) == ([], "APPROVED")
    done = await api.act("completeQuote", {"quoteId": quote.id}, STATES, key=api.operator)
    assert (done["userErrors"], done["quote"]["status"]) == ([], "COMPLETED")
    assert await api.rows("vendor_orders") == []
    assert not any(it.purchase_order or it.recipient_id for it in await api.rows("assets"))


@on_both_databases
async def test_a_service_for_somebody_is_delivered_by_hand_and_is_no_asset(api):
    quote = await a_quote(api, a_service(recipients=[a_recipient()]))
    await api.act("acceptQuote", {"quoteId": quote.id})
    numbered = {"recipientId": quote.recipient, "serialNumbers": ["VISIT-1"]}
    assert (await api.act("setRecipientSerialNumbers", numbered, key=api.operator))["userErrors"] == []
    delivered = await api.act("deliverRecipient", {"recipientId": quote.recipient}, STATES, key=api.operator)
    assert (delivered["userErrors"], delivered["quote"]["status"]) == ([], "DELIVERED")
    assert not any(it.recipient_id for it in await api.rows("assets"))
    assert await api.rows("vendor_orders") == []
