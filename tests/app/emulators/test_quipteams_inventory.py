"""The emulated quipteams has assets, devices and device actions as its documents say."""

import pytest
import pytest_asyncio

from tests.adapters.connections.quipteams.samples import ASSET, ASSET_IN_USE, DEVICE_ACTION
from tests.adapters.connections.quipteams.there import quipteams

STORED, USED = ASSET["serial_number"], ASSET_IN_USE["serial_number"]
ANA = {"name": "Ana", "email": "ana@example.org"}
ACTION = {"action_type": "Store", "serial_number": STORED, "current_user": ANA}
EXTERNAL = {**ACTION, "serial_number": "EXT1", "model": "XPS 13", "type": "Laptop", "country": "Chile"}
DEVICE = {"serial_number": "NEW1", "device_type": "Monitor", "country": "Chile", "description": "P27"}
IN_DETAIL = {"notes", "status_timestamps", "notification_emails", "batch_id", "requested_by", "user_email", "comments"}


@pytest_asyncio.fixture
async def there(tmp_path):
    async with quipteams(tmp_path) as there:
        await there.add("asset", ASSET, ASSET_IN_USE)
        yield there


def code(answer):
    return answer[0], answer[1]["error"]["code"]


# ---- assets and devices


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ({}, [STORED]),
        ({"status": "in_storage"}, [STORED]),
        ({"status": "in_use"}, [USED]),
        ({"status": "all"}, [STORED, USED]),
        ({"status": "all", "serial_number": USED}, [USED]),
        ({"status": "all", "serial_number": USED.lower()}, []),
        ({"status": "all", "country": "uruguay"}, [STORED]),
        ({"status": "all", "country": "urug"}, []),
        ({"status": "all", "device_type": "Laptop"}, [STORED]),
        ({"status": "all", "search": "bo li"}, [USED]),
        ({"status": "all", "search": "macbook"}, [STORED]),
        ({"status": "all", "search": USED[-3:].lower()}, [USED]),
        ({"status": "all", "item_id": "another"}, [USED]),
        ({"status": "all", "item_id": ASSET["id"]}, [STORED, USED]),
    ],
)
async def test_assets_are_filtered(there, query, serials):
    assert [it["serial_number"] for it in await there.data("GET", "assets", **query)] == serials


async def test_a_filter_of_assets_that_is_wrong_is_a_400(there):
    for query in ({"status": "lost"}, {"device_type": "Car"}):
        assert code(await there.call("GET", "assets", **query)) == (400, "VALIDATION_ERROR")


async def test_what_is_in_use_comes_after_what_has_dates_whatever_the_order(there):
    for sort in ("created_at", "-created_at", "updated_at", "-updated_at"):
        found = await there.data("GET", "assets", status="all", sort=sort)
        assert [it["serial_number"] for it in found] == [STORED, USED]


async def test_a_new_device_is_in_storage_or_with_an_employee(there):
    status, answer, _ = await there.call("POST", "devices", {**DEVICE, "cost": 120.5, "condition": "New"})
    added = answer["data"]
    assert status == 201
    assert (added["cost"], added["quantity"], added["completion_date"]) == (120.5, 1, None)
    assert "price" not in added
    await there.data("POST", "devices", {**DEVICE, "serial_number": "NEW2", "employee": "Ana"})
    found = {it["serial_number"]: it for it in await there.data("GET", "assets", status="all")}
    assert (found["NEW1"]["status"], found["NEW1"]["price"]) == ("in_storage", 120.5)
    assert (found["NEW2"]["status"], found["NEW2"]["id"]) == ("in_use", None)


@pytest.mark.parametrize("name", ["serial_number", "device_type", "country", "description"])
async def test_a_new_device_needs_its_fields(there, name):
    status, answer, _ = await there.call("POST", "devices", {**DEVICE, name: None})
    assert (status, answer["error"]["details"]) == (400, {"path": name})


@pytest.mark.parametrize("wrong", [{"device_type": "Car"}, {"cost": "a lot"}])
async def test_a_new_device_with_a_wrong_field_is_a_400(there, wrong):
    assert code(await there.call("POST", "devices", {**DEVICE, **wrong})) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("serial", [STORED.lower(), USED])
async def test_a_serial_number_that_exists_is_a_conflict(there, serial):
    assert code(await there.call("POST", "devices", {**DEVICE, "serial_number": serial})) == (409, "CONFLICT")


# ---- device actions


async def test_a_device_action_takes_its_device_from_the_inventory_and_starts_in_progress(there):
    status, answer, _ = await there.call("POST", "device-actions", {**ACTION, "wipe": True, "notes": "Ring"})
    action = answer["data"]
    assert status == 201
    assert (action["action_id"], action["status"], action["wipe"]) == ("DA-2026-0001", "In Progress", True)
    device = {"serial_number": STORED, "model": "MacBook Air 13", "type": "Laptop", "country": "Uruguay"}
    assert action["device"] == device
    assert action.keys() == DEVICE_ACTION.keys()


async def test_a_device_that_is_in_use_can_have_an_action_too(there):
    assert (await there.call("POST", "device-actions", {**ACTION, "serial_number": USED}))[0] == 201


async def test_a_device_has_one_active_action(there):
    first = await there.data("POST", "device-actions", ACTION)
    again = {**ACTION, "serial_number": STORED.lower()}
    assert code(await there.call("POST", "device-actions", again)) == (409, "CONFLICT")
    await there.control(f"device-actions/{first['id']}", {"status": "Completed"})
    assert (await there.call("POST", "device-actions", again))[0] == 201


async def test_the_standard_endpoint_is_for_the_inventory_and_the_external_one_for_others(there):
    assert code(await there.call("POST", "device-actions", EXTERNAL)) == (404, "NOT_FOUND")
    inside = {**EXTERNAL, "serial_number": USED}
    assert code(await there.call("POST", "device-actions/external", inside)) == (409, "CONFLICT")
    action = await there.data("POST", "device-actions/external", EXTERNAL)
    assert action["device"] == {"serial_number": "EXT1", "model": "XPS 13", "type": "Laptop", "country": "Chile"}
    by_other_names = {**ACTION, "serial_number": "EXT2", "description": "P27", "device_type": "Monitor"}
    action = await there.data("POST", "device-actions/external", {**by_other_names, "country": "Chile"})
    assert (action["device"]["model"], action["device"]["type"]) == ("P27", "Monitor")


@pytest.mark.parametrize(
    ("endpoint", "body", "path"),
    [
        ("", {**ACTION, "action_type": "Explode"}, "action_type"),
        ("", {**ACTION, "serial_number": ""}, "serial_number"),
        ("", {**ACTION, "current_user": None}, "current_user"),
        ("", {**ACTION, "current_user": {"name": "Ana"}}, "current_user.email"),
        ("", {**ACTION, "current_user": {"email": "a@example.org"}}, "current_user.name"),
        ("", {**ACTION, "action_type": "Assign"}, "new_recipient"),
        ("", {**ACTION, "action_type": "Reassign", "new_recipient": {"name": "Bo"}}, "new_recipient.email"),
        ("", {**ACTION, "wipe": "yes"}, "wipe"),
        ("/external", {**EXTERNAL, "model": None}, "model"),
        ("/external", {**EXTERNAL, "type": None}, "type"),
        ("/external", {**EXTERNAL, "country": None}, "country"),
    ],
)
async def test_a_device_action_that_is_wrong_is_a_400_that_names_the_field(there, endpoint, body, path):
    status, answer, _ = await there.call("POST", f"device-actions{endpoint}", body)
    assert (status, answer["error"]["code"], answer["error"]["details"]) == (400, "VALIDATION_ERROR", {"path": path})


async def test_a_list_has_less_than_the_action_itself_which_is_found_by_either_id(there):
    await there.add("device_action", DEVICE_ACTION)
    [row] = await there.data("GET", "device-actions")
    assert DEVICE_ACTION.keys() - row.keys() == IN_DETAIL
    for id_ in (DEVICE_ACTION["id"], DEVICE_ACTION["action_id"]):
        assert await there.data("GET", f"device-actions/{id_}") == DEVICE_ACTION
    assert code(await there.call("GET", "device-actions/no")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "in_transit"}, 1),
        ({"status": "Completed"}, 0),
        ({"action_type": "reassign"}, 1),
        ({"action_type": "Store"}, 0),
        ({"serial_number": STORED[2:8].lower()}, 1),
        ({"created_after": "2026-02-01T00:00:00Z"}, 0),
        ({"created_before": "2026-02-01T00:00:01Z"}, 1),
    ],
)
async def test_device_actions_are_filtered(there, query, found):
    await there.add("device_action", DEVICE_ACTION)
    assert len(await there.data("GET", "device-actions", **query)) == found


async def test_a_device_action_has_its_asset_if_that_is_asked_for(there):
    await there.add("device_action", DEVICE_ACTION)
    [row] = await there.data("GET", "device-actions", include_asset="true")
    assert row["asset"] == ASSET
    assert (await there.data("GET", f"device-actions/{row['id']}", include_asset="true"))["asset"] == ASSET
    assert code(await there.call("GET", "device-actions", include_asset="yes")) == (400, "VALIDATION_ERROR")
