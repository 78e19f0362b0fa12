"""What the history tells of fields: of which object, which field, from what and to what."""

import pytest
from graphql import GraphQLObjectType, get_named_type

from domain.history.field_changes import FIELDS, LONGEST
from schema.build import build_schema, core_schema
from tests.api.support.makers import a_price, a_price_option, a_proposal, a_quote, a_recipient, an_item, codes
from tests.api.support.running import on_both_databases
from tests.api.support.world import MACBOOK

HISTORY = "history(first: 3) { nodes { type fieldChanges { node { id } nodeId nodeType label field from to } } }"


async def changed(api, type_, id_, event):
    """The fields of the latest event of a type."""
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {type_} {{ {HISTORY} }} }} }}"
    found = await api.data(query, {"id": id_}, key=api.operator)
    [latest] = [it for it in found["node"]["history"]["nodes"] if it["type"] == event][:1]
    return {(it["node"]["id"], it["field"]): (it["from"], it["to"]) for it in latest["fieldChanges"]}


@on_both_databases
async def test_what_is_noted_of_a_quote_is_told_from_what_to_what(api):
    quote = await a_quote(api, poNumber="PO 1", notes="Before")
    edits = {"quoteId": quote.id, "poNumber": "PO 2", "notes": None, "tags": ["b", "a"], "title": "Laptops, 2027"}
    assert (await api.act("updateQuote", edits))["userErrors"] == []
    fields = await changed(api, "Quote", quote.id, "QUOTE_UPDATED")
    assert fields[quote.id, "poNumber"] == ("PO 1", "PO 2")
    assert fields[quote.id, "notes"] == ("Before", None)
    assert fields[quote.id, "title"] == (None, "Laptops, 2027")
    assert set(fields[quote.id, "tags"][1].split(", ")) == {"a", "b"}
    assert len(fields) == 4


@on_both_databases
async def test_another_price_is_told_with_the_old_one(api):
    quote = await a_quote(api, an_item(quantity=2, recipients=[a_recipient(), a_recipient("Bruno")]))
    await api.act("priceItem", {"itemId": quote.item, "price": a_price("1399.90")}, key=api.operator)
    fields = await changed(api, "Quote", quote.id, "QUOTE_ITEM_PRICED")
    assert fields == {(quote.item, "price"): ("1450.00 USD", "1399.90 USD")}

    discount = {"type": "PERCENTAGE", "value": "10", "reason": "volume"}
    terms = {"discount": discount, "shipping": {"name": "Courier", "price": a_price("20")}}
    lines = [{"itemId": quote.item, "taxRate": "21"}]
    priced = await api.act("priceQuote", {"quoteId": quote.id, "items": lines, **terms}, key=api.operator)
    assert priced["userErrors"] == []
    fields = await changed(api, "Quote", quote.id, "QUOTE_PRICED")
    assert fields == {
        (quote.id, "discount"): (None, "10 %, volume"),
        (quote.id, "shipping"): (None, "Courier, 20.00 USD"),
        (quote.item, "taxRate"): ("0", "21"),
    }


async def test_a_changed_line_an_offered_device_and_a_removed_line_are_told_part_by_part(api):
    quote = await a_quote(api, an_item(), an_item())
    first, second = quote.items
    assert (await api.act("updateItem", {"itemId": first, "comments": "Silver"}))["userErrors"] == []
    assert await changed(api, "Quote", quote.id, "QUOTE_ITEM_UPDATED") == {(first, "comments"): (None, "Silver")}

    proposed = await api.act("proposeAlternative", a_proposal(first), "alternative { id }", key=api.operator)
    changes = await changed(api, "Quote", quote.id, "QUOTE_ALTERNATIVE_PROPOSED")
    assert {id_ for id_, _ in changes} == {proposed["alternative"]["id"]}
    assert all(before is None and after for before, after in changes.values())

    assert (await api.act("removeItem", {"itemId": second}))["userErrors"] == []
    query = f"query($id: ID!) {{ quote(by: {{ id: $id }}) {{ {HISTORY} }} }}"
    [latest, *_] = (await api.data(query, {"id": quote.id}))["quote"]["history"]["nodes"]
    assert latest["type"] == "QUOTE_ITEM_REMOVED"
    # The line is gone, so nothing can be shown of it but what it was.
    gone = {it["field"]: (it["from"], it["to"]) for it in latest["fieldChanges"] if it["node"] is None}
    assert gone["quantity"] == ("1", None)
    changes = {(it["nodeId"], it["nodeType"], it["label"]) for it in latest["fieldChanges"]}
    assert changes == {
        (second, "QuoteItem", "Apple MacBook Pro 14"),
        (quote.recipients[1][0], "Recipient", "Ana Rodríguez"),
    }


async def test_price_options_are_told_one_by_one(api):
    quote = await a_quote(api)
    offers = [{"name": name, "price": a_price(price)} for name, price in (("Buy", "1450"), ("Lease", "1600"))]
    for options in (offers, offers[1:]):
        given = {"quoteId": quote.id, "options": options}
        assert (await api.act("setPriceOptions", given, key=api.operator))["userErrors"] == []
    query = f"query($id: ID!) {{ quote(by: {{ id: $id }}) {{ {HISTORY} }} }}"
    [latest, *_] = (await api.data(query, {"id": quote.id}))["quote"]["history"]["nodes"]
    names = [(it["from"], it["to"]) for it in latest["fieldChanges"] if it["field"] == "name"]
    assert ("Buy", None) in names


async def test_tracking_and_invoices_of_recipients_are_told(api):
    quote = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    sent = {"recipientId": quote.recipient, "trackingCode": "T-1"}
    shipped = await api.act("shipRecipient", sent, key=api.operator)
    assert shipped["userErrors"] == []
    changes = await changed(api, "Quote", quote.id, "QUOTE_TRACKING_ADDED")
    assert changes[quote.recipient, "trackingCode"] == (None, "T-1")
    assert await changed(api, "Quote", quote.id, "QUOTE_RECIPIENT_SHIPPED") == {}


@on_both_databases
async def test_what_is_gone_is_told_by_its_id_type_and_name(api):
    quote = await a_quote(api, alternatives=1)
    other = await a_quote(api)
    attached = {"quoteId": other.id, "name": "Terms", "url": "https://austral.example/terms.pdf"}
    document = (await api.act("attachDocument", attached, "attachment { id }"))["attachment"]["id"]
    option = await a_price_option(api, other)
    await api.act("detachDocument", {"attachmentId": document})
    await api.act("setPriceOptions", {"quoteId": other.id, "options": []}, key=api.operator)
    await api.act("addItems", {"quoteId": quote.id, "items": [an_item()]})
    await api.act("removeItem", {"itemId": quote.item})
    gone = []
    for made in (quote, other):
        query = f"query($id: ID!) {{ quote(by: {{ id: $id }}) {{ {HISTORY} }} }}"
        history = (await api.data(query, {"id": made.id}))["quote"]["history"]["nodes"]
        gone += [it for event in history for it in event["fieldChanges"] if it["to"] is None and it["node"] is None]
    assert {(it["nodeId"], it["nodeType"], it["label"]) for it in gone} >= {
        (quote.item, "QuoteItem", "Apple MacBook Pro 14"),
        (quote.alternative, "Alternative", "Lenovo ThinkPad T14"),
        (quote.recipient, "Recipient", "Ana Rodríguez"),
        (document, "QuoteAttachment", "Terms"),
        (option, "PriceOption", "Purchase"),
    }


async def test_a_kit_that_was_removed_is_told_with_its_devices(api):
    kit = {"name": "Desk", "devices": [{"device": {"catalogue": {"productId": MACBOOK}}}]}
    made = (await api.act("createKit", kit, "kit { id devices { id } }"))["kit"]
    assert codes(await api.act("deleteKit", {"kitId": made["id"]})) == []
    [event] = [it for it in await api.rows("events") if it.type == "KIT_DELETED"]
    labels = {(it.node_id, it.label) for it in event.field_changes}
    assert labels == {(made["id"], "Desk"), (made["devices"][0]["id"], "Apple MacBook Pro 14")}


@on_both_databases
async def test_an_acceptance_tells_who_gets_the_devices_instead(api):
    quote = await a_quote(api)
    people = [a_recipient("Carla", email="carla@austral.example")]
    accepted = await api.act("acceptItem", {"itemId": quote.item, "recipients": people}, "item { recipients { id } }")
    [carla] = accepted["item"]["recipients"]
    query = f"query($id: ID!) {{ quote(by: {{ id: $id }}) {{ {HISTORY} }} }}"
    history = (await api.data(query, {"id": quote.id}))["quote"]["history"]["nodes"]
    [changes] = [it["fieldChanges"] for it in history if it["type"] == "QUOTE_ITEM_ACCEPTED"]
    names = [(it["node"] and it["node"]["id"], it["from"], it["to"]) for it in changes if it["field"] == "name"]
    assert names == [(None, "Ana Rodríguez", None), (carla["id"], None, "Carla")]


async def test_of_a_long_text_the_beginning_is_told(api):
    quote = await a_quote(api)
    await api.act("updateQuote", {"quoteId": quote.id, "body": "Long. " * 1_000})
    [(_, (before, after))] = (await changed(api, "Quote", quote.id, "QUOTE_UPDATED")).items()
    assert (before, len(after), after[-1]) == (None, LONGEST, "…")


@pytest.mark.parametrize("type_", FIELDS)
def test_every_field_that_is_told_has_its_name_in_the_graph(type_):
    for path in FIELDS[type_]:
        at = core_schema(build_schema()).type_map[type_]
        for name in path.split("."):
            assert isinstance(at, GraphQLObjectType)
            assert name in at.fields, path
            at = get_named_type(at.fields[name].type)
