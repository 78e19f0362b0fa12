"""What leads to quotes from elsewhere: a device to the quote that it was delivered for."""

import pytest

from tests.api.conftest import MakeDatabase
from tests.api.support.inventory_inputs import an_asset
from tests.api.support.makers import Made, a_quote
from tests.api.support.running import Running, running

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
