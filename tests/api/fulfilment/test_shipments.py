"""What operators say of devices through the API: each status, each refusal, each promise to do a thing once."""

from pathlib import Path

import pytest

from domain.shared.access import Scope
from tests.api.support.makers import Made, a_quote, a_recipient, an_item, codes
from tests.api.support.running import Running, on_both_databases

EXAMPLES = Path(__file__).parents[3] / "examples" / "operator"
RECIPIENT = """
    quote { status fulfilmentStatus }
    recipient { status trackingCode trackingLink serialNumber serialNumbers invoiceNumber }
"""
TRACKING = {"trackingCode": "T-1", "trackingLink": "https://carrier.example/T-1"}


async def an_accepted_quote(api: Running, *items) -> Made:
    quote = await a_quote(api, *items)
    payload = await api.act("acceptItem", {"itemId": quote.item}, key=api.operator)
    assert payload["userErrors"] == []
    return quote


async def say(api: Running, mutation: str, recipient: str, selection: str = RECIPIENT, directive: str = "", **more):
    given = {"recipientId": recipient, **more}
    return await api.act(mutation, given, selection, key=api.operator, directive=directive)


@on_both_databases
async def test_a_device_goes_to_its_owner_and_the_quote_goes_with_it(api):
    quote = await an_accepted_quote(api)
    shipped = await say(api, "shipRecipient", quote.recipient, **TRACKING)
    assert (shipped["recipient"]["status"], shipped["recipient"]["trackingCode"]) == ("SHIPPED", "T-1")
    assert shipped["quote"] == {"status": "IN_PROGRESS", "fulfilmentStatus": "IN_PROGRESS"}
    assert (shipped["changes"][0]["from"], shipped["changes"][0]["to"]) == ("APPROVED", "SHIPPED")

    numbered = await say(api, "setRecipientSerialNumbers", quote.recipient, serialNumbers=[" C02 "])
    assert numbered["recipient"]["serialNumber"] == "C02"
    invoiced = await say(api, "setRecipientInvoice", quote.recipient, invoiceNumber="INV-9")
    assert invoiced["recipient"]["invoiceNumber"] == "INV-9"
    delivered = await say(api, "deliverRecipient", quote.recipient)
    assert delivered["quote"]["status"] == "DELIVERED"

    asset = (await api.data('{ asset(by: {serialNumber: "c02"}) { status employee { email } } }'))["asset"]
    assert (asset["status"], asset["employee"]["email"]) == ("IN_USE", "ana@people.example")
    closed = await api.act("completeQuote", {"quoteId": quote.id}, "quote { status }", key=api.operator)
    assert closed["quote"]["status"] == "COMPLETED"


async def test_devices_for_a_store_are_assets_in_storage(api):
    store = an_item(recipients=[a_recipient("Store", email=None, isForStorage=True)], quantity=2)
    quote = await an_accepted_quote(api, store)
    await say(api, "setRecipientSerialNumbers", quote.recipient, serialNumbers=["A-1", "A-2"])
    await say(api, "deliverRecipient", quote.recipient)
    found = (await api.data("{ assets { nodes { serialNumber status } } }"))["assets"]["nodes"]
    assert sorted((it["serialNumber"], it["status"]) for it in found) == [("A-1", "IN_STORAGE"), ("A-2", "IN_STORAGE")]


@pytest.mark.parametrize(("mutation", "target"), [("shipRecipient", "SHIPPED"), ("deliverRecipient", "DELIVERED")])
async def test_what_was_not_accepted_is_not_shipped_and_the_conflict_names_both_states(api, mutation, target):
    quote = await a_quote(api)
    before = await api.contents()
    [error] = (await say(api, mutation, quote.recipient))["userErrors"]
    assert (error["__typename"], error["code"], error["path"]) == ("ConflictError", "WRONG_STATUS", ["recipientId"])
    assert error["currentStatus"] == "PENDING"
    assert target in error["message"]
    assert error["node"]["id"] == quote.recipient
    assert await api.contents() == before


async def test_a_delivered_device_is_not_shipped_again(api):
    quote = await an_accepted_quote(api)
    await say(api, "deliverRecipient", quote.recipient)
    assert codes(await say(api, "shipRecipient", quote.recipient)) == ["WRONG_STATUS"]


async def test_a_dry_run_changes_nothing(api):
    quote = await an_accepted_quote(api)
    before = await api.contents()
    for mutation in ("shipRecipient", "deliverRecipient"):
        payload = await say(api, mutation, quote.recipient, dryRun=True)
        assert payload["changes"]
    assert await api.contents() == before


async def test_a_serial_number_that_another_asset_of_a_recipient_has_is_a_conflict(api):
    first, second = await an_accepted_quote(api), await an_accepted_quote(api)
    for quote in (first, second):
        await say(api, "setRecipientSerialNumbers", quote.recipient, serialNumbers=["C02"])
    await say(api, "deliverRecipient", first.recipient)
    before = await api.contents()
    [error] = (await say(api, "deliverRecipient", second.recipient))["userErrors"]
    assert (error["__typename"], error["code"]) == ("ConflictError", "DUPLICATE_SERIAL")
    assert error["node"]["__typename"] == "Asset"
    assert await api.contents() == before


async def test_what_is_no_serial_number_is_none_of_a_recipients_devices(api):
    quote = await an_accepted_quote(api)
    before = await api.contents()
    for serial in ("Default string", "4.5E+12"):
        [error] = (await say(api, "setRecipientSerialNumbers", quote.recipient, serialNumbers=[serial]))["userErrors"]
        assert (error["code"], error["path"]) == ("INVALID_SERIAL", ["serialNumbers", "0"])
    assert await api.contents() == before


async def test_another_companys_recipient_looks_like_none_at_all(api):
    foreign = await api.key("quotes:write", "quotes:decide", "quotes:read", company="NORDLICHT")
    theirs = await a_quote(api, key=foreign)
    operator_here = await api.key(*Scope)
    given = {"recipientId": theirs.recipient}
    payload = await api.act("deliverRecipient", given, key=operator_here)
    [error] = payload["userErrors"]
    assert (error["__typename"], error["path"]) == ("NotFoundError", ["recipientId"])


async def test_a_promise_kept_once_is_answered_again_and_not_kept_twice(api):
    quote = await an_accepted_quote(api)
    directive = '@idempotent(key: "ship-1")'
    first = await say(api, "shipRecipient", quote.recipient, directive=directive)
    events = len(await api.rows("events"))
    again = await say(api, "shipRecipient", quote.recipient, directive=directive)
    assert again == first
    assert len(await api.rows("events")) == events


async def test_the_example_of_a_delivery_delivers(api):
    quote = await an_accepted_quote(api)
    given = {"recipient": quote.recipient, **TRACKING, "serialNumber": "C02"}
    found = await api.data((EXAMPLES / "deliver.graphql").read_text(), given, key=api.operator)
    assert [it["userErrors"] for it in found.values()] == [[], [], []]
    assert found["deliverRecipient"]["quote"]["status"] == "DELIVERED"


async def test_a_subscriber_hears_of_the_delivery_and_what_moved(api):
    quote = await an_accepted_quote(api)
    await say(api, "deliverRecipient", quote.recipient)
    *_, delivered, milestone = [it for it in await api.rows("events") if it.type.startswith("QUOTE")]
    assert (delivered.type, milestone.type) == ("QUOTE_RECIPIENT_DELIVERED", "QUOTE_DELIVERED")
    assert len(delivered.changes) == 3, "of the recipient, of the fulfilment and of the quote as a whole"
    assert (milestone.changes, milestone.cause_id) == ((), delivered.id), "each move is reported once"


async def test_an_order_costs_one_statement_however_many_are_shown(api):
    quote = """{ quotes(first: 10) { nodes { vendorOrders {
        status quotedPrice { amount } alternatives { groupId candidates { price { amount } } } serialNumbers attention
    } } } }"""
    await an_accepted_quote(api)
    one = await api.statements.of(api, quote, key=api.operator)
    await an_accepted_quote(api)
    await an_accepted_quote(api)
    assert await api.statements.of(api, quote, key=api.operator) == one == 2
