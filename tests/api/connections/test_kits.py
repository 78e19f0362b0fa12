"""Kits that come from a connected system: with their origin, and changed there only."""

from dataclasses import replace

from domain.catalogue.products import ProductType, Specification
from domain.connections.records import ForeignKit, ForeignKitDevice
from domain.connections.systems import Collection
from domain.use_cases.connections.saving import save_records
from tests.api.support.connected import connected
from tests.api.support.makers import codes
from tests.api.support.running import on_both_databases

KIT = ForeignKit("k1", "Engineer", devices=(ForeignKitDevice(ProductType.LAPTOP, Specification("Apple", "Air"), 2),))
KITS = """{ kits(first: 5) { nodes {
    id name origin { system externalId isStale } devices { quantity specification { model } }
} } }"""


async def read(api, there, *kits):
    deps = api.parts.deps
    async with deps.unit_of_work(there.scope) as work:
        connection = await work.connections.lock(there.connection.id)
        await save_records(work, deps, connection, Collection.KITS, kits, deps.now())
        await work.commit()


async def shown(api):
    [kit] = (await api.data(KITS))["kits"]["nodes"]
    return kit


@on_both_databases
async def test_a_kit_of_a_system_has_its_origin_and_is_changed_there_only(api):
    there = await connected(api)
    await read(api, there, KIT)
    kit = await shown(api)
    assert (kit["name"], kit["devices"]) == ("Engineer", [{"quantity": 2, "specification": {"model": "Air"}}])
    assert kit["origin"] == {"system": "QUIPTEAMS", "externalId": "k1", "isStale": False}
    for name, given in (("updateKit", {"name": "Mine"}), ("deleteKit", {})):
        assert codes(await api.act(name, {"kitId": kit["id"], **given})) == ["NOT_SUPPORTED_BY_ORIGIN"]
    await read(api, there, replace(KIT, name="Developer"))
    assert ((await shown(api))["id"], (await shown(api))["name"]) == (kit["id"], "Developer")


@on_both_databases
async def test_a_kit_that_is_not_there_any_more_can_be_deleted_and_comes_back_with_its_record(api):
    there = await connected(api)
    await read(api, there, KIT)
    kit, deps = await shown(api), api.parts.deps
    async with deps.unit_of_work(there.scope) as work:
        await work.origins.mark_stale(there.connection.id, ("Kit",), deps.now())
        await work.commit()
    assert codes(await api.act("deleteKit", {"kitId": kit["id"]})) == []
    await read(api, there, KIT)
    again = await shown(api)
    assert (again["id"] != kit["id"], again["origin"]["isStale"]) == (True, False)


async def test_a_kit_that_was_changed_here_is_as_its_record_says_once_that_is_there_again(api):
    there = await connected(api)
    await read(api, there, KIT)
    kit, deps = await shown(api), api.parts.deps
    async with deps.unit_of_work(there.scope) as work:
        await work.origins.mark_stale(there.connection.id, ("Kit",), deps.now())
        await work.commit()
    assert codes(await api.act("updateKit", {"kitId": kit["id"], "name": "Mine"})) == []
    assert (await shown(api))["name"] == "Mine"
    await read(api, there, KIT)
    assert await shown(api) == kit
