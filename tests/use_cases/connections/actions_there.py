"""What tests of device actions of connected systems share: a device there, and the action that is asked for it."""

from collections.abc import Callable
from typing import Any

from domain.connections.records import ForeignAsset
from domain.connections.systems import Collection
from domain.inventory.assets import AssetStatus
from domain.inventory.device_action_drafts import (
    DeviceActionDraft,
    DeviceUserDraft,
)
from domain.inventory.device_actions import DeviceActionType
from domain.shared.access import Scope
from domain.shared.jobs import JobType
from domain.use_cases.connections.saving import save_records
from domain.use_cases.inventory.device_actions import (
    AdvanceDeviceAction,
    CancelDeviceAction,
    CompleteWipe,
    SetTracking,
    advance_device_action,
    cancel_device_action,
    complete_wipe,
    set_tracking,
)
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from tests.builders import a_caller
from tests.fakes.connected_systems import connect
from tests.fakes.storage import World
from tests.use_cases.connections.support import retrying
from tests.use_cases.connections.support import run_due as run_due_of

CALLER = a_caller(scopes=frozenset(Scope))
ANA = DeviceUserDraft("Ana", "ana@people.example", "UY")
BO = DeviceUserDraft("Bo", "bo@people.example", "UY")
STORED = ForeignAsset("S-1", "S-1", AssetStatus.IN_STORAGE, "UY", description="MacBook")


async def a_world():
    """A company with a device that comes from a connected system, which Tecspal has too."""
    world = World(retry_policy=retrying())
    connection = connect(world)
    async with world.deps.unit_of_work(CALLER.tenant_scope) as work:
        await save_records(work, world.deps, connection, Collection.ASSETS, [STORED], world.clock())
        await work.commit()
    world.external.mover.hardware = {"S-1": "H-1"}
    return world


def a_draft(serial="S-1", **given):
    return DeviceActionDraft(DeviceActionType.ASSIGN, serial, ANA, **{"new_recipient": BO, **given})


async def ask(world, **given):
    made = await create_device_actions(world.deps, CALLER, CreateActions([a_draft(**given)]))
    return made.id_of("DeviceAction")


async def asked(**given):
    world = await a_world()
    await ask(world, **given)
    return world


def the_action(world):
    [action] = world.memory.actions.values()
    return action


async def run_due(world):
    return await run_due_of(world, JobType.CREATE_ACTION_THERE)


async def run_after(world, seconds):
    world.clock.move(seconds=seconds)
    return await run_due(world)


async def read(world):
    """Read all device actions of the system."""
    [connection] = world.memory.connections.values()
    async with world.deps.unit_of_work(CALLER.tenant_scope) as work:
        records = list(world.systems.system.actions)
        await save_records(work, world.deps, connection, Collection.DEVICE_ACTIONS, records, world.clock())
        await work.commit()


ACTS: dict[str, Callable[[str], tuple[Callable[..., Any], Any]]] = {
    "cancel": lambda id_: (cancel_device_action, CancelDeviceAction(id_)),
    "advance": lambda id_: (advance_device_action, AdvanceDeviceAction(id_)),
    "wipe": lambda id_: (complete_wipe, CompleteWipe(id_)),
    "track": lambda id_: (set_tracking, SetTracking(id_, "T-1")),
}


def the_asset(world):
    [asset] = world.memory.assets.values()
    return asset
