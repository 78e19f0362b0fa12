"""Use cases of device actions: cancel and comment; for operators also advance, wipe and track. They are created in
`new_actions.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from domain.history.field_changes import field_changes
from domain.inventory.assets import Asset
from domain.inventory.device_action_drafts import (
    CommentDraft,
    OverrideDraft,
    build_comment,
    parse_override,
    parse_tracking,
)
from domain.inventory.device_actions import (
    ACTIVE,
    DeviceAction,
    DeviceActionStatus,
    WrongActionStatus,
    advance,
    brought,
    cancel,
    tracked,
    wiped,
)
from domain.inventory.device_places import with_checked_place
from domain.inventory.movements import MovementStatus
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Actor, Caller, Scope
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Path, Problem, Problems
from domain.shared.events import EventType, NewEvent, StatusChange, status_change
from domain.shared.ids import parse_reference
from domain.use_cases.connections.device_actions import end_stale, stale_origin
from domain.use_cases.frame import Command, use_case
from domain.use_cases.inventory.assets import moved_event

SUBJECT: Path = ("deviceActionId",)
NO_OVERRIDE = OverrideDraft()


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
