"""Serial numbers of what was bought here: a device is one asset, whatever was typed before it came or is corrected."""

from typing import Any

import pytest

from tests.api.fulfilment.test_shipments import an_accepted_quote, say
from tests.api.support.inventory_inputs import a_person, an_action, an_asset, an_external_action
from tests.api.support.makers import Made, a_recipient, an_item
from tests.api.support.running import Running, on_both_databases

ASSETS = """{ assets { nodes {
    id serialNumber status employeeName recipient { id } currentAction { id } deviceActions { totalCount }
} } }"""


async def number(api: Running, quote: Made, *serials: str) -> Any:
    payload = await say(api, "setRecipientSerialNumbers", quote.recipient, serialNumbers=list(serials))
    return payload["userErrors"]


async def deliver(api: Running, quote: Made, *serials: str) -> Any:
    assert await number(api, quote, *serials) == []
    return (await say(api, "deliverRecipient", quote.recipient))["userErrors"]


async def assets(api: Running) -> dict[str, Any]:
    return {it["serialNumber"]: it for it in (await api.data(ASSETS))["assets"]["nodes"]}


async def ask(api: Running, mutation: str, given: dict[str, Any]) -> Any:
    payload = await api.act(mutation, given, "deviceAction { id actionId }")
    assert payload["userErrors"] == []
    return payload["deviceAction"]


@on_both_databases
async def test_a_corrected_serial_number_is_the_same_assets_and_that_of_what_is_done_with_it(api):
    quote = await an_accepted_quote(api)
    assert await deliver(api, quote, "OLD-1") == []
    before = (await assets(api))["OLD-1"]
    action = await ask(api, "createDeviceAction", an_action("OLD-1", "RETRIEVAL"))

    assert await number(api, quote, "New-1") == []

    after = await assets(api)
    assert list(after) == ["New-1"]
    assert after["New-1"]["id"] == before["id"]
    assert after["New-1"]["currentAction"]["id"] == action["id"]
    query = "query($id: ID!) { deviceAction(by: {id: $id}) { device { serialNumber } asset { serialNumber } } }"
    assert (await api.data(query, {"id": action["id"]}))["deviceAction"] == {
        "device": {"serialNumber": "New-1"},
        "asset": {"serialNumber": "New-1"},
    }
    [movement] = await api.rows("movements")
    assert movement.serial_number == "New-1", "the vendor was not asked yet, so it is asked for the right device"
    free = {it["__typename"] for it in (await api.act("addAssets", {"assets": [an_asset("OLD-1")]}))["userErrors"]}
    assert free == set()


@on_both_databases
async def test_a_number_written_in_another_case_is_corrected_too(api):
    quote = await an_accepted_quote(api)
    assert await deliver(api, quote, "abc-1") == []
    action = await ask(api, "createDeviceAction", an_action("ABC-1", "RETRIEVAL"))
    assert await number(api, quote, "ABC-1") == []
    [only] = (await assets(api)).values()
    assert (only["serialNumber"], only["currentAction"]["id"]) == ("ABC-1", action["id"])


@on_both_databases
async def test_two_devices_with_actions_that_are_not_over_do_not_become_one(api):
    quote = await an_accepted_quote(api)
    assert await deliver(api, quote, "OLD-1") == []
    await ask(api, "createDeviceAction", an_action("OLD-1"))
    other = await ask(api, "createExternalDeviceAction", an_external_action("NEW-1"))
    before = await api.contents()

    [error] = await number(api, quote, "NEW-1")

    assert (error["__typename"], error["code"]) == ("ConflictError", "DUPLICATE_SERIAL")
    assert error["node"]["id"] == other["id"]
    assert other["actionId"] in error["message"]
    assert await api.contents() == before


@on_both_databases
async def test_a_number_that_another_device_has_is_no_correction(api):
    quote = await an_accepted_quote(api)
    assert await deliver(api, quote, "OLD-1") == []
    assert (await api.act("addAssets", {"assets": [an_asset("TAKEN-1")]}))["userErrors"] == []
    before = await api.contents()
    [error] = await number(api, quote, "taken-1")
    assert (error["__typename"], error["code"]) == ("ConflictError", "DUPLICATE_SERIAL")
    assert await api.contents() == before


@on_both_databases
async def test_each_device_of_one_recipient_is_an_asset_of_theirs_and_corrected_on_its_own(api):
    store = an_item(recipients=[a_recipient("Store", email=None, isForStorage=True)], quantity=3)
    quote = await an_accepted_quote(api, store)
    assert await deliver(api, quote, "A-1", "A-2") == []
    first = await assets(api)
    assert {it["recipient"]["id"] for it in first.values()} == {quote.recipient}

    assert await number(api, quote, "A-1", "B-2", "A-3") == []

    after = await assets(api)
    assert set(after) == {"A-1", "B-2", "A-3"}
    assert (after["A-1"]["id"], after["B-2"]["id"]) == (first["A-1"]["id"], first["A-2"]["id"])
    theirs = "query($id: ID!) { node(id: $id) { ... on Recipient { assets { serialNumber } } } }"
    listed = (await api.data(theirs, {"id": quote.recipient}))["node"]["assets"]
    assert [it["serialNumber"] for it in listed] == ["A-1", "B-2", "A-3"]


@on_both_databases
async def test_a_device_that_was_typed_in_before_its_delivery_is_taken_over(api):
    typed = an_asset("C02-1", description="Ana's new one")
    assert (await api.act("addAssets", {"assets": [typed]}))["userErrors"] == []
    before = (await assets(api))["C02-1"]
    quote = await an_accepted_quote(api)
    assert await deliver(api, quote, "c02-1") == []
    [after] = (await assets(api)).values()
    assert (after["id"], after["status"], after["recipient"]["id"]) == (before["id"], "IN_USE", quote.recipient)


async def _held(api: Running) -> None:
    typed = an_asset("C02-1", employee="someone.else@people.example")
    assert (await api.act("addAssets", {"assets": [typed]}))["userErrors"] == []


async def _busy(api: Running) -> None:
    assert (await api.act("addAssets", {"assets": [an_asset("C02-1")]}))["userErrors"] == []
    await ask(api, "createDeviceAction", an_action("C02-1", "ASSIGN", newRecipient=a_person("Bruno Silva")))


async def _retired(api: Running) -> None:
    assert (await api.act("addAssets", {"assets": [an_asset("C02-1")]}))["userErrors"] == []
    action = await ask(api, "createDeviceAction", an_action("C02-1", "DISPOSE"))
    for status in ("IN_TRANSIT", "COMPLETED"):
        step = {"deviceActionId": action["id"], "to": status}
        assert (await api.act("advanceDeviceAction", step, key=api.operator))["userErrors"] == []


@on_both_databases
@pytest.mark.parametrize("make", [_held, _busy, _retired])
async def test_a_device_that_is_gone_held_by_another_or_under_way_is_not_taken_over(api, make):
    await make(api)
    quote = await an_accepted_quote(api)
    assert await number(api, quote, "C02-1") == []
    before = await api.contents()
    [error] = (await say(api, "deliverRecipient", quote.recipient))["userErrors"]
    assert (error["__typename"], error["code"]) == ("ConflictError", "DUPLICATE_SERIAL")
    assert error["node"]["__typename"] == "Asset"
    assert await api.contents() == before
