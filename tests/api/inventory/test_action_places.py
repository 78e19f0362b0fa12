"""Device actions against where devices are: refused where the device is not, overridden by operators, to and from
offices."""

from typing import Any

import pytest

from tests.api.support.inventory_inputs import a_person, an_action, an_asset, an_external_action
from tests.api.support.makers import codes
from tests.api.support.running import Running, on_both_databases

BRUNO = a_person("Bruno Silva")
ACTION = "deviceAction { id status overrideReason newOffice { name country } newRecipient { name } }"
COMPLETED = {"to": "COMPLETED"}


async def stock(api: Running, *assets: dict[str, Any]) -> None:
    assert codes(await api.act("addAssets", {"assets": list(assets)})) == []


async def ask(api: Running, key: str | None = None, **given: Any) -> Any:
    return await api.act("createDeviceAction", an_action(**given), ACTION, key=key)


async def complete(api: Running, action: Any, **given: Any) -> Any:
    step = {"deviceActionId": action["id"], **given}
    if action["status"] == "PENDING":
        await api.act("advanceDeviceAction", {**step, "to": "IN_PROGRESS"}, key=api.operator)
    return await api.act("advanceDeviceAction", {**step, **COMPLETED}, ACTION, key=api.operator)


async def place(api: Running, serial: str = "C02XK1") -> Any:
    query = "query($s: String!) { asset(by: {serialNumber: $s}) { status location { type name } } }"
    found = (await api.data(query, {"s": serial}))["asset"]
    return found["status"], found["location"]["type"], found["location"]["name"]


@on_both_databases
@pytest.mark.parametrize(
    ("kind", "owner", "given", "status"),
    [
        ("ASSIGN", "Ana Rodríguez", {}, "IN_USE"),
        ("REASSIGN", None, {}, "IN_STORAGE"),
        ("REASSIGN", "Ana Rodríguez", {"newRecipient": a_person()}, "IN_USE"),
        ("RETRIEVAL", None, {}, "IN_STORAGE"),
        ("STORE", None, {}, "IN_STORAGE"),
        ("RETRIEVAL", "Bruno Silva", {}, "IN_USE"),
        ("DISPOSE", "Bruno Silva", {}, "IN_USE"),
    ],
)
async def test_a_device_that_is_not_where_an_action_takes_it_from_is_left_there(api, kind, owner, given, status):
    await stock(api, an_asset(employee=owner))
    before = await api.contents()
    payload = await ask(api, kind=kind, **given)
    assert [(it["__typename"], it["code"], it["path"], it["currentStatus"]) for it in payload["userErrors"]] == [
        ("ConflictError", "WRONG_STATUS", ["serialNumber"], status)
    ]
    assert "The device is " in payload["userErrors"][0]["message"]
    assert await api.contents() == before


async def test_one_device_elsewhere_refuses_the_whole_batch_at_its_place(api):
    await stock(api, an_asset("A-1", employee="Ana Rodríguez"), an_asset("B-2"))
    batch = {"actions": [an_action("A-1", "RETRIEVAL"), an_action("B-2", "RETRIEVAL")]}
    payload = await api.act("createDeviceActions", batch)
    assert [(it["code"], it["path"]) for it in payload["userErrors"]] == [
        ("WRONG_STATUS", ["actions", "1", "serialNumber"])
    ]
    assert await api.rows("device_actions") == []


@on_both_databases
async def test_an_operator_overrides_a_place_for_a_reason_that_the_history_keeps(api):
    await stock(api, an_asset())
    manager = await api.key("device_actions:write", "device_actions:read", "logistics:manage")
    overriding = {"override": True, "overrideReason": "It is still on her desk"}
    payload = await ask(api, manager, kind="RETRIEVAL", **overriding)
    assert (payload["userErrors"], payload["deviceAction"]["overrideReason"]) == ([], "It is still on her desk")

    done = await complete(api, payload["deviceAction"])
    assert (done["userErrors"], await place(api)) == ([], ("IN_STORAGE", "STORAGE", None))
    query = """query($id: ID!) { deviceAction(by: {id: $id}) { history(first: 10) { nodes {
        type actor { name } fieldChanges { field from to }
    } } } }"""
    history = (await api.data(query, {"id": done["deviceAction"]["id"]}))["deviceAction"]["history"]["nodes"]
    events = [(it["type"], it["actor"]["name"], it["fieldChanges"]) for it in history if it["fieldChanges"]]
    reason = {"field": "overrideReason", "from": None, "to": "It is still on her desk"}
    assert events == [("DEVICE_ACTION_CREATED", "A test's key", [reason])]


@pytest.mark.parametrize(
    ("given", "operator", "path", "code"),
    [
        ({"override": True, "overrideReason": "I say so"}, False, "override", "NOT_ALLOWED"),
        ({"override": True}, True, "overrideReason", "REQUIRED"),
        ({"override": True, "overrideReason": " "}, True, "overrideReason", "REQUIRED"),
        ({"override": True, "overrideReason": "x" * 5_001}, True, "overrideReason", "TOO_LONG"),
        ({"overrideReason": "I say so"}, True, "overrideReason", "NOT_ALLOWED"),
    ],
)
async def test_an_override_is_an_operators_and_has_a_reason(api, given, operator, path, code):
    await stock(api, an_asset())
    scopes = ["device_actions:write", "device_actions:read", *(["logistics:manage"] if operator else [])]
    key = await api.key(*scopes)
    payload = await ask(api, key, kind="RETRIEVAL", **given)
    assert (path, code) in [(it["path"][0], it["code"]) for it in payload["userErrors"]]
    assert await api.rows("device_actions") == []


@on_both_databases
async def test_an_action_of_a_device_that_is_elsewhere_meanwhile_is_completed_only_by_an_override(api):
    external = an_external_action("C02XK1", "RETRIEVAL")
    made = await api.act("createExternalDeviceAction", external, ACTION)
    # Then somebody adds the device, and has it with another person.
    await stock(api, an_asset(employee="Bruno Silva"))
    refused = await complete(api, made["deviceAction"])
    assert [(it["code"], it["currentStatus"]) for it in refused["userErrors"]] == [("WRONG_STATUS", "IN_USE")]
    assert "with Bruno Silva" in refused["userErrors"][0]["message"]
    assert await place(api) == ("IN_USE", "PERSON", "Bruno Silva")

    done = await complete(api, made["deviceAction"], override=True, overrideReason="Ana had it")
    assert (done["userErrors"], done["deviceAction"]["overrideReason"]) == ([], "Ana had it")
    assert await place(api) == ("IN_STORAGE", "STORAGE", None)


@on_both_databases
async def test_a_device_goes_to_an_office_from_office_to_office_and_back(api):
    await stock(api, an_asset())
    office = {"name": "Office MVD", "country": "Uruguay", "address": "10 Main Street"}
    to: dict[str, Any] = {"newRecipient": None, "newOffice": office}
    payload = await ask(api, kind="ASSIGN", **to)
    action = payload["deviceAction"]
    assert (action["newOffice"], action["newRecipient"]) == ({"name": "Office MVD", "country": "UY"}, None)
    await complete(api, action)
    assert await place(api) == ("IN_USE", "OFFICE", "Office MVD")

    assert codes(await ask(api, kind="ASSIGN")) == ["WRONG_STATUS"]
    assert codes(await ask(api, kind="REASSIGN", **to)) == ["WRONG_STATUS"]
    elsewhere: dict[str, Any] = {"newRecipient": None, "newOffice": {"name": "Office SP", "country": "BR"}}
    await complete(api, (await ask(api, kind="REASSIGN", **elsewhere))["deviceAction"])
    assert await place(api) == ("IN_USE", "OFFICE", "Office SP")
    await complete(api, (await ask(api, kind="REASSIGN"))["deviceAction"])
    assert await place(api) == ("IN_USE", "PERSON", "Bruno Silva")
    back = await ask(api, kind="REASSIGN", currentUser=BRUNO, **elsewhere)
    await complete(api, back["deviceAction"])
    retrieved = (await ask(api, kind="RETRIEVAL"))["deviceAction"]
    # The vendor moves devices of people, so an operator does this.
    assert retrieved["status"] == "IN_PROGRESS"
    await complete(api, retrieved)
    assert await place(api) == ("IN_STORAGE", "STORAGE", None)


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"kind": "ASSIGN", "newOffice": {"name": "HQ"}}, ["newOffice"], "NOT_ALLOWED"),
        ({"kind": "DISPOSE", "newOffice": {"name": "HQ"}}, ["newOffice"], "NOT_ALLOWED"),
        ({"kind": "ASSIGN", "newRecipient": None}, ["newRecipient"], "REQUIRED"),
        ({"kind": "ASSIGN", "newRecipient": None, "newOffice": {"name": " "}}, ["newOffice", "name"], "REQUIRED"),
        (
            {"kind": "ASSIGN", "newRecipient": None, "newOffice": {"name": "HQ", "country": "Atlantis"}},
            ["newOffice", "country"],
            "INVALID_COUNTRY",
        ),
    ],
)
async def test_an_office_that_cannot_be_meant_is_refused_at_its_place(api, given, path, code):
    await stock(api, an_asset())
    payload = await ask(api, **given)
    assert [(it["path"], it["code"]) for it in payload["userErrors"]] == [(path, code)]


async def test_an_external_device_is_not_reassigned_to_who_has_it(api):
    given = an_external_action("X-1", "REASSIGN", newRecipient=a_person())
    payload = await api.act("createExternalDeviceAction", given)
    assert [(it["path"], it["code"]) for it in payload["userErrors"]] == [(["newRecipient"], "WRONG_STATUS")]
