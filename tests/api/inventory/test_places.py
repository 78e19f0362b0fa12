"""Where assets are: with a person, in storage, or at an office."""

import pytest

from tests.api.support.inventory_inputs import an_asset
from tests.api.support.makers import a_quote, a_recipient, an_item, codes
from tests.api.support.running import Running, on_both_databases

PLACE = "serialNumber status employeeName location { type name }"


async def places(api: Running, arguments: str = "") -> list[tuple[str, str, str | None]]:
    found = (await api.data(f"{{ assets{arguments} {{ nodes {{ {PLACE} }} }} }}"))["assets"]["nodes"]
    return sorted((it["serialNumber"], it["location"]["type"], it["location"]["name"]) for it in found)


async def delivered(api: Running, serial: str, **recipient) -> None:
    quote = await a_quote(api, an_item(recipients=[a_recipient(**recipient)]))
    assert codes(await api.act("acceptItem", {"itemId": quote.item}, key=api.operator)) == []
    device = {"recipientId": quote.recipient}
    await api.act("setRecipientSerialNumbers", {**device, "serialNumbers": [serial]}, key=api.operator)
    assert codes(await api.act("deliverRecipient", device, key=api.operator)) == []


@on_both_databases
async def test_what_is_delivered_is_where_it_was_sent_and_is_found_there(api):
    await delivered(api, "A-1", name="Ana Rodríguez")
    await delivered(api, "B-2", name="Office MVD", email=None, destination="OFFICE")
    await delivered(api, "C-3", name="Shelf 4", email=None, isForStorage=True)
    assert await places(api) == [
        ("A-1", "PERSON", "Ana Rodríguez"),
        ("B-2", "OFFICE", "Office MVD"),
        ("C-3", "STORAGE", "Shelf 4"),
    ]
    assert [it[0] for it in await places(api, "(filter: {location: {type: OFFICE}})")] == ["B-2"]
    assert [it[0] for it in await places(api, "(filter: {location: {type: [PERSON, STORAGE]}})")] == ["A-1", "C-3"]
    assert [it[0] for it in await places(api, '(filter: {location: {name: " office mvd"}})')] == ["B-2"]
    assert [it[0] for it in await places(api, '(filter: {location: {name: "ANA RODRÍGUEZ"}})')] == ["A-1"]
    assert await places(api, '(filter: {location: {type: STORAGE, name: "Office MVD"}})') == []
    assert await places(api, "(filter: {location: {type: []}})") == []
    assert [it[0] for it in await places(api, '(filter: {status: IN_USE, search: "mvd"})')] == ["B-2"]

    at_office = (await api.data('{ asset(by: {serialNumber: "B-2"}) { status employeeName employee { id } } }'))[
        "asset"
    ]
    assert at_office == {"status": "IN_USE", "employeeName": None, "employee": None}


@on_both_databases
async def test_a_device_is_added_where_it_is(api):
    stock = [
        an_asset("A-1", location={"type": "PERSON", "name": "ana@people.example"}),
        an_asset("B-2", location={"type": "OFFICE", "name": "Office MVD"}),
        an_asset("C-3", location={"type": "STORAGE"}),
        an_asset("D-4", employee="Bruno Silva", location={"type": "PERSON"}),
    ]
    assert codes(await api.act("addAssets", {"assets": stock})) == []
    assert await places(api) == [
        ("A-1", "PERSON", "Ana Rodríguez"),
        ("B-2", "OFFICE", "Office MVD"),
        ("C-3", "STORAGE", None),
        ("D-4", "PERSON", "Bruno Silva"),
    ]


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"location": {"type": "OFFICE"}}, "name", "REQUIRED"),
        ({"location": {"type": "PERSON", "name": " "}}, "name", "REQUIRED"),
        ({"location": {"type": "OFFICE", "name": "x" * 201}}, "name", "TOO_LONG"),
        ({"location": {"type": "OFFICE", "name": "HQ"}, "employee": "Ana"}, "type", "NOT_ALLOWED"),
        ({"location": {"type": "STORAGE"}, "employee": "Ana"}, "type", "NOT_ALLOWED"),
        ({"location": {"type": "PERSON", "name": "Bruno"}, "employee": "Ana"}, "name", "NOT_ALLOWED"),
    ],
)
async def test_a_place_that_cannot_be_is_refused(api, given, path, code):
    payload = await api.act("addAssets", {"assets": [an_asset(**given)]})
    assert [(it["path"], it["code"]) for it in payload["userErrors"]] == [(["assets", "0", "location", path], code)]
    assert await places(api) == []


async def test_a_place_is_part_of_the_row_and_costs_no_statement_of_its_own(api):
    await api.act("addAssets", {"assets": [an_asset(f"S-{number}") for number in range(5)]})
    without = await api.statements.of(api, "{ assets { nodes { serialNumber } } }")
    assert await api.statements.of(api, f"{{ assets {{ nodes {{ {PLACE} }} }} }}") == without
