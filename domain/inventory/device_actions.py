"""Device actions: what is done with a device, from who asked for it to where the device is then
(docs/domain.md#device-actions).

The row, the table of its moves, and the rules: what may follow when, and how a completed action moves the asset. Making
an action from what someone typed is `domain/inventory/device_action_drafts.py`; what the vendor does of it is
`domain/inventory/movements.py`.
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
    """What is done with a device (docs/domain.md#action-types)."""

    STORE = "STORE"
    ASSIGN = "ASSIGN"
    REASSIGN = "REASSIGN"
    RETRIEVAL = "RETRIEVAL"
    DISPOSE = "DISPOSE"


class DeviceActionStatus(StrEnum):
    """How far an action has come. PENDING waits for the vendor (docs/domain.md#action-status)."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    IN_TRANSIT = "IN_TRANSIT"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


_Status, _Type = DeviceActionStatus, DeviceActionType

# A device has at most one action in one of these; the database keeps to it (adapters/database/inventory/tables.py).
ACTIVE = (_Status.PENDING, _Status.IN_PROGRESS, _Status.IN_TRANSIT)
# These bring the device to someone or to an office, which is then named (docs/domain.md#action-types).
TO_A_PERSON = frozenset({_Type.ASSIGN, _Type.REASSIGN})
# These can ask for a wipe (docs/domain.md#wipes).
WIPEABLE = frozenset({_Type.STORE, _Type.RETRIEVAL})

_BY_OPERATION = frozenset({Who.OPERATOR, Who.SYSTEM})
START = Transition(
    "start",
    _Status.IN_PROGRESS,
    frozenset({_Status.PENDING}),
    _BY_OPERATION,
    "nothing: someone is at it",
    keeps=frozenset({_Status.IN_PROGRESS}),
)
SHIP = Transition(
    "ship",
    _Status.IN_TRANSIT,
    frozenset({_Status.IN_PROGRESS}),
    _BY_OPERATION,
    "nothing: the device is on its way",
    keeps=frozenset({_Status.IN_TRANSIT}),
)
TURN_BACK = Transition(
    "turn back",
    _Status.IN_PROGRESS,
    frozenset({_Status.IN_TRANSIT}),
    _BY_OPERATION,
    "nothing: the parcel was lost or came back, or the vendor has called its movement off",
    keeps=frozenset({_Status.IN_PROGRESS}),
)
COMPLETE = Transition(
    "complete",
    _Status.COMPLETED,
    frozenset({_Status.IN_PROGRESS, _Status.IN_TRANSIT}),
    _BY_OPERATION,
    "the asset is where the action brings it; not before a wipe that was asked for",
    keeps=frozenset({_Status.COMPLETED}),
)
CANCEL = Transition(
    "cancel",
    _Status.CANCELLED,
    frozenset({_Status.PENDING, _Status.IN_PROGRESS}),
    frozenset({Who.COMPANY, Who.OPERATOR}),
    "the asset stays where it is; not once the device is on its way",
    keeps=frozenset({_Status.CANCELLED}),
)
DEVICE_ACTION = StateMachine(
    "Device action", StatusField.STATUS, DeviceActionStatus, _Status.PENDING, (START, SHIP, TURN_BACK, COMPLETE, CANCEL)
)
_NEXT = {_Status.PENDING: START, _Status.IN_PROGRESS: SHIP, _Status.IN_TRANSIT: COMPLETE}
_TO = {move.to: move for move in (START, SHIP, COMPLETE)}


class Person(NamedTuple):
    """Someone who has a device or gets it (docs/domain.md#device-actions)."""

    name: str
    email: str
    country: str | None
    address: str | None
    phone: str | None


class Office(NamedTuple):
    """Where nobody in particular gets a device."""

    name: str
    country: str | None
    address: str | None
    phone: str | None


class Device(NamedTuple):
    """What an action is about, as it was when the action was made (docs/domain.md#device-actions)."""

    serial_number: str
    model: str | None
    type: ProductType | None
    country: str


class DeviceAction(NamedTuple):
    """One thing done with one device. `action_id` is the number people use for it (docs/domain.md#action-number).

    `external` says that the device was not in the inventory. `current_key` and `new_key` are the `person_key`s. What is
    new and has no address is an office. `override_reason` is why an operator let it begin or end where it may not.
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

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """What the properties are made of, for readers that load no more than is asked for."""
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
    """What someone said about an action. `source` tells where they said it (docs/domain.md#action-comments)."""

    id: str
    tenant_id: int
    device_action_id: str
    user_name: str
    user_email: str | None
    message: str
    source: str
    created_at: datetime

    @property
    def ref(self) -> NodeRef:
        return NodeRef("DeviceActionComment", self.id)


class WrongActionStatus(Conflict):
    """No move leads from where the action stands to what was asked for."""

    code = ErrorCode.WRONG_STATUS


class WipePending(Conflict):
    """The device has to be wiped first."""

    code = ErrorCode.WIPE_PENDING


class NoWipe(Conflict):
    """Nobody asked for a wipe."""

    code = ErrorCode.NO_WIPE


class ActionActive(Conflict):
    """The device has an action that is not over (docs/domain.md#active-action)."""

    code = ErrorCode.ACTIVE_ACTION


class InInventory(Conflict):
    """The device is in the inventory: there is another mutation for it (docs/domain.md#external-devices)."""

    code = ErrorCode.IN_INVENTORY


class Gone(Conflict):
    """The device is retired."""

    code = ErrorCode.ASSET_RETIRED


def advance(action: DeviceAction, to: DeviceActionStatus | None, at: datetime) -> DeviceAction:
    """The action a step further, or at `to` when that is one step away, also back from its way; one that is there
    already stays as it is.

    Raises: WrongActionStatus, WipePending.
    """
    step = _NEXT.get(action.status) if to is None else _TO[to]
    if to == _Status.IN_PROGRESS and action.status == _Status.IN_TRANSIT:
        step = TURN_BACK
    if step is None:
        raise _over(action, to or DeviceActionStatus.COMPLETED)
    if step is COMPLETE and action.status in ACTIVE and action.wipe and not action.wipe_completed:
        message = "A wipe was asked for: complete it first, by completeWipe."
        raise WipePending(message, action.ref, action.status, step.to)
    return _moved(action, step, at)


def cancel(action: DeviceAction, at: datetime) -> DeviceAction:
    """The action called off; one that is called off already stays as it is. Raises: WrongActionStatus."""
    return _moved(action, CANCEL, at)


def wiped(action: DeviceAction, at: datetime) -> DeviceAction:
    """The action with its wipe done. Raises: NoWipe, WrongActionStatus."""
    if not action.wipe:
        raise NoWipe("No wipe was asked for with this action.", action.ref, action.status)
    if action.wipe_completed:
        return action
    if action.status not in ACTIVE:
        raise _over(action, DeviceActionStatus.IN_PROGRESS)
    return action._replace(wipe_completed=True, updated_at=at)


def tracked(action: DeviceAction, code: str | None, link: str | None, at: datetime) -> DeviceAction:
    """The action with how its parcel is followed. Raises: WrongActionStatus, when it is over."""
    if action.status not in ACTIVE:
        raise _over(action, DeviceActionStatus.IN_PROGRESS)
    if (action.tracking_code, action.tracking_link) == (code, link):
        return action
    return action._replace(tracking_code=code, tracking_link=link, updated_at=at)


def brought(asset: Asset, action: DeviceAction, at: datetime) -> Asset:
    """The asset where a completed action has brought it."""
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
    """Raises: Gone, for a device that nothing can be done with."""
    if asset.status == AssetStatus.RETIRED:
        raise Gone("This device is retired; nothing can be done with it.", asset.ref, asset.status)


def _over(action: DeviceAction, needed: DeviceActionStatus) -> WrongActionStatus:
    message = f"This action is over: it is {cannot_become(action.status, needed)}"
    return WrongActionStatus(message, action.ref, action.status, needed)


def _moved(action: DeviceAction, step: Transition, at: datetime) -> DeviceAction:
    if action.status in step.keeps:
        return action
    if action.status not in step.sources:
        message = f"This action is {cannot_become(action.status, step.to)}"
        raise WrongActionStatus(message, action.ref, action.status, step.to)
    return action._replace(status=DeviceActionStatus(step.to), updated_at=at)
