"""Every field of the input of a device action that quipteams is asked to create: it arrives there, or it stays on the
action here, or it is refused where it stands."""

import json
from datetime import timedelta
from typing import Any

from graphql import GraphQLInputObjectType

from domain.connections.systems import Collection, System
from domain.ports.connections import Connecting
from domain.shared.access import Environment, TenantScope
from domain.shared.ids import RowId
from domain.use_cases.connections.saving import save_records
from tests.adapters.connections.asked_there import emulated
from tests.api.connections.test_killed_workers import connect, run_at
from tests.api.support.running import company_id
from tests.exported import SCHEMA
from tests.fakes.connected_systems import FakeSystems

REFUSED = {"newOffice"}


def a_person(name: str, country: str) -> dict[str, Any]:
    return {
        "name": name,
        "email": f"{name.lower()}@people.example",
        "country": country,
        "address": f"1 {name} Street",
        "phoneNumber": f"+598 2 {len(name)}77",
    }


BROUGHT = {
    "type": "ASSIGN",
    "serialNumber": "STORED-1",
    "currentUser": a_person("Ana", "AR"),
    "newRecipient": a_person("Bruno", "BR"),
    "notes": "Before noon",
    "notificationEmails": ["boss@asking.example"],
    "requestedBy": "ida@asking.example",
}
TAKEN_BACK = {
    "type": "RETRIEVAL",
    "serialNumber": "USED-2",
    "currentUser": a_person("Carla", "CL"),
    "isWipeRequired": True,
    "override": True,
    "overrideReason": "She has it by now",
}
# The texts by which all values are recognized that are not texts themselves.
SHOWN = {"ASSIGN": "Assign", "RETRIEVAL": "Retrieval"}
ACTIONS = """query { deviceActions(first: 10) { nodes { batchId requestedBy overrideReason } } }"""


def texts(given: Any) -> list[str]:
    """All texts in an input."""
    if isinstance(given, dict):
        return [text for it in given.values() for text in texts(it)]
    if isinstance(given, list):
        return [text for it in given for text in texts(it)]
    return [SHOWN.get(given, given)] if isinstance(given, str) else []


def fields_of(name: str) -> set[str]:
    type_ = SCHEMA.type_map[name]
    assert isinstance(type_, GraphQLInputObjectType)
    return set(type_.fields)


async def test_each_field_of_a_device_action_arrives_or_stays_or_is_refused(api, tmp_path):
    # The connection is only needed where the serial number does not say which system is asked.
    given = {*BROUGHT, *TAKEN_BACK, *REFUSED, "connectionId"}
    assert (given, set(a_person("Ana", "AR"))) == (fields_of("DeviceActionInput"), fields_of("DeviceUserInput"))

    async with emulated(System.QUIPTEAMS, tmp_path) as (there, system):
        deps = api.parts.deps
        object.__setattr__(deps, "connecting", Connecting(FakeSystems(system)))
        connection = await connect(api, System.QUIPTEAMS, "https://there.example")
        for serial, holder in (("STORED-1", None), ("USED-2", "Dan")):
            device = {"serial_number": serial, "device_type": "Laptop", "country": "UY", "description": "XPS"}
            await there.data("POST", "devices", {**device, "employee": holder})
        await read_all(api, connection, system)

        named = {"companyId": company_id("AUSTRAL"), "batchId": "Batch 7"}
        office = {**BROUGHT, "newRecipient": None, "newOffice": {"name": "Montevideo"}}
        refused = await api.act("createDeviceActions", {**named, "actions": [office]}, key=api.operator)
        [error] = refused["userErrors"]
        assert (error["code"], error["path"]) == ("NOT_SUPPORTED_BY_ORIGIN", ["actions", "0", "newOffice"])

        made = await api.act("createDeviceActions", {**named, "actions": [BROUGHT, TAKEN_BACK]}, key=api.operator)
        assert made["userErrors"] == []
        for _ in range(2):
            await run_at(deps, timedelta(0))
        sent = [it["body"] for it in await there.received() if it["path"].endswith("/device-actions")]
        bodies = [json.loads(it) if isinstance(it, str) else it for it in sent]
        posted = json.dumps([it for it in bodies if it])
        await read_all(api, connection, system)
        kept = json.dumps(await api.data(ACTIONS, key=api.operator))
        lost = [it for it in texts([BROUGHT, TAKEN_BACK, named["batchId"]]) if it not in posted and it not in kept]
        assert lost == []
        assert '"wipe": true' in posted


async def read_all(api: Any, connection: Any, system: Any) -> None:
    """Read the devices and device actions of the system."""
    deps = api.parts.deps
    async with deps.unit_of_work(TenantScope(Environment.LIVE, connection.tenant_id)) as work:
        locked = await work.connections.lock(RowId(connection.id))
        for collection in (Collection.ASSETS, Collection.DEVICE_ACTIONS):
            page = await system.page(collection, None, None)
            await save_records(work, deps, locked, collection, page.records, deps.now())
        await work.commit()
