"""Device actions on devices that come from a connected system: they are created there
(docs/domain.md#device-actions-there).

The action is recorded as PENDING, and created by a job. The answer, or a record that is read of it, makes it the one
there. Its id is our reference, by which it is found after an unclear answer, so that it is not created twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from domain.connections.changes import (
    CONFIRMED,
    ActionChange,
    NotSupportedByOrigin,
    OriginChangeStatus,
    OriginChangeType,
    as_delayed,
    as_sent,
    as_settled,
    failure_reason,
    refusal,
)
from domain.connections.connections import Connection, ConnectionStatus, Disconnected, check_connected
from domain.connections.origins import Origin
from domain.connections.records import ForeignPerson, ForeignRecord, Unread
from domain.connections.systems import NAMES, TAKE_ACTIONS, Collection, System
from domain.inventory.assets import Asset
from domain.inventory.device_actions import ACTIVE, Comment, DeviceAction, DeviceActionStatus, Person, cancel
from domain.ports.connections import NewForeignAction
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import Actor
from domain.shared.errors import Conflict, ErrorCode, Path, Problem, Problems
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.ids import RowId, parse_id
from domain.shared.jobs import Again, Job
from domain.shared.outbound_errors import Busy, Refused, Uncertain
from domain.use_cases.connections.saving import save_one, save_records
from domain.use_cases.connections.steps import open_connection
from domain.use_cases.connections.systems import PAUSE, NotConnected, connected, with_credentials
from domain.use_cases.jobs.at_most_once import call_at_most_once

_UNSAVED = "The action was created there, but its record could not be saved here. `Connection.problems` says why."


class DevicePlace(NamedTuple):
    """The connection whose system is to create an action, and whether that has the device."""

    connection: Connection
    is_there: bool


async def places_of(work: UnitOfWork, tenant_id: int, assets: Iterable[Asset]) -> Mapping[str, DevicePlace]:
    """The connections that assets come from, by asset. What came from a connection that has ended is ours."""
    origins = await work.origins.of_nodes(tenant_id, [it.id for it in assets])
    found = [await work.connections.find(RowId(it)) for it in sorted({it.connection_id for it in origins.values()})]
    open_ = {it.id: it for it in found if it is not None and it.status != ConnectionStatus.DISCONNECTED}
    return {
        id_: DevicePlace(open_[it.connection_id], not it.is_stale)
        for id_, it in origins.items()
        if it.connection_id in open_
    }


async def named_place(
    work: UnitOfWork, tenant_id: int, given: str, own: DevicePlace | None, problems: Problems, path: Path
) -> DevicePlace | None:
    """The connection that `connectionId` names for a new action on a device, which may come from a connection itself.
    Adds to `problems`."""
    if (parsed := problems.check(path, parse_id, given, "Connection")) is None:
        return own
    connection = await work.connections.find(parsed[1])
    if connection is None or connection.tenant_id != tenant_id:
        problems.add(path, ErrorCode.UNKNOWN_REFERENCE, "The company has no connection with this id.")
        return own
    if own is not None and own.connection.id != connection.id:
        problems.add(path, ErrorCode.NOT_ALLOWED, f"The device comes from {own.connection.name}.")
    elif connection.system not in TAKE_ACTIONS:
        system = System(connection.system)
        message = f"{NAMES[system]} ({system}) has no device actions."
        problems.add(path, ErrorCode.NOT_SUPPORTED_BY_ORIGIN, message)
    else:
        try:
            check_connected(connection)
        except Disconnected as ended:
            problems.add_conflict(path, ended)
    return own or DevicePlace(connection, is_there=False)


def asked_of(place: DevicePlace, action: DeviceAction) -> DeviceAction:
    """A new action that a connected system is to create."""
    return action._replace(connection_id=place.connection.id, status=DeviceActionStatus.PENDING)


def not_taken(place: DevicePlace, action: DeviceAction) -> Problem | None:
    """Why a connected system takes no such action; None if it does."""
    system = System(place.connection.system)
    if action.new_office is not None:
        message = f"{NAMES[system]} ({system}) brings devices to people only."
        return Problem(ErrorCode.NOT_SUPPORTED_BY_ORIGIN, message, ("newOffice",))
    if not place.is_there and not (action.model and action.device_type and action.country):
        message = f"{NAMES[system]} ({system}) does not have the device, and needs its description, type and country."
        return Problem(ErrorCode.NOT_SUPPORTED_BY_ORIGIN, message, ("serialNumber",))
    return None


async def note_asked(work: UnitOfWork, actions: Sequence[DeviceAction], actor: Actor) -> None:
    """Note for those of some new actions that connected systems are to create that this was asked for, and by whom."""
    changes = [
        ActionChange(
            it.id,
            it.tenant_id,
            it.connection_id,
            OriginChangeType.CREATE,
            OriginChangeStatus.REQUESTED,
            actor.kind,
            actor.id,
            actor.name,
            it.created_at,
            it.created_at,
        )
        for it in actions
        if it.connection_id is not None
    ]
    await work.action_changes.add(changes)


async def stale_origin(work: UnitOfWork, action: DeviceAction) -> Origin | None:
    """Check that a device action can be changed here: no system has a call that changes one, so it is our own, or of a
    connection that has ended, or was not there any more; then this is where it came from. Raises:
    NotSupportedByOrigin."""
    connection = await _open_connection(work, action)
    if connection is None:
        return None
    origin = await work.origins.of_node(RowId(action.id))
    if origin is not None and origin.is_stale:
        return origin
    raise _not_supported(connection, action, "which has no call for this. Do it there")


async def end_stale(
    work: UnitOfWork, origin: Origin, before: DeviceAction, after: DeviceAction, asset: Asset | None
) -> Asset | None:
    """Check that a change of an action that was not there any more ends it, or completes the wipe that its end waits
    for. Returns its asset if that is ours to move; one that the system still has is where the system says. Raises:
    NotSupportedByOrigin."""
    if after == before:
        return asset
    if after.status in ACTIVE and after.wipe_completed == before.wipe_completed:
        connection = await _open_connection(work, before)
        assert connection is not None
        why = "which does not have it any more, so that it can only be cancelled or completed"
        raise _not_supported(connection, before, why)
    # If it is there again, what the system says is right again.
    await work.origins.put([origin._replace(fingerprint="")])
    return None if await _has(work, origin.connection_id, asset) else asset


async def _has(work: UnitOfWork, connection_id: str, asset: Asset | None) -> bool:
    """Whether the system of a connection has a device."""
    if asset is None:
        return False
    origin = (await work.origins.there(connection_id, [asset.id])).get(asset.id)
    return origin is not None and not origin.is_stale


async def _open_connection(work: UnitOfWork, action: DeviceAction) -> Connection | None:
    """The connection of a device action, unless it has ended or there is none."""
    return None if action.connection_id is None else await open_connection(work, action.connection_id)


def _not_supported(connection: Connection, action: DeviceAction, why: str) -> NotSupportedByOrigin:
    system = System(connection.system)
    message = f"This device action is one of {NAMES[system]} ({system}), {why}."
    return NotSupportedByOrigin(message, action.ref, action.status)


async def create_action_there(deps: Dependencies, job: Job) -> Again | None:
    """Create a device action in the connected system of its device, once however often this runs. Raises:
    OutboundFailure."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        action = await _waiting(work, job)
        if action is None or action.connection_id is None:
            await _settle_ended(work, deps, job)
            await work.commit()
            return None
        try:
            system = await connected(work, deps, action.connection_id)
        except NotConnected as closed:
            if closed.may_return:
                return Again(deps.now() + PAUSE, waits=str(closed))
            await _refuse(work, deps, action, str(closed))
            await work.commit()
            return None
        new, at = _new(action, await _is_there(work, action)), deps.now()
        if (change := await work.action_changes.lock(action.id)) is not None:
            await work.action_changes.save(as_sent(change, at))
            await work.commit()
    try:
        made = await call_at_most_once(
            deps,
            job,
            lambda: system.find_device_action(new, job.created_at),
            lambda: with_credentials(system.create_device_action(new)),
        )
    except Busy as busy:
        return Again(deps.now() + timedelta(seconds=busy.seconds), waits=str(busy))
    except Refused as refused:
        async with deps.unit_of_work(job.tenant_scope) as work:
            if (waiting := await _waiting(work, job)) is not None:
                await _refuse(work, deps, waiting, failure_reason(refused))
                await work.commit()
        return None
    connection_id = RowId(action.connection_id)

    async def save(record: ForeignRecord | Unread) -> None:
        async with deps.unit_of_work(job.tenant_scope) as work:
            connection = await work.connections.lock(connection_id)
            if connection is not None:
                await save_records(work, deps, connection, Collection.DEVICE_ACTIONS, [record], at)
                await work.commit()

    await save_one(deps, replace(made, reference=action.id), save)
    async with deps.unit_of_work(job.tenant_scope) as work:
        if await _waiting(work, job) is not None:
            # Another attempt finds it. As long as it has no origin, nobody could end it here.
            raise Uncertain("The record of the new device action could not be saved.", reason=_UNSAVED)
    return None


async def note_action_problem(deps: Dependencies, job: Job, problem: str) -> None:
    """Say what keeps a device action from being created."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        change = await work.action_changes.lock(job.payload["deviceActionId"])
        if change is not None:
            await work.action_changes.save(as_delayed(change, problem, deps.now()))
            await work.commit()


async def give_up_action(work: UnitOfWork, deps: Dependencies, job: Job, problem: str) -> None:
    """Cancel a device action that could not be created. If it was after all, a read shows it."""
    if (action := await _waiting(work, job)) is not None:
        await _refuse(work, deps, action, problem)
    else:
        await _settle_ended(work, deps, job)


async def _settle_ended(work: UnitOfWork, deps: Dependencies, job: Job) -> None:
    """Settle what was asked for an action that waits no more: it is there, or was ended here after the connection
    had."""
    change = await work.action_changes.lock(job.payload["deviceActionId"])
    if change is not None and not change.is_settled:
        is_there = await work.origins.of_node(RowId(change.id)) is not None
        settlement = CONFIRMED if is_there else refusal("The device action was ended here.")
        await work.action_changes.save(as_settled(change, settlement, deps.now()))


async def _waiting(work: UnitOfWork, job: Job) -> DeviceAction | None:
    """The action of a job, locked, if it still waits to be created."""
    action = await work.device_actions.lock(job.payload["deviceActionId"])
    if action is None or action.status != DeviceActionStatus.PENDING:
        return None
    return action if await work.origins.of_node(RowId(action.id)) is None else None


async def _refuse(work: UnitOfWork, deps: Dependencies, action: DeviceAction, reason: str) -> None:
    """Cancel an action that the system does not create, and say why in a comment."""
    assert action.connection_id is not None
    connection = await work.connections.find(RowId(action.connection_id))
    assert connection is not None
    now, source = deps.now(), NAMES[System(connection.system)]
    if (change := await work.action_changes.lock(action.id)) is not None:
        await work.action_changes.save(as_settled(change, refusal(reason), now))
    try:
        after = cancel(action, now)
    except Conflict:
        return
    await work.device_actions.save(after)
    comment = Comment(deps.new_id(), action.tenant_id, action.id, connection.name, None, reason, source, now)
    await work.device_actions.add_comment(comment)
    kind, facts = EventType.DEVICE_ACTION_CANCELLED, {"origin": True}
    changes = status_change(action, after)
    work.record(NewEvent(kind, action.tenant_id, action.ref, connection.actor, now, changes, facts))


async def _is_there(work: UnitOfWork, action: DeviceAction) -> bool:
    """Whether the system that is to create an action has its device."""
    asset = (await work.assets.by_serials([action.serial_key])).get(action.serial_key)
    return action.connection_id is not None and await _has(work, action.connection_id, asset)


def _new(action: DeviceAction, is_there: bool) -> NewForeignAction:
    """What the system is sent. It is told what the device is if it does not have it."""
    new = NewForeignAction(
        action.action_type,
        action.serial_number,
        _person(action.current_user),
        None if action.new_recipient is None else _person(action.new_recipient),
        action.wipe,
        action.notes,
        action.notification_emails,
        reference=action.id,
    )
    if is_there:
        return new
    return replace(new, model=action.model, device_type=action.device_type, country=action.country)


def _person(person: Person) -> ForeignPerson:
    return ForeignPerson(person.name, person.email, person.phone_number, address=person.address, country=person.country)
