"""Adding assets, asking for device actions and bringing them to their end."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.inventory import assets, device_actions, new_actions
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
    UpdateAssetInput,
)
from schema.inventory.payloads import (
    AddAssetsPayload,
    AddDeviceActionCommentPayload,
    CreateDeviceActionPayload,
    CreateDeviceActionsPayload,
    DeviceActionPayload,
    UpdateAssetPayload,
)


@strawberry.type
class AssetMutations:
    add_assets = mutation(
        "Adds assets. Devices with an employee or at an office are in use, all others in storage.",
        Scope.ASSETS_WRITE,
        AddAssetsInput,
        assets.add_assets,
        AddAssetsPayload,
    )
    update_asset = mutation(
        "Changes the external ID and the metadata of an asset.",
        Scope.ASSETS_WRITE,
        UpdateAssetInput,
        assets.update_asset,
        UpdateAssetPayload,
    )


@strawberry.type
class DeviceActionMutations:
    create_device_action = mutation(
        "Creates a device action for a device of the inventory. If the device comes from a connected system, the "
        "action is PENDING until that has created it.",
        Scope.DEVICE_ACTIONS_WRITE,
        CreateDeviceActionInput,
        new_actions.create_device_actions,
        CreateDeviceActionPayload,
    )
    create_external_device_action = mutation(
        "Creates a device action for a device that is not in the inventory.",
        Scope.DEVICE_ACTIONS_WRITE,
        CreateExternalDeviceActionInput,
        new_actions.create_device_actions,
        CreateDeviceActionPayload,
    )
    create_device_actions = mutation(
        "Creates several device actions, such as for an office move or for an employee who leaves with "
        "five devices. All are created or none.",
        Scope.DEVICE_ACTIONS_WRITE,
        CreateDeviceActionsInput,
        new_actions.create_device_actions,
        CreateDeviceActionsPayload,
    )
    cancel_device_action = mutation(
        "Cancels a device action whose device is not yet in transit.",
        Scope.DEVICE_ACTIONS_WRITE,
        CancelDeviceActionInput,
        device_actions.cancel_device_action,
        DeviceActionPayload,
    )
    advance_device_action = mutation(
        "Advances a device action to its next status. Completing it moves the asset.",
        Scope.LOGISTICS_MANAGE,
        AdvanceDeviceActionInput,
        device_actions.advance_device_action,
        DeviceActionPayload,
    )
    set_device_action_tracking = mutation(
        "Sets the tracking information of a device action.",
        Scope.LOGISTICS_MANAGE,
        SetDeviceActionTrackingInput,
        device_actions.set_tracking,
        DeviceActionPayload,
    )
    complete_wipe = mutation(
        "Records that the device of an action was wiped. Only for actions with `isWipeRequired`.",
        Scope.LOGISTICS_MANAGE,
        CompleteWipeInput,
        device_actions.complete_wipe,
        DeviceActionPayload,
    )
    add_device_action_comment = mutation(
        "Adds a comment to a device action.",
        Scope.DEVICE_ACTIONS_WRITE,
        AddDeviceActionCommentInput,
        device_actions.add_comment,
        AddDeviceActionCommentPayload,
    )
