"""Where devices and what is done with them stand, and the choices of their lists."""

from enum import StrEnum

from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.inventory.locations import LocationKind
from domain.inventory.movements import MovementKind, MovementStatus
from domain.use_cases.inventory.assets import OnFailure
from schema.shared.enums import describe

__all__ = [
    "AssetOrderField",
    "AssetStatus",
    "AssetStatusFilter",
    "DeviceActionOrderField",
    "DeviceActionStatus",
    "DeviceActionType",
    "LocationKind",
    "MovementKind",
    "MovementStatus",
    "OnFailure",
]

describe(
    AssetStatus,
    "Whether a device is at hand, in use or gone.",
    IN_STORAGE="In storage.",
    IN_USE="With a person, or at an office.",
    RETIRED="Gone for good.",
)
describe(
    LocationKind,
    "What sort of place a device is at.",
    "AssetLocationKind",
    PERSON="With a person.",
    STORAGE="In storage.",
    OFFICE="In use at an office, by nobody in particular.",
)
describe(
    OnFailure,
    "What becomes of the other devices when some cannot be added.",
    REJECT_ALL="None is added.",
    REJECT_FAILED_ROWS="They are added; `rejected` says which were not, and why.",
)


class AssetOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    AssetOrderField,
    "What assets can be ordered by.",
    CREATED_AT="When they came on record.",
    UPDATED_AT="When anything of them last changed.",
)


class AssetStatusFilter(StrEnum):
    ALL = "ALL"
    IN_STORAGE = "IN_STORAGE"
    IN_USE = "IN_USE"
    RETIRED = "RETIRED"


describe(
    AssetStatusFilter,
    "Which devices, by their status.",
    ALL="All of them, wherever they are.",
    IN_STORAGE="Those in storage.",
    IN_USE="Those with a person or at an office.",
    RETIRED="Those that are gone for good.",
)
describe(
    DeviceActionType,
    "What is done with a device.",
    STORE="It goes from a person or an office into storage.",
    ASSIGN="It goes from storage to a person or an office.",
    REASSIGN="It goes from a person or an office to another.",
    RETRIEVAL="It is fetched from a person or an office, and is in storage then.",
    DISPOSE="It is disposed of, and retired then.",
)
describe(
    DeviceActionStatus,
    "How far an action has come.",
    PENDING="It waits for the vendor.",
    IN_PROGRESS="Someone is at it.",
    IN_TRANSIT="The device is on its way.",
    COMPLETED="It is done, and the asset where it was to go.",
    CANCELLED="It was called off.",
)
describe(
    MovementKind,
    "Which way the vendor moves a device.",
    ONBOARDING="From storage to a person.",
    OFFBOARDING="From a person into storage.",
)
describe(
    MovementStatus,
    "Where a movement stands.",
    QUEUED="It is to be asked for.",
    NOT_POSSIBLE="The vendor cannot do it: an operator does.",
    FAILED="Asking for it was given up: an operator does it.",
    PROCESSING="The vendor is at it.",
    COMPLETED="The vendor has done it.",
    CANCELLED="It was called off.",
)


class DeviceActionOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    DeviceActionOrderField,
    "What device actions can be ordered by.",
    CREATED_AT="When they were asked for.",
    UPDATED_AT="When anything of them last changed.",
)
