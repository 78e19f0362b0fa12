"""Device actions: what is done with a device, from the request to its new location (docs/domain.md#device-actions).

This module has the row, the state machine and the rules, and how a completed action moves the asset. Inputs are checked
in `domain/inventory/device_action_drafts.py`; movements at the vendor are in `domain/inventory/movements.py`.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.catalogue.products import ProductType
from domain.inventory.assets import Asset, AssetStatus, Holder, at_office, in_storage, in_use, retired
from domain.shared.errors import Conflict, ErrorCode, NodeRef
from domain.shared.events import StatusField
from domain.shared.state_machine import StateMachine, Transition, Who
from domain.shared.wording import cannot_become


class DeviceActionType(StrEnum):
    """The kind of a device action (docs/domain.md#action-types)."""

    STORE = "STORE"
    ASSIGN = "ASSIGN"
    REASSIGN = "REASSIGN"
    RETRIEVAL = "RETRIEVAL"
    DISPOSE = "DISPOSE"


class DeviceActionStatus(StrEnum):
    """The status of a device action. PENDING waits for the vendor (docs/domain.md#action-status)."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    IN_TRANSIT = "IN_TRANSIT"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


_Status, _Type = DeviceActionStatus, DeviceActionType

# A device has at most one action with these statuses, as the database enforces (adapters/database/inventory/tables.py).
ACTIVE = (_Status.PENDING, _Status.IN_PROGRESS, _Status.IN_TRANSIT)
# An action begins with one of these.
FIRST = frozenset({_Status.PENDING, _Status.IN_PROGRESS})
# These bring the device to a person or an office (docs/domain.md#action-types).
TO_A_PERSON = frozenset({_Type.ASSIGN, _Type.REASSIGN})
# These can include a wipe (docs/domain.md#wipes).
WIPEABLE = frozenset({_Type.STORE, _Type.RETRIEVAL})

_BY_OPERATIONS = frozenset({Who.OPERATOR, Who.SYSTEM})
START = Transition(
    "start",
    _Status.IN_PROGRESS,
    frozenset({_Status.PENDING}),
    _BY_OPERATIONS,
    "nothing: work has started",
    keeps=frozenset({_Status.IN_PROGRESS}),
)
SHIP = Transition(
    "ship",
    _Status.IN_TRANSIT,
    frozenset({_Status.IN_PROGRESS}),
    _BY_OPERATIONS,
    "nothing: the device is on its way",
    keeps=frozenset({_Status.IN_TRANSIT}),
)
TURN_BACK = Transition(
    "turn back",
    _Status.IN_PROGRESS,
    frozenset({_Status.IN_TRANSIT}),
    _BY_OPERATIONS,
    "nothing: the parcel was lost or returned, or the vendor has cancelled its movement",
    keeps=frozenset({_Status.IN_PROGRESS}),
)
COMPLETE = Transition(
    "complete",
    _Status.COMPLETED,
    frozenset({_Status.IN_PROGRESS, _Status.IN_TRANSIT}),
    _BY_OPERATIONS,
    "the asset is at its new location; not before a requested wipe",
    keeps=frozenset({_Status.COMPLETED}),
)
CANCEL = Transition(
    "cancel",
    _Status.CANCELLED,
    frozenset({_Status.PENDING, _Status.IN_PROGRESS}),
    frozenset({Who.COMPANY, Who.OPERATOR, Who.SYSTEM}),
    "the asset stays where it is; not once the device is on its way; by the system, if a connected system refused it",
    keeps=frozenset({_Status.CANCELLED}),
)
DEVICE_ACTION = StateMachine(
    "Device action", StatusField.STATUS, DeviceActionStatus, _Status.PENDING, (START, SHIP, TURN_BACK, COMPLETE, CANCEL)
)
_NEXT = {_Status.PENDING: START, _Status.IN_PROGRESS: SHIP, _Status.IN_TRANSIT: COMPLETE}
_TO = {transition.to: transition for transition in (START, SHIP, COMPLETE)}


class Person(NamedTuple):
    """A person who has or gets a device (docs/domain.md#device-actions)."""

    name: str
    email: str
    country: str | None
    address: str | None
    phone_number: str | None


class Office(NamedTuple):
    """An office that gets a device, rather than a person."""

    name: str
    country: str | None
    address: str | None
    phone_number: str | None


class Device(NamedTuple):
    """The device of an action, as it was when the action was created (docs/domain.md#device-actions)."""

    serial_number: str
    model: str | None
    type: ProductType | None
    country: str


class DeviceAction(NamedTuple):
    """One action on one device. `action_id` is the number that people use (docs/domain.md#action-number).

    `external` is set if the device was not in the inventory. `current_key` and `new_key` are `person_key`s. A new
    recipient without an e-mail address is an office. `override_reason` is an operator's reason for overriding the
    location rules. An action that comes from a connected system, or is to be created there, has its `connection_id`.
    """

    id: str
    tenant_id: int
    action_id: str
    action_type: DeviceActionType
    status: DeviceActionStatus
    external: bool
    serial_number: str
    serial_key: str
    model: str | None
    device_type: ProductType | None
    country: str
    current_name: str
    current_email: str
    current_country: str | None
    current_address: str | None
    current_phone: str | None
    current_key: str
    new_name: str | None
    new_email: str | None
    new_country: str | None
    new_address: str | None
    new_phone: str | None
    new_key: str | None
    wipe: bool
    wipe_completed: bool
    tracking_code: str | None
    tracking_link: str | None
    notes: str | None
    notification_emails: tuple[str, ...]
    batch_id: str | None
    requested_by: str | None
    created_at: datetime
    updated_at: datetime
    override_reason: str | None = None
    connection_id: str | None = None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        person = ("name", "email", "country", "address", "phone")
        return {
            "device": ("serial_number", "model", "device_type", "country"),
            "current_user": tuple(f"current_{part}" for part in person),
            "new_recipient": tuple(f"new_{part}" for part in person),
            "new_office": tuple(f"new_{part}" for part in person),
        }

    @property
    def ref(self) -> NodeRef:
        return NodeRef("DeviceAction", self.id)

    @property
    def device(self) -> Device:
        return Device(self.serial_number, self.model, self.device_type, self.country)

    @property
    def current_user(self) -> Person:
        return Person(
            self.current_name, self.current_email, self.current_country, self.current_address, self.current_phone
        )

    @property
    def new_recipient(self) -> Person | None:
        if self.new_name is None or self.new_email is None:
            return None
        return Person(self.new_name, self.new_email, self.new_country, self.new_address, self.new_phone)

    @property
    def new_office(self) -> Office | None:
        if self.new_name is None or self.new_email is not None:
            return None
        return Office(self.new_name, self.new_country, self.new_address, self.new_phone)


class Comment(NamedTuple):
    """A comment on an action. `source` is where it was made (docs/domain.md#action-comments)."""

    id: str
    tenant_id: int
    device_action_id: str
    user_name: str
    user_email: str | None
    message: str
    source: str
    created_at: datetime
    updated_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("DeviceActionComment", self.id)


class WrongActionStatus(Conflict):
    """No transition leads from the action's status to the requested one."""

    code = ErrorCode.WRONG_STATUS


class WipePending(Conflict):
    """The device must be wiped first."""

    code = ErrorCode.WIPE_PENDING


class NoWipe(Conflict):
    """The action includes no wipe."""

    code = ErrorCode.NO_WIPE


class ActionActive(Conflict):
    """The device has an active action (docs/domain.md#active-action)."""

    code = ErrorCode.ACTIVE_ACTION


class InInventory(Conflict):
    """The device is in the inventory, for which there is another mutation (docs/domain.md#external-devices)."""

    code = ErrorCode.IN_INVENTORY


class Gone(Conflict):
    """The device is retired."""

    code = ErrorCode.ASSET_RETIRED


def advance(action: DeviceAction, to: DeviceActionStatus | None, at: datetime) -> DeviceAction:
    """The action with its next status, or with `to` if that is one step away, including the step back from transit. An
    action that already has this status is unchanged.

    Raises: WrongActionStatus, WipePending.
    """
    step = _NEXT.get(action.status) if to is None else _TO[to]
    if to == _Status.IN_PROGRESS and action.status == _Status.IN_TRANSIT:
        step = TURN_BACK
    if step is None:
        raise _not_active(action, to or DeviceActionStatus.COMPLETED)
    if step is COMPLETE and action.status in ACTIVE and action.wipe and not action.wipe_completed:
        message = "A wipe is pending. Complete it first with completeWipe."
        raise WipePending(message, action.ref, action.status, step.to)
    return _after_transition(action, step, at)


def cancel(action: DeviceAction, at: datetime) -> DeviceAction:
    """The cancelled action; unchanged if it is cancelled already. Raises: WrongActionStatus."""
    return _after_transition(action, CANCEL, at)


def wiped(action: DeviceAction, at: datetime) -> DeviceAction:
    """The action with its wipe completed. Raises: NoWipe, WrongActionStatus."""
    if not action.wipe:
        raise NoWipe("This action includes no wipe.", action.ref, action.status)
    if action.wipe_completed:
        return action
    if action.status not in ACTIVE:
        raise _not_active(action, DeviceActionStatus.IN_PROGRESS)
    return action._replace(wipe_completed=True, updated_at=at)


def tracked(action: DeviceAction, code: str | None, link: str | None, at: datetime) -> DeviceAction:
    """The action with tracking. Raises: WrongActionStatus, if it is not active."""
    if action.status not in ACTIVE:
        raise _not_active(action, DeviceActionStatus.IN_PROGRESS)
    if (action.tracking_code, action.tracking_link) == (code, link):
        return action
    return action._replace(tracking_code=code, tracking_link=link, updated_at=at)


def brought(asset: Asset, action: DeviceAction, at: datetime) -> Asset:
    """The asset at the location to which a completed action moves it."""
    if action.action_type == DeviceActionType.DISPOSE:
        moved = retired(asset, at)
    elif (person := action.new_recipient) is not None:
        moved = in_use(asset, Holder(person.name, person.email), at, person.country)
    elif (office := action.new_office) is not None:
        moved = at_office(asset, office.name, at, office.country)
    else:
        moved = in_storage(asset, at)
    return moved._replace(completion_date=at)


def check_available(asset: Asset) -> None:
    """Check that a device is not retired. Raises: Gone."""
    if asset.status == AssetStatus.RETIRED:
        raise Gone("This device is retired and cannot be used.", asset.ref, asset.status)


def _not_active(action: DeviceAction, needed: DeviceActionStatus) -> WrongActionStatus:
    message = f"This action is not active: it is {cannot_become(action.status, needed)}"
    return WrongActionStatus(message, action.ref, action.status, needed)


def _after_transition(action: DeviceAction, step: Transition, at: datetime) -> DeviceAction:
    if action.status in step.keeps:
        return action
    if action.status not in step.sources:
        message = f"This action is {cannot_become(action.status, step.to)}"
        raise WrongActionStatus(message, action.ref, action.status, step.to)
    return action._replace(status=DeviceActionStatus(step.to), updated_at=at)
