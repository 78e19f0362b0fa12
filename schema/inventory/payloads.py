"""What mutations of assets and device actions answer."""

from typing import Any

import strawberry

from resolvers.inventory import assets, device_actions
from resolvers.mutations import Rejected
from resolvers.pages import NEWEST_FIRST, OLDEST_FIRST
from schema.declare import Info, column, edge, new_edge, new_edges, type_of
from schema.inventory.types import Asset, DeviceAction, DeviceActionComment
from schema.shared.connections import Edge
from schema.shared.errors import UserError
from schema.shared.payloads import joined, payload, subject


@type_of(Rejected)
class RejectedAsset:
    """A device that was not added although others were."""

    index: int = column("Index of the device in `assets`, starting at 0.")
    serial_number: str = column("Serial number as given in the input.")
    user_errors: list[UserError] = column("Reasons why the device was not added.")


async def _added(root: strawberry.Parent[Any], info: Info) -> list[Asset]:
    return await assets.added(info.context, root.outcome.ids_of("Asset"))


@payload()
class AddAssetsPayload:
    """For `addAssets`."""

    assets: list[Asset] = strawberry.field(
        resolver=_added, description="The new assets, in the order of the input. Empty if all were refused."
    )
    asset_edges: list[Edge[Asset]] = new_edges(
        "The new assets as edges of `assets` in its default order.", "Asset", "assets", NEWEST_FIRST
    )
    rejected: list[RejectedAsset] = column("Devices that were not added. Only with `REJECT_FAILED_ROWS`.")


@payload()
class UpdateAssetPayload:
    """For `updateAsset`."""

    asset: Asset | None = subject("The asset after the mutation. Null if the mutation was refused.", "asset")


_SUBJECT = "The device action after the mutation. Null if the mutation was refused."
_CREATED = "Always empty, because new device actions have no previous status."
_CHANGES = "Status changes of the device action and its asset, or with `dryRun` those that the mutation would make."


@payload(changes=_CREATED)
class CreateDeviceActionPayload:
    """For mutations that create a device action."""

    device_action: DeviceAction | None = subject(_SUBJECT, "device_action")
    device_action_edge: Edge[DeviceAction] | None = new_edge(
        joined("device action", "deviceActions"), "DeviceAction", "device_actions", NEWEST_FIRST
    )


@payload(changes=_CHANGES)
class DeviceActionPayload:
    """For mutations of a device action that there is."""

    device_action: DeviceAction | None = subject(_SUBJECT, "device_action")


async def _created(root: strawberry.Parent[Any], info: Info) -> list[DeviceAction]:
    return await device_actions.created(info.context, root.outcome.ids_of("DeviceAction"))


@payload(changes=_CREATED)
class CreateDeviceActionsPayload:
    """For `createDeviceActions`."""

    device_actions: list[DeviceAction] = strawberry.field(
        resolver=_created,
        description="The new device actions, in the order of the input. Empty if the mutation was refused.",
    )
    device_action_edges: list[Edge[DeviceAction]] = new_edges(
        "The new device actions as edges of `deviceActions` in its default order.",
        "DeviceAction",
        "device_actions",
        NEWEST_FIRST,
    )


@payload()
class AddDeviceActionCommentPayload:
    """For `addDeviceActionComment`."""

    device_action: DeviceAction | None = subject(_SUBJECT, "device_action")
    comment: DeviceActionComment | None = edge("The new comment.", loader="device_action_comment", key="comment_id")
    comment_edge: Edge[DeviceActionComment] | None = new_edge(
        joined("comment", "DeviceAction.comments"),
        "DeviceActionComment",
        "comments_by_device_action",
        OLDEST_FIRST,
        parent="device_action_id",
    )
