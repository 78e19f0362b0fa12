"""What mutations of assets and device actions answer."""

from typing import Any

import strawberry

from resolvers.inventory import assets, device_actions
from resolvers.mutations import Rejected
from schema.declare import Info, column, edge, type_of
from schema.inventory.types import Asset, DeviceAction, DeviceActionComment
from schema.shared.errors import UserError
from schema.shared.payloads import payload, subject


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
    rejected: list[RejectedAsset] = column("Devices that were not added. Only with `REJECT_FAILED_ROWS`.")


_SUBJECT = "The device action after the mutation. Null if the mutation was refused."
_CHANGES = "Status changes of the device action and its asset, or with `dryRun` those that the mutation would make."


@payload(changes=_CHANGES)
class DeviceActionPayload:
    """For mutations of a device action."""

    device_action: DeviceAction | None = subject(_SUBJECT, "device_action")


async def _created(root: strawberry.Parent[Any], info: Info) -> list[DeviceAction]:
    return await device_actions.created(info.context, root.outcome.ids_of("DeviceAction"))


@payload(changes="Always empty, because new device actions have no previous status.")
class CreateDeviceActionsPayload:
    """For `createDeviceActions`."""

    device_actions: list[DeviceAction] = strawberry.field(
        resolver=_created,
        description="The new device actions, in the order of the input. Empty if the mutation was refused.",
    )


@payload()
class AddDeviceActionCommentPayload:
    """For `addDeviceActionComment`."""

    device_action: DeviceAction | None = subject(_SUBJECT, "device_action")
    comment: DeviceActionComment | None = edge("Text of the comment.", loader="device_action_comment", key="comment_id")
