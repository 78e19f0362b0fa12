"""Finds the device action of ours that a connected system has created (`device_actions.py`) for a record of it."""

from datetime import datetime

from domain.connections.changes import CONFIRMED, as_settled
from domain.connections.incoming_lines import Surroundings
from domain.connections.records import ForeignDeviceAction
from domain.inventory.device_actions import DeviceAction
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.ids import RowId


async def created_action(work: UnitOfWork, around: Surroundings, record: ForeignDeviceAction) -> DeviceAction | None:
    """Our action that a new record was created from, locked. None if the record has no reference of ours, or another
    record has the same one."""
    if record.reference is None:
        return None
    action = await work.device_actions.lock(record.reference)
    if action is None or action.connection_id != around.connection.id:
        return None
    return action if await work.origins.of_node(RowId(action.id)) is None else None


async def confirm_created(work: UnitOfWork, action: DeviceAction, at: datetime) -> None:
    """Note that a system has created an action that it was asked for."""
    if (change := await work.action_changes.lock(action.id)) is not None:
        await work.action_changes.save(as_settled(change, CONFIRMED, at))
