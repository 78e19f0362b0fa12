"""Jobs of movements: each is placed at the vendor and then polled until it has ended, because the vendor sends no
events (docs/domain.md#movements)."""

from datetime import datetime, timedelta

from domain.inventory.assets import Asset
from domain.inventory.device_actions import ACTIVE, DeviceAction, DeviceActionStatus, advance, tracked, wiped
from domain.inventory.device_places import WrongPlace, with_checked_place
from domain.inventory.movements import (
    Movement,
    MovementRequest,
    MovementStatus,
    ReportedMovement,
    adopted,
    apply_movement_report,
    movement_status,
)
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import Actor, ActorType
from domain.shared.events import EventType, NewEvent
from domain.shared.jobs import Again, Job
from domain.shared.outbound_errors import OutboundFailure
from domain.use_cases.inventory.device_actions import action_event, locked, save_moved
from domain.use_cases.jobs.at_most_once import call_at_most_once

TECSPAL = Actor(ActorType.SYSTEM, "tecspal", "Tecspal")
PLACEABLE = (MovementStatus.QUEUED, MovementStatus.FAILED)
UNKNOWN_DEVICE = "The vendor does not have this device; an operator moves it."
# The minimum time between two attempts while another request of the same person is being placed.
TURN = timedelta(seconds=2)
# Placing ends by time and not by attempts, because waiting for another request takes any number of them.
MAX_AGE = timedelta(days=1)
# The event of a device action for each field that a report of the vendor changes.
EVENT_OF_FIELD = {
    EventType.DEVICE_ACTION_ADVANCED: "status",
    EventType.DEVICE_ACTION_TRACKING_ADDED: "tracking_link",
    EventType.DEVICE_ACTION_WIPED: "wipe_completed",
}


async def place_movement(deps: Dependencies, job: Job) -> Again | None:
    """Place a movement at the vendor, once however often this runs. Raises: OutboundFailure."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        movement, action, _ = await _locked(work, job)
        if movement.status in PLACEABLE and action.status not in ACTIVE:
            await _close(work, deps, movement)
            return None
        earlier = await work.movements.ahead(movement)
        known = await work.movements.known(movement)
        code = (await work.tenants.by_id(movement.tenant_id)).company_code
    if movement.status not in PLACEABLE:
        return None
    if earlier:
        # One request at a time for each person, so that one attempt's movement cannot be mistaken for another's.
        waited = deps.now() - movement.created_at
        turn = max(TURN, min(waited / 8, deps.retry_policy.poll_interval))
        return Again(deps.now() + turn, waits="Another request of the same person is being placed.")
    vendor = deps.external.movements(job.environment)
    hardware_id = await vendor.hardware_id(code, movement.serial_number)
    if hardware_id is None:
        await _conclude(deps, job, None, MovementStatus.NOT_POSSIBLE, UNKNOWN_DEVICE)
        return None
    request = MovementRequest(
        movement.kind, code, movement.country, hardware_id, movement.employee_email, movement.factory_reset
    )

    async def find() -> ReportedMovement | None:
        theirs = await vendor.find_movements(code, movement.kind, movement.employee_email)
        return adopted(movement, theirs, known, deps.retry_policy.resend_after)

    report = await call_at_most_once(deps, job, find, lambda: vendor.place_movement(request))
    await _conclude(deps, job, report, movement_status(report))
    return None


async def _close(work: UnitOfWork, deps: Dependencies, movement: Movement) -> None:
    """Cancel a movement whose action has ended without the vendor."""
    await work.movements.save(movement._replace(status=MovementStatus.CANCELLED, updated_at=deps.now()))
    await work.commit()


def next_placing(deps: Dependencies, job: Job) -> datetime | None:
    """The time of the next attempt to place a movement; None after `MAX_AGE`."""
    now, delays = deps.now(), deps.retry_policy.retry_delays
    if now > job.created_at + MAX_AGE or not delays:
        return None
    return now + min(timedelta(seconds=delays[min(job.attempts, len(delays)) - 1]), deps.retry_policy.max_poll_interval)


async def fail_movement(work: UnitOfWork, deps: Dependencies, job: Job, error: str) -> None:
    """Fail a movement that could not be placed. Its action continues without the vendor."""
    await _write(work, deps, job, None, MovementStatus.FAILED, error)


async def note_movement_problem(deps: Dependencies, job: Job, problem: str) -> None:
    """Set the problem of a movement. The next success clears it."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        movement, action, _ = await _locked(work, job)
        if movement.status not in (MovementStatus.QUEUED, MovementStatus.PROCESSING) or movement.problem == problem:
            return
        await work.movements.save(movement._replace(problem=problem))
        if movement.problem is None:
            facts = {"followed": [], "delay": deps.retry_policy.poll_interval}
            reported = (EventType.MOVEMENT_UPDATED, action.tenant_id, action.ref, TECSPAL, deps.now(), (), facts)
            work.record(NewEvent(*reported))
        await work.commit()


async def follow_movement(deps: Dependencies, job: Job) -> Again | None:
    """Poll the vendor for a movement and advance its action. Returns when to poll again, or None.

    Raises: OutboundFailure, if the vendor does not know the movement.
    """
    async with deps.unit_of_work(job.tenant_scope) as work:
        movement, _, _ = await _locked(work, job)
        code = (await work.tenants.by_id(movement.tenant_id)).company_code
    if movement.status != MovementStatus.PROCESSING or movement.vendor_movement_id is None:
        return None
    try:
        vendor = deps.external.movements(job.environment)
        report = await vendor.movement(code, movement.vendor_movement_id)
    except OutboundFailure as failure:
        if failure.final:
            await _conclude(deps, job, None, MovementStatus.FAILED, str(failure))
            raise
        return Again(
            deps.retry_policy.next_poll(movement.updated_at, deps.now()), f"{type(failure).__name__}: {failure}"
        )
    status = movement_status(report)
    before = (movement.status, movement.tracking_link, movement.problem)
    if (status, apply_movement_report(movement, report).tracking_link, None) != before:
        movement = await _conclude(deps, job, report, status)
    if status != MovementStatus.PROCESSING:
        return None
    return Again(deps.retry_policy.next_poll(movement.updated_at, deps.now()))


async def _conclude(
    deps: Dependencies, job: Job, report: ReportedMovement | None, status: MovementStatus, problem: str | None = None
) -> Movement:
    """Save the status of a movement and advance its action, in one unit of work."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        after = await _write(work, deps, job, report, status, problem)
        await work.commit()
        return after


async def _write(
    work: UnitOfWork,
    deps: Dependencies,
    job: Job,
    report: ReportedMovement | None,
    status: MovementStatus,
    problem: str | None,
) -> Movement:
    now = deps.now()
    before, action, asset = await _locked(work, job)
    # A movement that was cancelled while it was being placed stays cancelled; its problem is that the vendor has it.
    cancelled = before.status == MovementStatus.CANCELLED
    reported = apply_movement_report(before, report) if report is not None else before
    place_problem = _place_problem(action, status, asset)
    after = reported._replace(
        status=before.status if cancelled else status,
        problem="It was called off while it was being placed; the vendor has it."
        if cancelled
        else place_problem or problem,
        updated_at=now,
    )
    await work.movements.save(after)
    if place_problem is None:
        await _advance_action(work, deps, action, after, asset)
    followed = [after.id] if report is not None and after.status == MovementStatus.PROCESSING else []
    facts = {"followed": followed, "delay": deps.retry_policy.poll_interval}
    kind = EventType.MOVEMENT_UPDATED if report is not None else EventType.MOVEMENT_FAILED
    work.record(NewEvent(kind, action.tenant_id, action.ref, TECSPAL, now, (), facts))
    return after


def _place_problem(action: DeviceAction, status: MovementStatus, asset: Asset | None) -> str | None:
    """The problem of an action that the vendor has completed but whose device the inventory has elsewhere, if any.

    Only an operator knows which of the two is correct.
    """
    if status != MovementStatus.COMPLETED or action.status not in ACTIVE:
        return None
    try:
        with_checked_place(action, asset)
    except WrongPlace as wrong:
        return (
            f"The vendor has moved it, but: {wrong.message} Complete the action with `override` if the vendor is right."
        )
    return None


async def _advance_action(
    work: UnitOfWork, deps: Dependencies, action: DeviceAction, movement: Movement, asset: Asset | None
) -> None:
    """Advance an action to the status of its movement. An action that has ended meanwhile does not change."""
    if action.status not in ACTIVE:
        return
    moved = _advanced(deps, action, movement)
    kinds = [kind for kind, field in EVENT_OF_FIELD.items() if getattr(moved, field) != getattr(action, field)]
    for kind in kinds[1:]:
        work.record(action_event(kind, moved, TECSPAL, deps))
    if moved != action:
        await save_moved(work, deps, TECSPAL, kinds[0], action, moved, asset)


def _advanced(deps: Dependencies, action: DeviceAction, movement: Movement) -> DeviceAction:
    now, status = deps.now(), DeviceActionStatus
    if action.status == status.PENDING:
        action = advance(action, status.IN_PROGRESS, now)
    if movement.tracking_link is not None:
        action = tracked(action, action.tracking_code, movement.tracking_link, now)
    if movement.status == MovementStatus.CANCELLED and action.status == status.IN_TRANSIT:
        # The device did not arrive; an operator decides what follows.
        return advance(action, status.IN_PROGRESS, now)
    if movement.status == MovementStatus.COMPLETED:
        # The vendor wipes the device if the request has `factoryReset`.
        return advance(wiped(action, now) if action.wipe else action, status.COMPLETED, now)
    on_its_way = movement.tracking_link is not None and movement.status == MovementStatus.PROCESSING
    if on_its_way and action.status == status.IN_PROGRESS:
        return advance(action, status.IN_TRANSIT, now)
    return action


async def _locked(work: UnitOfWork, job: Job) -> tuple[Movement, DeviceAction, Asset | None]:
    """A movement with its action and asset, all locked: the asset first and the movement last, as in all use cases."""
    action_id = await work.movements.action_of(job.payload["movementId"])
    assert action_id is not None, f"job {job.id} names a movement that was never written"
    action, asset = await locked(work, action_id)
    movement = await work.movements.lock(job.payload["movementId"])
    assert movement is not None, f"the movement of job {job.id} is gone"
    return movement, action, asset
