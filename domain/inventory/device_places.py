"""The locations from which and to which device actions move devices: one table, checked when an action is requested and
when it is completed; docs/states.md prints it.

Operators may override it with a reason, which is stored, because the inventory may be wrong.
"""

from enum import StrEnum

from domain.inventory.assets import Asset, AssetStatus
from domain.inventory.device_actions import DeviceAction, DeviceActionType
from domain.inventory.locations import LocationType
from domain.shared.errors import Conflict, ErrorCode
from domain.shared.parsers import fold


class Place(StrEnum):
    """The location of a device in relation to an action's current user."""

    STORED = "in storage"
    HELD = "with the current user"
    HELD_BY_ANOTHER = "with another person"
    AT_OFFICE = "at an office"
    UNKNOWN = "not in the inventory"


_Type = DeviceActionType

# The locations from which each action takes a device. At an office, the current user is who hands it over.
STARTS: dict[DeviceActionType, frozenset[Place]] = {
    _Type.STORE: frozenset({Place.HELD, Place.AT_OFFICE, Place.UNKNOWN}),
    _Type.ASSIGN: frozenset({Place.STORED, Place.UNKNOWN}),
    _Type.REASSIGN: frozenset({Place.HELD, Place.AT_OFFICE, Place.UNKNOWN}),
    _Type.RETRIEVAL: frozenset({Place.HELD, Place.AT_OFFICE, Place.UNKNOWN}),
    _Type.DISPOSE: frozenset({Place.STORED, Place.HELD, Place.AT_OFFICE, Place.UNKNOWN}),
}
# The asset's status after an action is completed.
LEADS_TO: dict[DeviceActionType, AssetStatus] = {
    _Type.STORE: AssetStatus.IN_STORAGE,
    _Type.ASSIGN: AssetStatus.IN_USE,
    _Type.REASSIGN: AssetStatus.IN_USE,
    _Type.RETRIEVAL: AssetStatus.IN_STORAGE,
    _Type.DISPOSE: AssetStatus.RETIRED,
}


class WrongPlace(Conflict):
    """The device is not at a location from which the action takes it, or is already at its destination."""

    code = ErrorCode.WRONG_STATUS


def place_of(asset: Asset | None, action: DeviceAction) -> Place:
    """The location of an action's device. People are matched by address, or by name if the asset has no address."""
    if asset is None or asset.location is None:
        return Place.UNKNOWN
    match asset.location.kind:
        case LocationType.STORAGE:
            return Place.STORED
        case LocationType.OFFICE:
            return Place.AT_OFFICE
    return Place.HELD if _is_with(asset, action.current_key, action.current_name) else Place.HELD_BY_ANOTHER


def check_place(action: DeviceAction, asset: Asset | None) -> None:
    """Check the location of an action's device. Raises: WrongPlace, with the actual and the required location."""
    if asset is None:
        return
    target = LEADS_TO[action.action_type]
    if place_of(asset, action) not in STARTS[action.action_type]:
        message = f"The device is {_location_text(asset)}; {action.action_type} takes it {_source(action)}."
        raise WrongPlace(f"{message}{_remedy(action, asset)}", asset.ref, asset.status, target)
    if stays(action, asset):
        message = f"The device is {_location_text(asset)} already; {action.action_type} takes it to another place."
        raise WrongPlace(message, asset.ref, asset.status, target)


def with_checked_place(action: DeviceAction, asset: Asset | None, override_reason: str | None = None) -> DeviceAction:
    """The action, if its device is at a permitted location, or with the reason of an operator's override. An
    override is permanent. Raises: WrongPlace."""
    try:
        check_place(action, asset)
    except WrongPlace:
        if override_reason is None and action.override_reason is None:
            raise
        return action._replace(override_reason=override_reason or action.override_reason)
    return action


def stays(action: DeviceAction, asset: Asset | None) -> bool:
    """Whether the device would stay with the same person or at the same office."""
    if action.action_type != DeviceActionType.REASSIGN:
        return False
    if asset is None:
        return action.new_key is not None and action.new_key == action.current_key
    if (office := action.new_office) is not None:
        at_office = place_of(asset, action) == Place.AT_OFFICE
        return at_office and fold(asset.place_name or "") == fold(office.name)
    return asset.employee_name is not None and _is_with(asset, action.new_key or "", action.new_name or "")


def _is_with(asset: Asset, key: str, name: str) -> bool:
    if asset.employee_key is not None:
        return asset.employee_key == key
    return fold(asset.employee_name or "") == fold(name)


def _location_text(asset: Asset) -> str:
    address = f" ({asset.employee_email})" if asset.employee_email else ""
    return f"{asset.location}{address}"


def _source(action: DeviceAction) -> str:
    if action.action_type == DeviceActionType.ASSIGN:
        return "out of storage"
    return f"from {action.current_name} ({action.current_email})"


def _remedy(action: DeviceAction, asset: Asset) -> str:
    if action.action_type == DeviceActionType.ASSIGN:
        return " Use REASSIGN to bring it to another person."
    if action.action_type == DeviceActionType.REASSIGN and asset.status == AssetStatus.IN_STORAGE:
        return " Use ASSIGN."
    return ""
