"""Movements: requests to Tecspal to transport the device of an action, and their results (docs/domain.md#movements).

Tecspal moves devices that it knows from its storage to a person (onboarding) and from a person to its storage
(offboarding). Operators do everything else.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.inventory.assets import Asset, AssetStatus
from domain.inventory.device_actions import DeviceAction, DeviceActionType
from domain.people.employees import person_key
from domain.shared.parsers import fold


class MovementType(StrEnum):
    """The direction of a movement (docs/domain.md#tecspal-movements)."""

    ONBOARDING = "ONBOARDING"
    OFFBOARDING = "OFFBOARDING"


class MovementStatus(StrEnum):
    """The status of a movement: ours until it is placed, then derived from the vendor's, of which only PROCESSING is
    documented."""

    QUEUED = "QUEUED"
    NOT_POSSIBLE = "NOT_POSSIBLE"
    FAILED = "FAILED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


# Tecspal's final statuses are undocumented; these are common values (docs/domain.md#movement-status).
_DONE = frozenset({"COMPLETED", "DELIVERED", "DONE", "FINISHED"})
_OFF = frozenset({"CANCELLED", "CANCELED", "REJECTED"})


class Movement(NamedTuple):
    """The movement that was requested for one action."""

    id: str
    tenant_id: int
    device_action_id: str
    kind: MovementType
    status: MovementStatus
    serial_number: str
    country: str
    employee_email: str
    employee_key: str
    factory_reset: bool
    vendor_movement_id: str | None
    movement_number: str | None
    tracking_link: str | None
    problem: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class MovementRequest:
    """A request to bring a device to a person, or to collect it."""

    kind: MovementType
    company_code: str
    country_code: str
    hardware_id: str
    employee_email: str
    factory_reset: bool


@dataclass(frozen=True, slots=True)
class ReportedMovement:
    """A movement as the vendor reports it. `status` is the vendor's own value. `missing` are the fields that the
    response leaves out, which stay unchanged."""

    vendor_id: str
    number: str | None
    status: str
    created_at: datetime | None = None
    employee_email: str | None = None
    tracking_link: str | None = None
    completed: bool = False
    missing: frozenset[str] = field(default=frozenset(), compare=False)


def movement_for(action: DeviceAction, asset: Asset | None, at: datetime, new_id: str) -> Movement | None:
    """The movement for a new action; None if the vendor does not perform it (docs/domain.md#movements).

    The vendor moves devices between its storage and a person, so the asset must be there, not at an office.
    """
    if asset is None:
        return None
    kind, person, country = MovementType.OFFBOARDING, action.current_email, asset.country
    starts = AssetStatus.IN_USE
    if action.action_type == DeviceActionType.ASSIGN and action.new_email is not None:
        kind, person, starts = MovementType.ONBOARDING, action.new_email, AssetStatus.IN_STORAGE
        country = action.new_country or asset.country
    elif action.action_type not in (DeviceActionType.STORE, DeviceActionType.RETRIEVAL):
        return None
    if asset.status != starts or (starts == AssetStatus.IN_USE and asset.employee_name is None):
        return None
    return Movement(
        id=new_id,
        tenant_id=action.tenant_id,
        device_action_id=action.id,
        kind=kind,
        status=MovementStatus.QUEUED,
        serial_number=asset.serial_number,
        country=country,
        employee_email=person,
        employee_key=person_key(action.tenant_id, person),
        factory_reset=action.wipe,
        vendor_movement_id=None,
        movement_number=None,
        tracking_link=None,
        problem=None,
        created_at=at,
        updated_at=at,
    )


def movement_status(report: ReportedMovement) -> MovementStatus:
    """The vendor's status as ours; an unknown value means PROCESSING (docs/domain.md#movement-status)."""
    status = report.status.upper()
    if report.completed or status in _DONE:
        return MovementStatus.COMPLETED
    return MovementStatus.CANCELLED if status in _OFF else MovementStatus.PROCESSING


def apply_movement_report(movement: Movement, report: ReportedMovement) -> Movement:
    """The movement with the vendor's ids and tracking; its status is `movement_status`."""
    number, link = report.number, report.tracking_link
    return movement._replace(
        vendor_movement_id=report.vendor_id,
        movement_number=movement.movement_number if "number" in report.missing else number,
        tracking_link=movement.tracking_link if "tracking_link" in report.missing else link,
    )


def adopted(
    movement: Movement, theirs: list[ReportedMovement], known: frozenset[str], slack: timedelta
) -> ReportedMovement | None:
    """The vendor's movement that an earlier attempt may have created.

    Movements carry no id of ours, so they are matched by the person and by being created after our request, with
    `slack` for clock differences. Movements of one person and kind are placed one after the other, so the match is
    unique.
    """
    email = fold(movement.employee_email)
    mine = (
        it
        for it in theirs
        if it.vendor_id not in known
        and fold(it.employee_email or "") == email
        and it.created_at is not None
        and it.created_at >= movement.created_at - slack
    )
    return next(mine, None)
