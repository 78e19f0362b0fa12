"""Device actions over HTTP: asking, moving along, and where the device is then."""

from typing import Any

import pytest

from tests.api.support.inventory_inputs import a_person, an_action, an_asset, an_external_action
from tests.api.support.makers import codes
from tests.api.support.running import Running, on_both_databases
from tests.api.support.world import NOBODY

ACTION = "deviceAction { id actionId status device { serialNumber model type country } }"


async def stock(api: Running, *assets: dict[str, Any]) -> None:
    payload = await api.act("addAssets", {"assets": list(assets) or [an_asset()]})
    assert payload["userErrors"] == []


async def ask(api: Running, **given: Any) -> Any:
    """A new action; `given` as for `an_action`."""
    payload = await api.act("createDeviceAction", an_action(**given), ACTION)
    assert payload["userErrors"] == []
    return payload["deviceAction"]


async def advance(api: Running, action: Any, to: str | None = None, **given: Any) -> Any:
    step = {"deviceActionId": action["id"], "to": to, **given}
    return await api.act("advanceDeviceAction", step, "deviceAction { status }", key=api.operator)


async def asset(api: Running, serial: str = "C02XK1") -> Any:
    query = """query($serial: String!) { asset(by: {serialNumber: $serial}) {
        status country employeeName employee { name } currentAction { status } deviceActions { totalCount }
    } }"""
    return (await api.data(query, {"serial": serial}))["asset"]


@on_both_databases
async def test_an_action_knows_its_device_from_the_inventory(api):
    await stock(api, an_asset("c02xk1", country="BR"))
    action = await ask(api, serial=" C02XK1")
    assert action["device"] == {
        "serialNumber": "c02xk1",
        "model": "MacBook Pro 14",
        "type": "LAPTOP",
        "country": "BR",
    }
    year = (await api.data("{ deviceActions { nodes { createdAt } } }"))["deviceActions"]["nodes"][0]["createdAt"][:4]
    assert action["actionId"] == f"DA-{year}-0001"
    by_number = "query($number: String!) { deviceAction(by: {actionId: $number}) { id } }"
    assert (await api.data(by_number, {"number": action["actionId"].lower()}))["deviceAction"]["id"] == action["id"]
    assert (await asset(api))["currentAction"] is not None


@on_both_databases
@pytest.mark.parametrize(
    ("kind", "owner", "after"),
    [
        ("STORE", "Ana Rodríguez", ("IN_STORAGE", None)),
        ("RETRIEVAL", "Ana Rodríguez", ("IN_STORAGE", None)),
        ("ASSIGN", None, ("IN_USE", "Bruno Silva")),
        ("REASSIGN", "Ana Rodríguez", ("IN_USE", "Bruno Silva")),
        ("DISPOSE", None, ("RETIRED", None)),
    ],
)
async def test_completing_an_action_moves_the_asset(api, kind, owner, after):
    await stock(api, an_asset(employee=owner))
    before = await asset(api)
    action = await ask(api, kind=kind)
    for status in ("IN_PROGRESS", "IN_TRANSIT"):
        assert (await advance(api, action, status))["deviceAction"]["status"] == status
        assert (await asset(api))["status"] == before["status"]

    payload = await advance(api, action)

    moved = await asset(api)
    assert (moved["status"], moved["employeeName"]) == after
    assert (moved["employee"] or {}).get("name") == after[1]
    assert (moved["currentAction"], moved["deviceActions"]["totalCount"]) == (None, 1)
    expected = {"DeviceAction": "COMPLETED"}
    if before["status"] != after[0]:
        expected["Asset"] = after[0]
    assert {it["node"]["__typename"]: it["to"] for it in payload["changes"]} == expected


@on_both_databases
async def test_a_device_has_one_action_that_is_not_over(api):
    await stock(api)
    first = await ask(api)
    payload = await api.act("createDeviceAction", an_action("c02xk1", "DISPOSE"), ACTION)
    [error] = payload["userErrors"]
    assert (error["__typename"], error["code"], error["path"]) == ("ConflictError", "ACTIVE_ACTION", ["serialNumber"])
    assert error["node"]["id"] == first["id"]
    assert first["actionId"] in error["message"]

    await api.act("cancelDeviceAction", {"deviceActionId": first["id"]})
    assert (await ask(api, kind="DISPOSE"))["actionId"].endswith("0002")


@on_both_databases
async def test_an_external_device_must_not_be_in_the_inventory_and_an_own_one_must(api):
    payload = await api.act("createDeviceAction", an_action())
    assert [(it["__typename"], it["code"], it["path"]) for it in payload["userErrors"]] == [
        ("ValidationError", "UNKNOWN_REFERENCE", ["serialNumber"])
    ]
    payload = await api.act("createExternalDeviceAction", an_external_action("EXT-1"), ACTION)
    assert payload["userErrors"] == []
    assert payload["deviceAction"]["device"] == {
        "serialNumber": "EXT-1",
        "model": "ThinkPad T14",
        "type": "LAPTOP",
        "country": "BR",
    }
    payload = await api.act("createExternalDeviceAction", an_external_action("System Serial Number"))
    assert [(it["code"], it["path"]) for it in payload["userErrors"]] == [("INVALID_SERIAL", ["serialNumber"])]
    await stock(api)
    payload = await api.act("createExternalDeviceAction", an_external_action("c02xk1"))
    assert [(it["__typename"], it["code"], it["path"]) for it in payload["userErrors"]] == [
        ("ConflictError", "IN_INVENTORY", ["serialNumber"])
    ]


@on_both_databases
async def test_a_wipe_that_was_asked_for_comes_before_the_end(api):
    await stock(api, an_asset(employee="Ana Rodríguez"))
    action = await ask(api, kind="STORE", isWipeRequired=True)
    await advance(api, action)
    await advance(api, action, "IN_TRANSIT")
    refused = await advance(api, action, "COMPLETED")
    assert codes(refused) == ["WIPE_PENDING"]
    subject = {"deviceActionId": action["id"]}
    wiped = await api.act("completeWipe", subject, "deviceAction { isWipeCompleted }", key=api.operator)
    assert wiped["deviceAction"] == {"isWipeCompleted": True}
    assert (await advance(api, action, "COMPLETED"))["deviceAction"]["status"] == "COMPLETED"
    assert codes(await api.act("completeWipe", subject, key=api.operator)) == []


async def test_a_wipe_nobody_asked_for_cannot_be_completed(api):
    await stock(api)
    action = await ask(api)
    payload = await api.act("completeWipe", {"deviceActionId": action["id"]}, key=api.operator)
    assert codes(payload) == ["NO_WIPE"]


async def test_an_action_goes_only_where_its_table_leads_and_stays_where_it_is(api):
    await stock(api)
    action = await ask(api)
    assert codes(await advance(api, action, "CANCELLED")) == ["NOT_ALLOWED"]
    assert (await advance(api, action, "IN_PROGRESS"))["changes"] == []
    assert codes(await advance(api, action, "COMPLETED", dryRun=True)) == []
    assert (await advance(api, action))["deviceAction"]["status"] == "IN_TRANSIT"
    on_its_way = await api.act("cancelDeviceAction", {"deviceActionId": action["id"]})
    assert [(it["code"], it["currentStatus"], it["attemptedStatus"]) for it in on_its_way["userErrors"]] == [
        ("WRONG_STATUS", "IN_TRANSIT", "CANCELLED")
    ]
    turned = await advance(api, action, "IN_PROGRESS")
    assert turned["deviceAction"]["status"] == "IN_PROGRESS"
    await advance(api, action, "IN_TRANSIT")
    await advance(api, action)
    assert codes(await advance(api, action)) == ["WRONG_STATUS"]
    assert codes(await advance(api, action, "COMPLETED")) == []


async def test_a_retired_device_is_left_alone(api):
    await stock(api)
    action = await ask(api, kind="DISPOSE")
    await advance(api, action, "COMPLETED")
    payload = await api.act("createDeviceAction", an_action())
    assert [(it["__typename"], it["code"], it["currentStatus"]) for it in payload["userErrors"]] == [
        ("ConflictError", "ASSET_RETIRED", "RETIRED")
    ]


@on_both_databases
async def test_a_batch_is_made_as_a_whole_or_not_at_all(api):
    await stock(api, *(an_asset(f"L-{number}", employee="Ana Rodríguez") for number in range(5)))
    await ask(api, serial="L-3")
    batch = {"actions": [an_action(f"L-{number}", "RETRIEVAL", isWipeRequired=True) for number in range(5)]}
    selection = "deviceActions { batchId actionId device { serialNumber } }"
    refused = await api.act("createDeviceActions", batch, selection)
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [
        ("ACTIVE_ACTION", ["actions", "3", "serialNumber"])
    ]
    assert refused["deviceActions"] == []
    assert (await api.data("{ deviceActions { totalCount } }"))["deviceActions"]["totalCount"] == 1

    batch["actions"].pop(3)
    made = (await api.act("createDeviceActions", batch, selection))["deviceActions"]
    assert [it["device"]["serialNumber"] for it in made] == ["L-0", "L-1", "L-2", "L-4"]
    assert len({it["batchId"] for it in made}) == 1
    assert len({it["actionId"] for it in made}) == 4
    found = await api.data(
        "query($batch: String!) { deviceActions(filter: {batchId: $batch}) { totalCount } }",
        {"batch": made[0]["batchId"]},
    )
    assert found["deviceActions"]["totalCount"] == 4


async def test_one_device_cannot_be_named_twice_in_a_batch(api):
    await stock(api)
    payload = await api.act("createDeviceActions", {"actions": [an_action(), an_action("c02XK1")]})
    assert [(it["code"], it["path"]) for it in payload["userErrors"]] == [
        ("DUPLICATE_SERIAL", ["actions", "1", "serialNumber"])
    ]


@on_both_databases
async def test_actions_are_found_by_what_is_done_to_what_and_how_far_it_has_come(api):
    await stock(api, an_asset("ABC-1"), an_asset("XYZ-2"))
    stored = await ask(api, serial="ABC-1")
    await ask(api, serial="XYZ-2", kind="ASSIGN")
    await advance(api, stored, "IN_TRANSIT")

    async def found(filter: str) -> list[str]:
        query = f"{{ deviceActions(filter: {{{filter}}}) {{ nodes {{ device {{ serialNumber }} }} }} }}"
        return [it["device"]["serialNumber"] for it in (await api.data(query))["deviceActions"]["nodes"]]

    assert await found("") == ["XYZ-2", "ABC-1"]
    assert await found("status: [IN_TRANSIT]") == ["ABC-1"]
    assert await found("type: [ASSIGN, STORE]") == ["XYZ-2"]
    assert await found('serialNumber: "bc-"') == ["ABC-1"]
    assert await found('createdAt: {before: "2020-01-01T00:00:00Z"}') == []
    assert await found('createdAt: {after: "2020-01-01T00:00:00Z"}') == ["XYZ-2", "ABC-1"]


async def test_both_people_of_an_action_find_it(api):
    await stock(api, an_asset(employee="Ana Rodríguez"))
    await ask(api, kind="REASSIGN")
    query = """{ employees { nodes { name deviceActions { totalCount nodes {
        currentEmployee { name } newEmployee { name } currentUser { email } newRecipient { email country }
    } } } } }"""
    people = (await api.data(query))["employees"]["nodes"]
    assert {it["name"]: it["deviceActions"]["totalCount"] for it in people} == {
        "Ana Rodríguez": 1,
        "Bruno Silva": 1,
        "Çağla Yılmaz": 0,
    }
    assert people[0]["deviceActions"]["nodes"] == [
        {
            "currentEmployee": {"name": "Ana Rodríguez"},
            "newEmployee": {"name": "Bruno Silva"},
            "currentUser": {"email": "ana@people.example"},
            "newRecipient": {"email": "bruno@people.example", "country": None},
        }
    ]


async def test_what_is_said_and_how_the_parcel_is_followed_is_kept(api):
    await stock(api)
    action = await ask(api)
    subject = {"deviceActionId": action["id"]}
    for message in ("First", "Second"):
        payload = await api.act("addDeviceActionComment", {**subject, "message": message}, "comment { message source }")
        assert payload["comment"] == {"message": message, "source": "api"}
    tracking = {**subject, "trackingCode": " UY1 ", "trackingLink": "https://carrier.example/1"}
    assert codes(await api.act("setDeviceActionTracking", tracking, key=api.operator)) == []
    assert codes(await api.act("setDeviceActionTracking", subject, key=api.operator)) == ["REQUIRED"]
    query = """query($id: ID!) { deviceAction(by: {id: $id}) {
        trackingCode trackingLink statusTimestamps { status } comments { nodes { message deviceAction { id } } }
    } }"""
    assert (await api.data(query, {"id": action["id"]}))["deviceAction"] == {
        "trackingCode": "UY1",
        "trackingLink": "https://carrier.example/1",
        "statusTimestamps": [{"status": "IN_PROGRESS"}],
        "comments": {
            "nodes": [{"message": it, "deviceAction": {"id": action["id"]}} for it in ("First", "Second")],
        },
    }


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"type": "ASSIGN"}, "newRecipient", "REQUIRED"),
        ({"newRecipient": a_person()}, "newRecipient", "NOT_ALLOWED"),
        ({"type": "DISPOSE", "isWipeRequired": True}, "isWipeRequired", "NOT_ALLOWED"),
        ({"serialNumber": " "}, "serialNumber", "REQUIRED"),
        ({"currentUser": a_person(email="ana")}, "currentUser.email", "INVALID_EMAIL"),
        ({"currentUser": a_person(country="Atlantis")}, "currentUser.country", "INVALID_COUNTRY"),
        ({"notificationEmails": ["a@b.example", "b"]}, "notificationEmails.1", "INVALID_EMAIL"),
    ],
)
async def test_a_wrong_value_of_an_action_is_refused_at_its_place(api, given, path, code):
    await stock(api)
    before = await api.contents()
    payload = await api.act("createDeviceAction", {**an_action(), **given})
    assert [(it["__typename"], it["path"], it["code"]) for it in payload["userErrors"]] == [
        ("ValidationError", path.split("."), code)
    ]
    assert await api.contents() == before


@pytest.mark.parametrize(
    "mutation",
    ["cancelDeviceAction", "advanceDeviceAction", "completeWipe", "addDeviceActionComment", "setDeviceActionTracking"],
)
async def test_an_action_out_of_reach_is_as_one_that_does_not_exist(api, mutation):
    await stock(api)
    action = await ask(api)
    foreigner = await api.key("device_actions:write", "logistics:manage", company="NORDLICHT")
    rest = {
        "addDeviceActionComment": {"message": "Hello"},
        "setDeviceActionTracking": {"trackingCode": "UY1"},
    }.get(mutation, {})
    foreign = await api.act(mutation, {"deviceActionId": action["id"], **rest}, key=foreigner)
    missing = await api.act(mutation, {"deviceActionId": NOBODY, **rest}, key=foreigner)
    wrong = await api.act(mutation, {"deviceActionId": "yesterday", **rest}, key=foreigner)
    assert foreign == missing
    assert [(it["__typename"], it["path"]) for it in foreign["userErrors"]] == [("NotFoundError", ["deviceActionId"])]
    assert codes(wrong) == ["INVALID_ID"]
