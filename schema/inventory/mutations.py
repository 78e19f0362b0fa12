"""Adding assets, asking for device actions and bringing them to their end."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.inventory import assets, device_actions
from schema.declare import mutation
from schema.inventory.inputs import (
    AddAssetsInput,
    AddDeviceActionCommentInput,
    AdvanceDeviceActionInput,
    CancelDeviceActionInput,
    CompleteWipeInput,
    CreateDeviceActionInput,
    CreateDeviceActionsInput,
    CreateExternalDeviceActionInput,
    SetDeviceActionTrackingInput,
)
from schema.inventory.payloads import (
    AddAssetsPayload,
    AddDeviceActionCommentPayload,
    CreateDeviceActionsPayload,
    DeviceActionPayload,
)


@strawberry.type
class AssetMutations:
    add_assets: AddAssetsPayload | None = mutation(
        "Add one device or many. Those with an employee or at an office are in use, the others in storage.",
        Scope.ASSETS_WRITE,
        AddAssetsInput,
        assets.add_assets,
    )


@strawberry.type
class DeviceActionMutations:
    create_device_action: DeviceActionPayload | None = mutation(
        "Ask for something to be done with a device of the inventory.",
        Scope.DEVICE_ACTIONS_WRITE,
        CreateDeviceActionInput,
        device_actions.create_device_actions,
    )
    create_external_device_action: DeviceActionPayload | None = mutation(
        "Ask for something to be done with a device outside the inventory.",
        Scope.DEVICE_ACTIONS_WRITE,
        CreateExternalDeviceActionInput,
        device_actions.create_device_actions,
    )
    create_device_actions: CreateDeviceActionsPayload | None = mutation(
        "Ask for several things at once: an office that moves, a leaver with five devices. All or none.",
        Scope.DEVICE_ACTIONS_WRITE,
        CreateDeviceActionsInput,
        device_actions.create_device_actions,
    )
    cancel_device_action: DeviceActionPayload | None = mutation(
        "Call an action off, as long as its device is not on its way.",
        Scope.DEVICE_ACTIONS_WRITE,
        CancelDeviceActionInput,
        device_actions.cancel_device_action,
    )
    advance_device_action: DeviceActionPayload | None = mutation(
        "Bring an action a step further. Completing it moves the asset.",
        Scope.LOGISTICS_MANAGE,
        AdvanceDeviceActionInput,
        device_actions.advance_device_action,
    )
    set_device_action_tracking: DeviceActionPayload | None = mutation(
        "Note how the parcel with a device is followed.",
        Scope.LOGISTICS_MANAGE,
        SetDeviceActionTrackingInput,
        device_actions.set_tracking,
    )
    complete_wipe: DeviceActionPayload | None = mutation(
        "Note that a device was wiped, where that was asked for.",
        Scope.LOGISTICS_MANAGE,
        CompleteWipeInput,
        device_actions.complete_wipe,
    )
    add_device_action_comment: AddDeviceActionCommentPayload | None = mutation(
        "Say something about an action.",
        Scope.DEVICE_ACTIONS_WRITE,
        AddDeviceActionCommentInput,
        device_actions.add_comment,
    )
