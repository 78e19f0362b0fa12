"""The use case that creates device actions: here, at the vendor, or in a connected system."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.history.field_changes import field_changes
from domain.inventory.assets import Asset, serial_key
from domain.inventory.device_action_drafts import (
    MOST_ACTIONS,
    ActionContext,
    DeviceActionDraft,
    build_device_action,
    parse_override,
)
from domain.inventory.device_actions import (
    ActionActive,
    DeviceAction,
    DeviceActionStatus,
    Gone,
    InInventory,
    check_available,
)
from domain.inventory.device_places import WrongPlace, stays, with_checked_place
from domain.inventory.movements import Movement, movement_for
from domain.inventory.serial_numbers import parse_serial
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, Path, Problem, Problems
from domain.shared.events import EventType
from domain.shared.parsers import NAME_LENGTH, optional_text
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.connections.device_actions import (
    DevicePlace,
    asked_of,
    named_place,
    not_taken,
    note_asked,
    places_of,
)
from domain.use_cases.connections.waiting import awaiting_actions
from domain.use_cases.frame import Command, use_case
from domain.use_cases.inventory.action_numbers import free_numbers
from domain.use_cases.inventory.device_actions import action_event, may_override


@dataclass(frozen=True, slots=True)
class CreateActions(Command):
    """Create device actions, all or none. In a batch, the paths of problems begin with `actions` and an index. With
    `wait`, the caller waits for the connected systems that are to create them."""

    drafts: Sequence[DeviceActionDraft]
    company_id: str | None = None
    batch: bool = False
    batch_id: str | None = None
    wait: bool = False

    def path(self, index: int) -> Path:
        return ("actions", str(index)) if self.batch else ()


@awaiting_actions
@use_case
async def create_device_actions(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateActions
) -> Outcome:
    """Create device actions for devices without an active one (docs/domain.md#active-action).

    Raises: InvalidInput. An active action, an external device that is in the inventory, and a retired device are
    conflicts in it.
    """
    _check_count(command)
    problems = Problems()
    batch_id = problems.check(("batchId",), optional_text, command.batch_id, NAME_LENGTH)
    tenant_id = await tenant_of(work, caller, command.company_id)
    context = ActionContext(tenant_id, batch_id or (deps.new_id() if command.batch else None), deps.now(), deps.new_id)
    actions, movements = await _built(work, command, context, caller, problems)
    problems.raise_if_any()
    await _add(work, command, actions, problems)
    problems.raise_if_any()
    await work.movements.add(movements)
    await note_asked(work, actions, caller.actor)
    for action in actions:
        movement_ids = [it.id for it in movements if it.device_action_id == action.id]
        created = action_event(EventType.DEVICE_ACTION_CREATED, action, caller.actor, deps)
        changes = field_changes([action._replace(override_reason=None)], [action])
        caused = {"movements": movement_ids, "isForeign": action.connection_id is not None}
        work.record(replace(created, facts={**created.facts, **caused}, field_changes=changes))
    # The objects of a dry run do not exist, so they cannot be read for the answer.
    return Outcome(() if command.dry_run else tuple(action.ref for action in actions))


async def _built(
    work: UnitOfWork, command: CreateActions, context: ActionContext, caller: Caller, problems: Problems
) -> tuple[list[DeviceAction], list[Movement]]:
    """The device actions of the drafts, with the movements to place at the vendor. Adds to `problems`."""
    ignored = Problems()
    serials = [ignored.check((), parse_serial, draft.serial_number) for draft in command.drafts]
    keys = [serial_key(context.tenant_id, serial) if serial else "" for serial in serials]
    assets = await work.assets.lock_serials(sorted({key for key in keys if key}))
    places = await places_of(work, context.tenant_id, assets.values())
    actions: list[DeviceAction] = []
    movements: list[Movement] = []
    for index, (draft, key) in enumerate(zip(command.drafts, keys, strict=True)):
        path, asset, known = command.path(index), assets.get(key), len(problems.found)
        _check_device(draft, asset, bool(key), problems, (*path, "serialNumber"))
        action = build_device_action(draft, asset, context, problems, path)
        reason = parse_override(draft.override, may_override(caller), problems, path)
        if len(problems.found) == known:
            action = _placed(action, asset, reason, problems, path)
        if key and key in keys[:index]:
            message = "This device is named before in this input."
            problems.add((*path, "serialNumber"), ErrorCode.DUPLICATE_SERIAL, message)
        place = None if asset is None else places.get(asset.id)
        if draft.connection_id is not None:
            at = (*path, "connectionId")
            place = await named_place(work, context.tenant_id, draft.connection_id, place, problems, at)
        if place is not None:
            actions.append(_asked_there(place, action, problems, path))
            continue
        movement = movement_for(action, asset, context.at, context.new_id())
        # An action that waits for the vendor is PENDING (docs/domain.md#action-status).
        actions.append(action._replace(status=DeviceActionStatus.PENDING) if movement else action)
        movements.extend([movement] if movement else [])
    return actions, movements


def _asked_there(place: DevicePlace, action: DeviceAction, problems: Problems, path: Path) -> DeviceAction:
    """The action, which a connected system is to create. Adds to `problems`."""
    if (problem := not_taken(place, action)) is not None:
        problems.add((*path, *problem.path), problem.code, problem.message)
    return asked_of(place, action)


def _placed(
    action: DeviceAction, asset: Asset | None, reason: str | None, problems: Problems, path: Path
) -> DeviceAction:
    """The action, with the reason of the override if the inventory has its device elsewhere. Adds to `problems`."""
    if asset is None and stays(action, None):
        message = f"{action.current_name} has the device; {action.action_type} takes it to somebody else."
        problems.add((*path, "newRecipient"), ErrorCode.WRONG_STATUS, message)
    try:
        return with_checked_place(action, asset, reason)
    except WrongPlace as wrong:
        problems.add_conflict((*path, "serialNumber"), wrong)
        return action


def _check_device(draft: DeviceActionDraft, asset: Asset | None, named: bool, problems: Problems, path: Path) -> None:
    """Check that a device is in the inventory, or not if it is an external one."""
    if draft.device is None and asset is None and named:
        message = "No device of yours has this serial number; for one outside, use createExternalDeviceAction."
        problems.add(path, ErrorCode.UNKNOWN_REFERENCE, message)
    elif asset is not None and draft.device is not None:
        message = "This device is in your inventory: use createDeviceAction."
        problems.add_conflict(path, InInventory(message, asset.ref, asset.status))
    elif asset is not None:
        try:
            check_available(asset)
        except Gone as gone:
            problems.add_conflict(path, gone)


async def _add(work: UnitOfWork, command: CreateActions, actions: Sequence[DeviceAction], problems: Problems) -> None:
    """Number and save the actions. Adds a conflict to `problems` for each device with an active one."""
    numbers = await free_numbers(work, actions[0].tenant_id, actions[0].created_at.year, len(actions))
    numbered = [it._replace(action_id=number) for it, number in zip(actions, numbers, strict=True)]
    places = {it.id: (*command.path(index), "serialNumber") for index, it in enumerate(numbered)}
    while numbered:
        written = await work.device_actions.add(numbered)
        missed = [it for it in numbered if it.id not in written]
        # Read after the write, so that an action that someone else creates at the same time is found too.
        active = await work.device_actions.active([it.serial_key for it in missed])
        for action in missed:
            if (existing := active.get(action.serial_key)) is not None:
                message = f"This device has an action that is not over: {existing.action_id}."
                problems.add_conflict(places[action.id], ActionActive(message, existing.ref, existing.status))
        # An action that prevented the write may have ended before the read: write again.
        numbered = [it for it in missed if it.serial_key not in active]


def _check_count(command: CreateActions) -> None:
    if not command.drafts:
        raise InvalidInput(Problem(ErrorCode.REQUIRED, "Name at least one action.", ("actions",)))
    if len(command.drafts) > MOST_ACTIONS:
        message = f"At most {MOST_ACTIONS} actions at once, not {len(command.drafts):,}."
        raise InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("actions",)))
