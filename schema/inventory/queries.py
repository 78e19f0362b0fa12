"""Reading assets and device actions."""

import strawberry

from domain.shared.access import Scope
from resolvers.inventory import assets, device_actions
from schema.declare import list_root, one_root
from schema.inventory.inputs import AssetBy, DeviceActionBy
from schema.inventory.lists import ASSETS, DEVICE_ACTIONS
from schema.inventory.types import Asset, AssetConnection, DeviceAction, DeviceActionConnection


@strawberry.type
class AssetQueries:
    asset: Asset | None = one_root(
        "Returns an asset, or null if there is none.", Scope.ASSETS_READ, assets.asset, AssetBy
    )

    assets: AssetConnection | None = list_root(
        "Returns assets, by default newest first.", Scope.ASSETS_READ, "assets", ASSETS
    )


@strawberry.type
class DeviceActionQueries:
    device_action: DeviceAction | None = one_root(
        "Returns a device action, or null if there is none.",
        Scope.DEVICE_ACTIONS_READ,
        device_actions.device_action,
        DeviceActionBy,
    )

    device_actions: DeviceActionConnection | None = list_root(
        "Returns device actions, by default newest first.", Scope.DEVICE_ACTIONS_READ, "device_actions", DEVICE_ACTIONS
    )
