"""Where devices and what is done with them stand, and the choices of their lists."""

from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.inventory.locations import LocationType
from domain.inventory.movements import MovementStatus, MovementType
from domain.use_cases.inventory.assets import OnFailure
from schema.shared.enums import describe

__all__ = [
    "AssetStatus",
    "DeviceActionStatus",
    "DeviceActionType",
    "LocationType",
    "MovementStatus",
    "MovementType",
    "OnFailure",
]

describe(
    AssetStatus,
    "Status of an asset.",
    IN_STORAGE="In storage.",
    IN_USE="In use: assigned to a person or an office.",
    RETIRED="No longer held by the company.",
)
describe(
    LocationType,
    "Type of location of a device.",
    "AssetLocationType",
    PERSON="Assigned to a person.",
    STORAGE="In storage.",
    OFFICE="Assigned to an office.",
)
describe(
    OnFailure,
    "What happens to the other devices if some cannot be added.",
    REJECT_ALL="No device is added.",
    REJECT_FAILED_ROWS="The other devices are added. `rejected` lists those that were not, with reasons.",
)
describe(
    DeviceActionType,
    "Type of a device action.",
    STORE="Move the device from a person or an office to storage.",
    ASSIGN="Move the device from storage to a person or an office.",
    REASSIGN="Move the device from a person or an office to another person or office.",
    RETRIEVAL="Collect the device from a person or an office and store it.",
    DISPOSE="Dispose of the device. The asset is retired.",
)
describe(
    DeviceActionStatus,
    "Status of a device action.",
    PENDING="Not started.",
    IN_PROGRESS="In progress.",
    IN_TRANSIT="The device is on its way.",
    COMPLETED="Completed. The asset is at its new location.",
    CANCELLED="Cancelled.",
)
describe(
    MovementType,
    "Direction of a movement.",
    ONBOARDING="From storage to a person.",
    OFFBOARDING="From a person to storage.",
)
describe(
    MovementStatus,
    "Status of a movement.",
    QUEUED="The request to the vendor is queued.",
    NOT_POSSIBLE="The vendor cannot carry out the movement; an operator has to.",
    FAILED="The request to the vendor failed; an operator has to carry out the movement.",
    PROCESSING="The vendor is processing the movement.",
    COMPLETED="The vendor has completed the movement.",
    CANCELLED="Cancelled.",
)
