"""Device actions on devices of a connected system, over the API: pending, there, or refused with a comment."""

import asyncio

from domain.connections.records import ForeignAsset
from domain.connections.systems import Collection
from domain.inventory.assets import AssetStatus
from domain.shared.outbound_errors import Refused
from domain.use_cases.connections.saving import save_records
from tests.api.support.connected import connected
from tests.api.support.makers import codes
from tests.api.support.running import on_both_databases
from tests.fakes.connected_systems import Call

STATES = """id actionId status origin { system externalId } movement { type } comments { nodes { message authorName } }
    pendingChange { type status actor { name } connection { name } } lastChange { status reason settledAt }"""
SHOWN = f"query($id: ID!) {{ deviceAction(by: {{id: $id}}) {{ {STATES} }} }}"
GIVEN = {
    "type": "ASSIGN",
    "serialNumber": "S-1",
    "currentUser": {"name": "Ana", "email": "ana@people.example"},
    "newRecipient": {"name": "Bo", "email": "bo@people.example"},
}


async def a_device(api):
    """A connected system with a device that has been read."""
    there, deps = await connected(api), api.parts.deps
    async with deps.unit_of_work(there.scope) as work:
        connection = await work.connections.lock(there.connection.id)
        stored = ForeignAsset("S-1", "S-1", AssetStatus.IN_STORAGE, "UY", description="MacBook")
        await save_records(work, deps, connection, Collection.ASSETS, [stored], deps.now())
        await work.commit()
    return there


async def shown(api, action_id):
    return (await api.data(SHOWN, {"id": action_id}))["deviceAction"]


@on_both_databases
async def test_an_action_is_pending_until_it_is_there_and_then_it_is_the_one_there(api):
    there = await a_device(api)
    payload = await api.act("createDeviceAction", GIVEN, f"deviceAction {{ {STATES} }}")
    made = payload["deviceAction"]
    assert (payload["userErrors"], made["status"], made["origin"]) == ([], "PENDING", None)
    assert (made["pendingChange"]["type"], made["pendingChange"]["status"]) == ("CREATE", "REQUESTED")
    assert made["pendingChange"]["connection"] == {"name": there.connection.name}

    await there.work()
    found = await shown(api, made["id"])
    assert (found["status"], found["actionId"], found["movement"]) == ("IN_PROGRESS", "AST00000001", None)
    assert found["origin"] == {"system": "QUIPTEAMS", "externalId": "there-1"}
    assert (found["pendingChange"], found["lastChange"]["status"]) == (None, "CONFIRMED")
    assert {it.kind for it in await api.rows("jobs")} & {"PLACE_MOVEMENT", "SEND_DEVICE_ACTION"} == set()

    given = {"deviceActionId": made["id"]}
    assert codes(await api.act("cancelDeviceAction", given, key=api.operator)) == ["NOT_SUPPORTED_BY_ORIGIN"]


@on_both_databases
async def test_an_action_that_is_refused_there_is_cancelled_and_a_comment_says_why(api):
    there = await a_device(api)
    there.system.answers = [Call(does=False, failure=Refused("409 Busy.", 409, "The device is busy."))]
    payload = await api.act("createDeviceAction", GIVEN, "deviceAction { id }")
    await there.work()
    found = await shown(api, payload["deviceAction"]["id"])
    assert (found["status"], found["origin"]) == ("CANCELLED", None)
    assert [it["message"] for it in found["comments"]["nodes"]] == ["The device is busy."]
    assert (found["pendingChange"], found["lastChange"]["reason"]) == (None, "The device is busy.")


@on_both_databases
async def test_who_waits_is_answered_when_the_action_is_there_and_has_a_conflict_if_it_is_refused(api):
    there = await a_device(api)
    given = {**GIVEN, "wait": True}
    refusal = Refused("409 Busy.", 409, "The device is busy.")
    there.system.answers = [Call(does=False, failure=refusal)]
    payload, _ = await asyncio.gather(api.act("createDeviceAction", given), there.work_soon())
    [error] = payload["userErrors"]
    assert (error["code"], error["__typename"], error["path"]) == (
        "REFUSED_BY_ORIGIN",
        "ConflictError",
        ["serialNumber"],
    )
    assert (error["message"], error["node"]["__typename"]) == ("The device is busy.", "DeviceAction")

    payload, _ = await asyncio.gather(
        api.act("createDeviceAction", given, f"deviceAction {{ {STATES} }}"), there.work_soon()
    )
    made = payload["deviceAction"]
    assert (payload["userErrors"], made["status"], made["pendingChange"]) == ([], "IN_PROGRESS", None)


@on_both_databases
async def test_a_device_outside_is_asked_of_the_system_that_is_named(api):
    there = await a_device(api)
    device = {"serialNumber": "X-1", "model": "ThinkPad T14", "deviceType": "laptop", "country": "BR"}
    given = {**GIVEN, **device, "connectionId": there.connection.id}
    payload = await api.act("createExternalDeviceAction", given, "deviceAction { id isExternal }")
    await there.work()
    [sent] = there.system.asked
    assert (payload["userErrors"], sent.is_external, sent.model) == ([], True, "ThinkPad T14")
    assert (await shown(api, payload["deviceAction"]["id"]))["origin"]["externalId"] == "there-1"
