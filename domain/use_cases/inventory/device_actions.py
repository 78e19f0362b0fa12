"""Use cases of device actions: create, cancel and comment; for operators also advance, wipe and track."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from domain.connections.connections import Connection
from domain.history.field_changes import field_changes
from domain.inventory.assets import Asset, serial_key
from domain.inventory.device_action_drafts import (
    MOST_ACTIONS,
    ActionContext,
    CommentDraft,
    DeviceActionDraft,
    OverrideDraft,
    build_comment,
    build_device_action,
    parse_override,
    parse_tracking,
)
from domain.inventory.device_actions import (
    ACTIVE,
    ActionActive,
    DeviceAction,
    DeviceActionStatus,
    Gone,
    InInventory,
    WrongActionStatus,
    advance,
    brought,
    cancel,
    check_available,
    tracked,
    wiped,
)
from domain.inventory.device_places import WrongPlace, stays, with_checked_place
from domain.inventory.movements import Movement, MovementStatus, movement_for
from domain.inventory.serial_numbers import parse_serial
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Actor, Caller, Scope
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Path, Problem, Problems
from domain.shared.events import EventType, NewEvent, StatusChange, status_change
from domain.shared.ids import parse_reference
from domain.shared.parsers import NAME_LENGTH, optional_text
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.connections.device_actions import asked_of, connections_of, end_stale, not_taken, stale_origin
from domain.use_cases.frame import Command, use_case
from domain.use_cases.inventory.action_numbers import free_numbers
from domain.use_cases.inventory.assets import moved_event

SUBJECT: Path = ("deviceActionId",)
NO_OVERRIDE = OverrideDraft()


@dataclass(frozen=True, slots=True)
class CreateActions(Command):
    """Create device actions, all or none. In a batch, the paths of problems begin with `actions` and an index."""

    drafts: Sequence[DeviceActionDraft]
    company_id: str | None = None
    batch: bool = False
    batch_id: str | None = None

    def path(self, index: int) -> Path:
        return ("actions", str(index)) if self.batch else ()


@dataclass(frozen=True, slots=True)
class DeviceActionCommand(Command):
    """A command for the device action that the input field `deviceActionId` names."""

    device_action_id: str

    @property
    def subject(self) -> Path:
        return SUBJECT


@dataclass(frozen=True, slots=True)
class CancelDeviceAction(DeviceActionCommand):
    """Cancel a device action."""


@dataclass(frozen=True, slots=True)
class AdvanceDeviceAction(DeviceActionCommand):
    """Advance a device action to a status, by default the next one."""

    to: DeviceActionStatus | None = None
    override: OverrideDraft = NO_OVERRIDE


@dataclass(frozen=True, slots=True)
class CompleteWipe(DeviceActionCommand):
    """Record that a device was wiped."""


@dataclass(frozen=True, slots=True)
class SetTracking(DeviceActionCommand):
    """Set the tracking of a device action. Values that are not given do not change."""

    code: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class AddComment(DeviceActionCommand):
    """Add a comment to a device action."""

    draft: CommentDraft


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
    for action in actions:
        movement_ids = [it.id for it in movements if it.device_action_id == action.id]
        created = action_event(EventType.DEVICE_ACTION_CREATED, action, caller.actor, deps)
        changes = field_changes([action._replace(override_reason=None)], [action])
        caused = {"movements": movement_ids, "isForeign": action.connection_id is not None}
        work.record(replace(created, facts={**created.facts, **caused}, field_changes=changes))
    # The objects of a dry run do not exist, so they cannot be read for the answer.
    return Outcome(() if command.dry_run else tuple(action.ref for action in actions))


@use_case
async def cancel_device_action(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: CancelDeviceAction
) -> Outcome:
    """Cancel a device action. A repeated call changes nothing. Raises: InvalidInput, NotFound, WrongActionStatus."""
    kind = EventType.DEVICE_ACTION_CANCELLED
    return await _change(work, deps, caller, command, kind, lambda action: cancel(action, deps.now()))


@use_case
async def advance_device_action(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: AdvanceDeviceAction
) -> Outcome:
    """Advance a device action. Its completion moves the asset, which must be where the action takes it from, unless an
    operator overrides that. A repeated call changes nothing.

    Raises: InvalidInput, NotFound, WrongActionStatus, WipePending, WrongPlace.
    """
    problems = Problems()
    reason = parse_override(command.override, may_override(caller), problems, ())
    problems.raise_if_any()
    if command.to in (DeviceActionStatus.PENDING, DeviceActionStatus.CANCELLED):
        message = "Advance to IN_PROGRESS, IN_TRANSIT or COMPLETED; call off by cancelDeviceAction."
        raise InvalidInput(Problem(ErrorCode.NOT_ALLOWED, message, ("to",)))
    kind = EventType.DEVICE_ACTION_ADVANCED
    return await _change(
        work, deps, caller, command, kind, lambda action: advance(action, command.to, deps.now()), reason
    )


def may_override(caller: Caller) -> bool:
    """Whether the caller is an operator, who can override the location that the inventory has for a device."""
    return caller.tenant_id is None or Scope.LOGISTICS_MANAGE in caller.scopes


@use_case
async def complete_wipe(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CompleteWipe) -> Outcome:
    """Record that a device was wiped. A repeated call changes nothing.

    Raises: InvalidInput, NotFound, NoWipe, WrongActionStatus.
    """
    kind = EventType.DEVICE_ACTION_WIPED
    return await _change(work, deps, caller, command, kind, lambda action: wiped(action, deps.now()))


@use_case
async def set_tracking(work: UnitOfWork, deps: Dependencies, caller: Caller, command: SetTracking) -> Outcome:
    """Set the tracking of a device action. Values that are not given do not change.

    Raises: InvalidInput, NotFound, WrongActionStatus.
    """
    problems = Problems()
    code, link = parse_tracking(command.code, command.link, problems)
    problems.raise_if_any()

    def rule(action: DeviceAction) -> DeviceAction:
        return tracked(action, code or action.tracking_code, link or action.tracking_link, deps.now())

    return await _change(work, deps, caller, command, EventType.DEVICE_ACTION_TRACKING_ADDED, rule)


@use_case
async def add_comment(work: UnitOfWork, deps: Dependencies, caller: Caller, command: AddComment) -> Outcome:
    """Add a comment to a device action, even to one that has ended. Raises: InvalidInput, NotFound."""
    comment = build_comment(command.draft, caller.name, deps.now(), deps.new_id())
    action, _ = await locked(work, _id_of(command))
    comment = comment._replace(tenant_id=action.tenant_id, device_action_id=action.id)
    await work.device_actions.add_comment(comment)
    work.record(action_event(EventType.DEVICE_ACTION_COMMENTED, action, caller.actor, deps))
    return Outcome((action.ref, comment.ref))


async def locked(work: UnitOfWork, action_id: str) -> tuple[DeviceAction, Asset | None]:
    """A device action and its asset, both locked. All use cases lock the asset first. Raises: NotFound."""
    while (key := await work.device_actions.serial_of(action_id)) is not None:
        asset = (await work.assets.lock_serials([key])).get(key)
        action = await work.device_actions.lock(action_id)
        # The serial number may have been corrected before the lock.
        if action is not None and action.serial_key == key:
            return action, asset
    raise NotFound("device action", SUBJECT)


async def save_moved(
    work: UnitOfWork,
    deps: Dependencies,
    actor: Actor,
    kind: EventType,
    before: DeviceAction,
    after: DeviceAction,
    asset: Asset | None,
) -> tuple[StatusChange, ...]:
    """Save a changed device action and, if this completes it, its moved asset. Returns the status changes."""
    changes = list(status_change(before, after))
    await work.device_actions.save(after)
    completed = changes and after.status == DeviceActionStatus.COMPLETED
    if asset is not None and completed:
        moved = brought(asset, after, deps.now())
        await work.assets.save(asset, moved)
        of_asset = moved_event(deps, actor, asset, moved)
    event = action_event(EventType.DEVICE_ACTION_COMPLETED if completed else kind, after, actor, deps, changes)
    event = replace(event, field_changes=field_changes([before], [after]))
    work.record(event)
    if asset is not None and completed:
        work.record(replace(of_asset, cause=event))
        changes.extend(of_asset.changes)
    return tuple(changes)


async def _change(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    command: DeviceActionCommand,
    kind: EventType,
    rule: Callable[[DeviceAction], DeviceAction],
    override_reason: str | None = None,
) -> Outcome:
    before, asset = await locked(work, _id_of(command))
    origin = await stale_origin(work, before)
    after = rule(before)
    if origin is not None:
        asset = await end_stale(work, origin, before, after, asset)
    if after.status != before.status and after.status == DeviceActionStatus.COMPLETED:
        after = with_checked_place(after, asset, override_reason)
    if after.status != before.status and after.status not in ACTIVE:
        await _cancel_movement(work, before, after, deps)
    changes: tuple[StatusChange, ...] = ()
    if after != before:
        changes = await save_moved(work, deps, caller.actor, kind, before, after, asset)
    return Outcome((before.ref,), changes)


async def _cancel_movement(work: UnitOfWork, action: DeviceAction, after: DeviceAction, deps: Dependencies) -> None:
    """Cancel the movement of an action that has ended, if it is not placed at the vendor (docs/domain.md#movements).

    Raises: WrongActionStatus, if the action is cancelled while the vendor processes its movement.
    """
    movement = await work.movements.lock_of_action(action.id)
    if movement is None:
        return
    if movement.status == MovementStatus.PROCESSING and after.status == DeviceActionStatus.CANCELLED:
        message = "The vendor is at it already; it cannot be called off."
        raise WrongActionStatus(message, action.ref, action.status, DeviceActionStatus.CANCELLED)
    if movement.status in (MovementStatus.QUEUED, MovementStatus.FAILED):
        await work.movements.save(movement._replace(status=MovementStatus.CANCELLED, updated_at=deps.now()))


async def _built(
    work: UnitOfWork, command: CreateActions, context: ActionContext, caller: Caller, problems: Problems
) -> tuple[list[DeviceAction], list[Movement]]:
    """The device actions of the drafts, with the movements to place at the vendor. Adds to `problems`."""
    ignored = Problems()
    serials = [ignored.check((), parse_serial, draft.serial_number) for draft in command.drafts]
    keys = [serial_key(context.tenant_id, serial) if serial else "" for serial in serials]
    assets = await work.assets.lock_serials(sorted({key for key in keys if key}))
    connections = await connections_of(work, context.tenant_id, assets.values())
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
        if asset is not None and (connection := connections.get(asset.id)) is not None:
            actions.append(_asked_there(connection, action, problems, path))
            continue
        movement = movement_for(action, asset, context.at, context.new_id())
        # An action that waits for the vendor is PENDING (docs/domain.md#action-status).
        actions.append(action._replace(status=DeviceActionStatus.PENDING) if movement else action)
        movements.extend([movement] if movement else [])
    return actions, movements


def _asked_there(connection: Connection, action: DeviceAction, problems: Problems, path: Path) -> DeviceAction:
    """The action, which the connected system of its device is to create. Adds to `problems`."""
    if (problem := not_taken(connection, action)) is not None:
        problems.add((*path, *problem.path), problem.code, problem.message)
    return asked_of(connection, action)


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


def _id_of(command: DeviceActionCommand) -> str:
    """The row id of the action of a command. Raises: InvalidInput."""
    return parse_reference(command.subject, command.device_action_id, "DeviceAction")


def action_event(
    kind: EventType, action: DeviceAction, actor: Actor, deps: Dependencies, changes: Sequence[StatusChange] = ()
) -> NewEvent:
    """An event of a device action, with the addresses to notify. A connected system notifies those of its actions."""
    addresses = () if action.connection_id is not None else action.notification_emails
    facts = {"addresses": addresses, "status": action.status}
    return NewEvent(kind, action.tenant_id, action.ref, actor, deps.now(), tuple(changes), facts)
