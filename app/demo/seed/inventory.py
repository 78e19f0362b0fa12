"""Demo data of devices: in storage, in use and at an office; a reassignment in transit, a pending wipe, a leaver."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from adapters.database.core.engine import Database
from adapters.database.inventory.tables import movements
from app.demo.seed.clock import Clock
from domain.inventory.assets import AssetDraft
from domain.inventory.device_action_drafts import CommentDraft, DeviceActionDraft, DeviceUserDraft
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.inventory.locations import LocationDraft, LocationType
from domain.inventory.movements import MovementStatus
from domain.ports.dependencies import Dependencies
from domain.shared.access import Caller, Environment
from domain.shared.ids import global_id
from domain.shared.money import MoneyDraft
from domain.use_cases.inventory.assets import AddAssets, add_assets
from domain.use_cases.inventory.device_actions import (
    AddComment,
    AdvanceDeviceAction,
    SetTracking,
    add_comment,
    advance_device_action,
    set_tracking,
)
from domain.use_cases.inventory.movements import UNKNOWN_DEVICE
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions

_DEVICES = (
    ("Laptop", "MacBook Pro 14, Apple M5, 16 GB, 512 GB", "1990.00"),
    ("Laptop", "Dell Latitude 7450, 16 GB, 512 GB", "1240.00"),
    ("Monitor", "LG UltraFine 27", "610.00"),
    ("Keyboard", "Logitech MX Keys S", "109.00"),
)
_STORAGE = (("UY", "New"), ("BR", "Good"), ("DE", "New"), ("PT", "Fair"))
# Number of devices by index in the list of people; the ninth person has left.
_HELD = {0: 1, 1: 2, 2: 1, 3: 1, 6: 1, 8: 3, 9: 1, 14: 2}


async def stock(
    deps: Dependencies, caller: Caller, database: Database, clock: Clock, people: list[DeviceUserDraft]
) -> None:
    """Adds devices of a company's people and storage, and, in live data, device actions for some of them."""
    held = [person for place, count in _HELD.items() for person in [people[place]] * count]
    drafts = [_device(number, person) for number, person in enumerate(held)]
    snapshot = [_device(len(held) + number, None, where) for number, where in enumerate(_STORAGE * 2)]
    # One device is at an office and not with a person.
    snapshot[-1] = replace(snapshot[-1], location=LocationDraft(LocationType.OFFICE, "Office Lisbon"))
    await add_assets(deps, caller, AddAssets([*drafts, *snapshot]))
    clock.move(timedelta(days=20))
    if caller.environment == Environment.LIVE:
        await _move(deps, caller, clock, people, drafts, snapshot)
        await _without_vendor(database, caller.tenant_id or 0)


async def _move(
    deps: Dependencies,
    caller: Caller,
    clock: Clock,
    people: list[DeviceUserDraft],
    drafts: list[AssetDraft],
    snapshot: list[AssetDraft],
) -> None:
    store = _action(DeviceActionType.STORE, drafts[4], people[3])
    await _through(deps, caller, clock, store, DeviceActionStatus.IN_TRANSIT, DeviceActionStatus.COMPLETED)
    dispose = _action(DeviceActionType.DISPOSE, snapshot[3], people[9])
    await _through(deps, caller, clock, dispose, DeviceActionStatus.COMPLETED)

    transfer = _action(DeviceActionType.REASSIGN, drafts[1], people[1], people[0], notes="Swap before the fair.")
    moving = await _through(deps, caller, clock, transfer)
    link = "https://carrier.example/track/UY20261101"
    await set_tracking(deps, caller, SetTracking(moving, "UY20261101", link))
    await advance_device_action(deps, caller, AdvanceDeviceAction(moving, DeviceActionStatus.IN_TRANSIT))
    await add_comment(deps, caller, AddComment(moving, CommentDraft("Left São Paulo this morning.", "Demo carrier")))

    wipe = _action(DeviceActionType.STORE, drafts[5], people[6], wipe=True)
    waiting = await _through(deps, caller, clock, wipe, DeviceActionStatus.IN_PROGRESS)
    await add_comment(deps, caller, AddComment(waiting, CommentDraft("Received; wipe pending.", "Demo workshop")))


async def _through(
    deps: Dependencies, caller: Caller, clock: Clock, draft: DeviceActionDraft, *steps: DeviceActionStatus
) -> str:
    """Creates a device action, advances it through the steps, and returns its id."""
    clock.move(timedelta(hours=7))
    created = await create_device_actions(deps, caller, CreateActions([draft]))
    action = global_id("DeviceAction", created.ids_of("DeviceAction")[0])
    if steps:
        await advance_device_action(deps, caller, AdvanceDeviceAction(action, DeviceActionStatus.IN_PROGRESS))
    for step in steps:
        clock.move(timedelta(hours=20))
        await advance_device_action(deps, caller, AdvanceDeviceAction(action, step))
    return action


def _device(number: int, holder: DeviceUserDraft | None, where: tuple[str, str] | None = None) -> AssetDraft:
    device_type, description, cost = _DEVICES[number % len(_DEVICES)]
    country, condition = where or ((holder.country if holder else None) or "UY", "Good")
    price = MoneyDraft(cost, "USD")
    serial = f"QG{number:04}{device_type[:2].upper()}"
    return AssetDraft(serial, device_type, country, description, holder.email if holder else None, condition, price)


def _action(
    kind: DeviceActionType,
    device: AssetDraft,
    current: DeviceUserDraft,
    new: DeviceUserDraft | None = None,
    wipe: bool = False,
    notes: str | None = None,
) -> DeviceActionDraft:
    return DeviceActionDraft(kind, device.serial_number, current, new, wipe, notes)


async def _without_vendor(database: Database, tenant_id: int) -> None:
    """Marks the queued movements as not possible: the emulated vendor does not have these devices."""
    of = movements
    mine = (of.c.tenant_id == tenant_id) & (of.c.status == str(MovementStatus.QUEUED))
    async with database.write.begin() as connection:
        known = {"status": str(MovementStatus.NOT_POSSIBLE), "problem": UNKNOWN_DEVICE}
        await connection.execute(update(of).where(mine).values(known))
