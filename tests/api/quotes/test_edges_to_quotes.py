"""What leads to quotes from elsewhere: a device to the quote that it was delivered for, products and kits to those that
have them."""

from typing import Any

import pytest

from tests.api.conftest import MakeDatabase
from tests.api.support.inventory_inputs import an_asset
from tests.api.support.makers import Made, a_quote, an_item, two_lines
from tests.api.support.running import Running, running
from tests.api.support.world import LATITUDE, MACBOOK

EXECUTORS = ["graphql-core", "plan-rows", "plan"]
everywhere = pytest.mark.parametrize(
    ("dialect", "executor"), [(dialect, executor) for dialect in ("sqlite", "postgresql") for executor in EXECUTORS]
)


async def a_delivered_quote(api: Running, serial_number: str) -> Made:
    quote = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    recipient = {"recipientId": quote.recipient}
    numbered = {**recipient, "serialNumbers": [serial_number]}
    for mutation, given in (("setRecipientSerialNumbers", numbered), ("deliverRecipient", recipient)):
        payload = await api.act(mutation, given, key=api.operator)
        assert payload["userErrors"] == []
    return quote


@everywhere
async def test_a_device_leads_to_the_quote_it_was_delivered_for(new_database: MakeDatabase, dialect, executor):
    async with running(await new_database(dialect), executor=executor) as api:
        quotes = {serial: await a_delivered_quote(api, serial) for serial in ("C01", "C02")}
        await api.act("addAssets", {"assets": [an_asset("C03")]})
        query = """{ assets { nodes { serialNumber recipient { id } quote { id orderId items {
            recipients { id } } } } } }"""

        found = {it["serialNumber"]: it for it in (await api.data(query))["assets"]["nodes"]}

        assert found["C03"]["quote"] is None
        for serial, quote in quotes.items():
            recipient = {"id": quote.recipient}
            wanted = {"id": quote.id, "orderId": quote.order_id, "items": [{"recipients": [recipient]}]}
            assert (found[serial]["recipient"], found[serial]["quote"]) == (recipient, wanted)
        assert await api.statements.of(api, "{ assets { nodes { quote { id customer { id } } } } }") == 2


async def a_kit(api: Running, name: str) -> str:
    devices = [{"device": {"catalogue": {"productId": it}}} for it in (MACBOOK, LATITUDE)]
    payload = await api.act("createKit", {"name": name, "devices": devices}, "kit { id }")
    found: str = payload["kit"]["id"]
    return found


def order_ids(connection) -> list[str]:
    return [it["orderId"] for it in connection["nodes"]]


@everywhere
async def test_a_product_leads_to_the_quotes_that_have_it_each_once(new_database: MakeDatabase, dialect, executor):
    async with running(await new_database(dialect), executor=executor) as api:
        other = await api.key("quotes:read", "quotes:write", "quotes:decide", "products:read", company="NORDLICHT")
        twice = await a_quote(api, an_item(), an_item())
        both = await a_quote(api, *two_lines())
        theirs = await a_quote(api, key=other)
        deleted = await a_quote(api, prices=None)
        await api.act("deleteQuote", {"quoteId": deleted.id})
        query = """query($first: Int, $after: String, $filter: QuoteFilter, $order: QuoteOrder) {
            products { nodes { id quotes(first: $first, after: $after, filter: $filter, orderBy: $order) {
                totalCount nodes { orderId } pageInfo { endCursor hasNextPage } } } } }"""

        async def quotes_of(product: str, key: str | None = None, **given):
            found = await api.data(query, given, key)
            return next(it["quotes"] for it in found["products"]["nodes"] if it["id"].endswith(product))

        mine = await quotes_of(MACBOOK)
        assert (order_ids(mine), mine["totalCount"]) == ([both.order_id, twice.order_id], 2)
        assert order_ids(await quotes_of(LATITUDE)) == [both.order_id]
        assert order_ids(await quotes_of(MACBOOK, other)) == [theirs.order_id]
        everybodys = await quotes_of(MACBOOK, api.operator)
        assert order_ids(everybodys) == [theirs.order_id, both.order_id, twice.order_id]

        oldest: dict[str, Any] = {"first": 1, "order": {"field": "CREATED_AT", "direction": "ASC"}}
        first = await quotes_of(MACBOOK, **oldest)
        second = await quotes_of(MACBOOK, after=first["pageInfo"]["endCursor"], **oldest)
        assert (order_ids(first), order_ids(second)) == ([twice.order_id], [both.order_id])
        assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
        assert order_ids(await quotes_of(MACBOOK, filter={"status": ["REJECTED"]})) == []

        nested = "{ products(first: 50) { nodes { quotes(first: 2) { nodes { id } } } } }"
        assert await api.statements.of(api, nested) == 2


@everywhere
async def test_a_kit_leads_to_the_quotes_that_were_made_from_it(new_database: MakeDatabase, dialect, executor):
    async with running(await new_database(dialect), executor=executor) as api:
        desk, booth = await a_kit(api, "Desk"), await a_kit(api, "Booth")
        made = await a_quote(api, an_item(device={"kitId": desk}))
        extended = await a_quote(api)
        await api.act("addItems", {"quoteId": extended.id, "items": [an_item(device={"kitId": desk})]})
        query = """{ kits(first: 5, orderBy: { field: NAME, direction: ASC }) { nodes { id quotes {
            totalCount nodes { orderId items { kit { name } } } } } } }"""

        nodes = (await api.data(query))["kits"]["nodes"]

        assert [it["id"] for it in nodes] == [booth, desk]
        assert nodes[0]["quotes"] == {"totalCount": 0, "nodes": []}
        assert (order_ids(nodes[1]["quotes"]), nodes[1]["quotes"]["totalCount"]) == (
            [extended.order_id, made.order_id],
            2,
        )
        kits = [[it["kit"] for it in quote["items"]] for quote in nodes[1]["quotes"]["nodes"]]
        assert kits == [[None, {"name": "Desk"}, {"name": "Desk"}], [{"name": "Desk"}] * 2]

        await api.act("deleteKit", {"kitId": desk})
        left = await api.data("query($id: ID!) { quote(by: { id: $id }) { items { kit { id } } } }", {"id": made.id})
        assert left["quote"]["items"] == [{"kit": None}] * 2
