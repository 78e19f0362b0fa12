"""Movement requests: what a device action asks of Tecspal, and how that comes back (docs/domain.md#movements).

Tecspal brings a device from its storage to a person (onboarding) and from a person into its storage (offboarding), of
those devices that it knows. Everything else, and what it cannot do, is done by operators.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.inventory.assets import Asset, AssetStatus
from domain.inventory.device_actions import DeviceAction, DeviceActionType
from domain.people.employees import person_key
from domain.shared.parsers import fold


class MovementKind(StrEnum):
    """Which way a device goes (docs/domain.md#tecspal-movements)."""

    ONBOARDING = "ONBOARDING"
    OFFBOARDING = "OFFBOARDING"


class MovementStatus(StrEnum):
    """Where a request stands: first with us, then with the vendor, of whose words only PROCESSING is known."""

    QUEUED = "QUEUED"
    NOT_POSSIBLE = "NOT_POSSIBLE"
    FAILED = "FAILED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


# The documents name none of the last words; these are what vendors commonly say (docs/domain.md#movement-status).
_DONE = frozenset({"COMPLETED", "DELIVERED", "DONE", "FINISHED"})
_OFF = frozenset({"CANCELLED", "CANCELED", "REJECTED"})


class Movement(NamedTuple):
    """What was asked of the vendor for one action."""

    id: str
    tenant_id: int
    device_action_id: str
    kind: MovementKind
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
    """One device to be brought to a person, or fetched from one."""

    kind: MovementKind
    company_code: str
    country_code: str
    hardware_id: str
    employee_email: str
    factory_reset: bool


@dataclass(frozen=True, slots=True)
class ReportedMovement:
    """A movement as the vendor tells of it. `status` is its own word. What the answer leaves out is named in `missing`,
    and is not news."""

    vendor_id: str
    number: str | None
    status: str
    created_at: datetime | None = None
    employee_email: str | None = None
    tracking_link: str | None = None
    completed: bool = False
    missing: frozenset[str] = field(default=frozenset(), compare=False)


def movement_for(action: DeviceAction, asset: Asset | None, at: datetime, new_id: str) -> Movement | None:
    """What to ask of the vendor for a new action; None for what it does not do (docs/domain.md#movements).

    It moves devices between its storage and a person, so an asset has to be where such a movement starts: not at an
    office.
    """
    if asset is None:
        return None
    kind, person, country = MovementKind.OFFBOARDING, action.current_email, asset.country
    starts = AssetStatus.IN_USE
    if action.action_type == DeviceActionType.ASSIGN and action.new_email is not None:
        kind, person, starts = MovementKind.ONBOARDING, action.new_email, AssetStatus.IN_STORAGE
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


def movement_status(said: ReportedMovement) -> MovementStatus:
    """The vendor's own word as a status; a word nobody has seen means work in progress
    (docs/domain.md#movement-status)."""
    word = said.status.upper()
    if said.completed or word in _DONE:
        return MovementStatus.COMPLETED
    return MovementStatus.CANCELLED if word in _OFF else MovementStatus.PROCESSING


def heard(movement: Movement, said: ReportedMovement) -> Movement:
    """The movement with what the vendor calls it and how it can be followed; where it stands is `movement_status`."""
    number, link = said.number, said.tracking_link
    return movement._replace(
        vendor_movement_id=said.vendor_id,
        movement_number=movement.movement_number if "number" in said.missing else number,
        tracking_link=movement.tracking_link if "tracking_link" in said.missing else link,
    )


def adopted(
    movement: Movement, theirs: list[ReportedMovement], known: frozenset[str], slack: timedelta
) -> ReportedMovement | None:
    """The vendor's movement that an earlier attempt of ours may have made.

    A movement carries no id of ours, so it is known by its person and by being younger than our wish, give or take
    `slack` between the clocks. Nobody else's: one person's movements of a kind are placed one after the other.
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
