"""Device actions that a connected system is asked for: pending until it answers, and for whatever device."""

from dataclasses import replace

import pytest

from domain.catalogue.products import ProductType
from domain.connections.changes import OriginChangeStatus, OriginChangeType
from domain.connections.connections import ConnectionStatus
from domain.connections.systems import Collection, System
from domain.inventory.assets import AssetDraft
from domain.inventory.device_action_drafts import (
    ExternalDevice,
)
from domain.inventory.device_actions import DeviceActionStatus
from domain.shared.errors import ConflictProblem, ErrorCode, InvalidInput
from domain.shared.ids import global_id, new_id
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from domain.use_cases.connections.saving import save_records
from domain.use_cases.inventory.assets import AddAssets, add_assets
from domain.use_cases.inventory.device_actions import CancelDeviceAction, cancel_device_action
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from tests.fakes.connected_systems import Call, connect
from tests.use_cases.connections.actions_there import (
    CALLER,
    STORED,
    a_draft,
    a_world,
    ask,
    asked,
    read,
    run_after,
    run_due,
    the_action,
    the_asset,
)
from tests.use_cases.quotes.support import refused


async def test_what_was_asked_is_pending_until_the_system_has_created_the_action():
    world = await asked()
    [change] = world.memory.action_changes.values()
    assert (change.id, change.type, change.status) == (
        the_action(world).id,
        OriginChangeType.CREATE,
        OriginChangeStatus.REQUESTED,
    )
    assert (change.actor.kind, change.actor.name) == (CALLER.actor.kind, CALLER.name)
    world.systems.system.answers = [Call(failure=Unavailable("down", 503), does=False)]
    await run_due(world)
    [change] = world.memory.action_changes.values()
    assert (change.status, change.reason) == (OriginChangeStatus.SENT, "The system answers with 503.")
    await run_after(world, 100)
    [change] = world.memory.action_changes.values()
    assert (change.status, change.reason, change.settled_at) == (OriginChangeStatus.CONFIRMED, None, world.clock())


async def test_what_was_asked_is_settled_when_the_action_is_ended_here_after_the_connection_has():
    world = await asked()
    [connection] = world.memory.connections.values()
    world.memory.connections[connection.id] = connection._replace(status=ConnectionStatus.DISCONNECTED)
    await cancel_device_action(world.deps, CALLER, CancelDeviceAction(the_action(world).id))
    await run_due(world)
    [change] = world.memory.action_changes.values()
    assert (change.status, change.reason) == (OriginChangeStatus.REFUSED, "The device action was ended here.")
    assert (the_action(world).status, world.systems.system.asked) == (DeviceActionStatus.CANCELLED, [])


async def test_a_reading_confirms_what_was_asked_too():
    world = await asked()
    world.systems.system.answers = [Call(failure=Uncertain("no answer"))]
    await run_due(world)
    await read(world)
    [change] = world.memory.action_changes.values()
    assert change.status == OriginChangeStatus.CONFIRMED


async def test_who_waits_is_told_that_the_system_refused_the_action():
    world = await a_world()
    world.systems.system.answers = [Call(does=False, failure=Refused("POST /x: 409", 409, "It has an active action."))]
    world.waiter.during = lambda: run_due(world)
    with pytest.raises(InvalidInput) as refusal:
        await create_device_actions(world.deps, CALLER, CreateActions([a_draft()], batch=True, wait=True))
    [problem] = refusal.value.problems
    assert isinstance(problem, ConflictProblem)
    assert (problem.path, problem.code) == (("actions", "0", "serialNumber"), ErrorCode.REFUSED_BY_ORIGIN)
    assert (problem.message, problem.conflict.node) == ("It has an active action.", the_action(world).ref)
    [change] = world.memory.action_changes.values()
    assert (change.status, change.reason) == (OriginChangeStatus.REFUSED, "It has an active action.")


async def test_who_waits_is_answered_when_the_system_has_created_the_action_and_not_by_a_dry_run():
    world = await a_world()
    world.waiter.during = lambda: run_due(world)
    await create_device_actions(world.deps, CALLER, CreateActions([a_draft()], wait=True, dry_run=True))
    assert world.waiter.waits == 0
    await create_device_actions(world.deps, CALLER, CreateActions([a_draft()], wait=True))
    assert (world.waiter.waits, the_action(world).status) == (1, DeviceActionStatus.IN_PROGRESS)


async def test_an_external_device_is_described_to_the_system_that_is_named():
    world = await a_world()
    [connection_id] = world.memory.connections
    device = ExternalDevice("ThinkPad T14", "laptop", "Brazil")
    await ask(world, serial="X-1", device=device, connection_id=global_id("Connection", connection_id))
    await run_due(world)
    [sent] = world.systems.system.asked
    assert (sent.is_external, sent.model, sent.device_type, sent.country) == (
        True,
        "ThinkPad T14",
        ProductType.LAPTOP,
        "BR",
    )
    assert (the_action(world).status, the_action(world).connection_id) == (
        DeviceActionStatus.IN_PROGRESS,
        connection_id,
    )


async def test_a_device_that_the_system_has_no_more_is_described_to_it():
    world = await a_world()
    laptop = replace(STORED, device_type=ProductType.LAPTOP)
    [connection] = world.memory.connections.values()
    async with world.deps.unit_of_work(CALLER.tenant_scope) as work:
        await save_records(work, world.deps, connection, Collection.ASSETS, [laptop], world.clock())
        await work.commit()
    origin = world.memory.origins[the_asset(world).id]
    world.memory.origins[origin.node_id] = origin._replace(is_stale=True)
    await ask(world)
    await run_due(world)
    [sent] = world.systems.system.asked
    assert (sent.is_external, sent.model, sent.country) == (True, "MacBook", "UY")


async def test_a_device_of_ours_goes_to_the_system_that_is_named():
    world = await a_world()
    await add_assets(world.deps, CALLER, AddAssets([AssetDraft("S-2", "laptop", "UY", "MacBook")]))
    await ask(world, serial="S-2", connection_id=next(iter(world.memory.connections)))
    await run_due(world)
    [sent] = world.systems.system.asked
    assert (sent.is_external, sent.model) == (True, "MacBook")


async def test_the_connection_that_is_named_must_be_one_that_can_create_the_action():
    world = await a_world()
    kitchen = connect(world, System.KITCHEN)
    ended = connect(world, status=ConnectionStatus.DISCONNECTED)
    device = ExternalDevice("ThinkPad T14", "laptop", "BR")
    for connection_id, serial, code in (
        ("nonsense", "X-1", ErrorCode.INVALID_ID),
        (new_id(), "X-1", ErrorCode.UNKNOWN_REFERENCE),
        (kitchen.id, "X-1", ErrorCode.NOT_SUPPORTED_BY_ORIGIN),
        (ended.id, "X-1", ErrorCode.WRONG_STATUS),
        (kitchen.id, "S-1", ErrorCode.NOT_ALLOWED),
    ):
        draft = a_draft(serial, connection_id=connection_id, device=None if serial == "S-1" else device)
        run = create_device_actions(world.deps, CALLER, CreateActions([draft]))
        assert await refused(run) == (code, ("connectionId",))


async def test_a_system_that_lacks_the_device_has_to_be_told_what_it_is():
    world = await a_world()
    origin = world.memory.origins[the_asset(world).id]
    world.memory.origins[origin.node_id] = origin._replace(is_stale=True)
    run = create_device_actions(world.deps, CALLER, CreateActions([a_draft()]))
    assert await refused(run) == (ErrorCode.NOT_SUPPORTED_BY_ORIGIN, ("serialNumber",))
