"""Device actions that were in a connected system and are not there any more are ended here."""

from dataclasses import replace

import pytest

from domain.connections.changes import NotSupportedByOrigin
from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus
from domain.use_cases.inventory.device_actions import (
    AdvanceDeviceAction,
    CancelDeviceAction,
    CompleteWipe,
    advance_device_action,
    cancel_device_action,
    complete_wipe,
)
from tests.use_cases.connections.actions_there import (
    ACTS,
    CALLER,
    asked,
    read,
    run_due,
    the_action,
    the_asset,
)


async def gone(status=DeviceActionStatus.IN_PROGRESS, **given):
    """A world with an action that had a status there, and is not there any more."""
    world = await asked(**given)
    await run_due(world)
    world.systems.system.actions[0] = replace(world.systems.system.actions[0], status=status)
    await read(world)
    origin = world.memory.origins[the_action(world).id]
    world.memory.origins[origin.node_id] = origin._replace(is_stale=True)
    return world


@pytest.mark.parametrize("status", [DeviceActionStatus.PENDING, DeviceActionStatus.IN_PROGRESS])
async def test_an_action_that_is_not_there_any_more_can_be_cancelled_here(status):
    world = await gone(status)
    done = world.systems.system.done
    outcome = await cancel_device_action(world.deps, CALLER, CancelDeviceAction(the_action(world).id))
    assert [(it.from_status, it.to_status) for it in outcome.changes] == [(status, DeviceActionStatus.CANCELLED)]
    assert (the_action(world).status, world.systems.system.done) == (DeviceActionStatus.CANCELLED, done)
    await cancel_device_action(world.deps, CALLER, CancelDeviceAction(the_action(world).id))
    assert world.memory.event_types.count("DEVICE_ACTION_CANCELLED") == 1


async def test_an_action_that_is_not_there_any_more_can_be_completed_here_and_moves_no_device_that_is_there():
    world = await gone(DeviceActionStatus.IN_TRANSIT)
    before = the_asset(world)
    await advance_device_action(world.deps, CALLER, AdvanceDeviceAction(the_action(world).id))
    assert (the_action(world).status, the_asset(world)) == (DeviceActionStatus.COMPLETED, before)


async def test_it_moves_a_device_that_is_not_there_any_more_either():
    world = await gone(DeviceActionStatus.IN_TRANSIT)
    origin = world.memory.origins[the_asset(world).id]
    world.memory.origins[origin.node_id] = origin._replace(is_stale=True)
    await advance_device_action(world.deps, CALLER, AdvanceDeviceAction(the_action(world).id))
    assert (the_asset(world).status, the_asset(world).employee_name) == (AssetStatus.IN_USE, "Bo")


async def test_its_wipe_can_be_completed_so_that_it_can_end():
    world = await gone(DeviceActionStatus.IN_TRANSIT)
    id_ = the_action(world).id
    world.memory.actions[id_] = the_action(world)._replace(wipe=True)
    await complete_wipe(world.deps, CALLER, CompleteWipe(id_))
    await advance_device_action(world.deps, CALLER, AdvanceDeviceAction(id_))
    assert the_action(world).status == DeviceActionStatus.COMPLETED


@pytest.mark.parametrize("name", ["advance", "track"])
async def test_nothing_else_is_done_with_an_action_that_is_not_there_any_more(name):
    world = await gone()
    before = the_action(world)
    run, command = ACTS[name](before.id)
    with pytest.raises(NotSupportedByOrigin, match="only be cancelled or completed"):
        await run(world.deps, CALLER, command)
    assert the_action(world) == before


async def test_an_action_that_was_ended_here_and_is_there_again_is_as_the_system_says():
    world = await gone()
    await cancel_device_action(world.deps, CALLER, CancelDeviceAction(the_action(world).id))
    world.clock.move(minutes=5)
    await read(world)
    assert the_action(world).status == DeviceActionStatus.IN_PROGRESS
    assert not world.memory.origins[the_action(world).id].is_stale
