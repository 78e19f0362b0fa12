"""Device actions on devices that come from a connected system: they are created there
(docs/domain.md#device-actions-there).

The action is recorded as PENDING, and created by a job. The answer, or a record that is read of it, makes it the one
there. Its id is our reference, by which it is found after an unclear answer, so that it is not created twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from domain.connections.changes import NotSupportedByOrigin, failure_reason
from domain.connections.connections import Connection, ConnectionStatus
from domain.connections.origins import Origin
from domain.connections.records import ForeignPerson, ForeignRecord, Unread
from domain.connections.systems import NAMES, Collection, System
from domain.inventory.assets import Asset
from domain.inventory.device_actions import ACTIVE, Comment, DeviceAction, DeviceActionStatus, Person, cancel
from domain.ports.connections import NewForeignAction
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.errors import Conflict, ErrorCode, Problem
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.ids import RowId
from domain.shared.jobs import Again, Job
from domain.shared.outbound_errors import Busy, Refused
from domain.use_cases.connections.saving import save_one, save_records
from domain.use_cases.connections.systems import PAUSE, NotConnected, connected, with_credentials
from domain.use_cases.jobs.at_most_once import call_at_most_once


async def connections_of(work: UnitOfWork, tenant_id: int, assets: Iterable[Asset]) -> Mapping[str, Connection]:
    """The connections that assets come from, by asset. What came from a connection that has ended is ours."""
    origins = await work.origins.of_nodes(tenant_id, [it.id for it in assets])
    found = [await work.connections.find(RowId(it)) for it in sorted({it.connection_id for it in origins.values()})]
    open_ = {it.id: it for it in found if it is not None and it.status != ConnectionStatus.DISCONNECTED}
    return {id_: open_[it.connection_id] for id_, it in origins.items() if it.connection_id in open_}


def asked_of(connection: Connection, action: DeviceAction) -> DeviceAction:
    """A new action that a connected system is to create."""
    return action._replace(connection_id=connection.id, status=DeviceActionStatus.PENDING)


def not_taken(connection: Connection, action: DeviceAction) -> Problem | None:
    """Why a connected system takes no such action; None if it does."""
    if action.new_office is None:
        return None
    system = System(connection.system)
    message = f"{NAMES[system]} ({system}) brings devices to people only."
    return Problem(ErrorCode.NOT_SUPPORTED_BY_ORIGIN, message, ("newOffice",))


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
    place = None if asset is None else await work.origins.of_node(RowId(asset.id))
    is_there = place is not None and place.connection_id == origin.connection_id and not place.is_stale
    return None if is_there else asset


async def _open_connection(work: UnitOfWork, action: DeviceAction) -> Connection | None:
    """The connection of a device action, unless it has ended or there is none."""
    if action.connection_id is None:
        return None
    connection = await work.connections.find(RowId(action.connection_id))
    assert connection is not None
    return None if connection.status == ConnectionStatus.DISCONNECTED else connection


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
            return None
        try:
            system = await connected(work, deps, action.connection_id)
        except NotConnected as closed:
            if closed.may_return:
                return Again(deps.now() + PAUSE, waits=str(closed))
            await _refuse(work, deps, action, str(closed))
            await work.commit()
            return None
    new, at = _new(action), deps.now()
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
    return None


async def give_up_action(work: UnitOfWork, deps: Dependencies, job: Job, problem: str) -> None:
    """Cancel a device action that could not be created. If it was after all, a read shows it."""
    if (action := await _waiting(work, job)) is not None:
        await _refuse(work, deps, action, problem)


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


def _new(action: DeviceAction) -> NewForeignAction:
    return NewForeignAction(
        action.action_type,
        action.serial_number,
        _person(action.current_user),
        None if action.new_recipient is None else _person(action.new_recipient),
        action.wipe,
        action.notes,
        action.notification_emails,
        reference=action.id,
    )


def _person(person: Person) -> ForeignPerson:
    return ForeignPerson(person.name, person.email, person.phone_number, address=person.address, country=person.country)
