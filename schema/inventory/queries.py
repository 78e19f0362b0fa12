"""Reading assets and device actions."""

import strawberry

from domain.shared.access import Scope
from resolvers.inventory import assets, device_actions
from schema.declare import list_root, one_root
from schema.inventory.inputs import (
    AssetBy,
    AssetFilter,
    AssetOrder,
    DeviceActionBy,
    DeviceActionFilter,
    DeviceActionOrder,
)
from schema.inventory.types import Asset, AssetConnection, DeviceAction, DeviceActionConnection


@strawberry.type
class AssetQueries:
    asset: Asset | None = one_root("An asset; null when there is none.", Scope.ASSETS_READ, assets.asset, AssetBy)

    assets: AssetConnection = list_root(
        "Assets wherever they are, by default the newest first.",
        Scope.ASSETS_READ,
        assets.assets,
        AssetFilter,
        "Which assets.",
        AssetOrder,
    )


@strawberry.type
class DeviceActionQueries:
    device_action: DeviceAction | None = one_root(
        "A device action; null when there is none.",
        Scope.DEVICE_ACTIONS_READ,
        device_actions.device_action,
        DeviceActionBy,
    )

    device_actions: DeviceActionConnection = list_root(
        "Device actions, by default the newest first.",
        Scope.DEVICE_ACTIONS_READ,
        device_actions.device_actions,
        DeviceActionFilter,
        "Which actions.",
        DeviceActionOrder,
    )
