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
    """A device that was not added while others were."""

    index: int = column("Which of the input's `assets`, from 0.")
    serial_number: str = column("Its serial number as given.")
    user_errors: list[UserError] = column("Everything that is wrong with it.")


async def _added(root: strawberry.Parent[Any], info: Info) -> list[Asset]:
    return await assets.added(info.context, root.outcome.ids_of("Asset"))


@payload()
class AddAssetsPayload:
    """What came of adding devices."""

    assets: list[Asset] = strawberry.field(
        resolver=_added, description="The new assets in the order of the input; none when all were refused."
    )
    rejected: list[RejectedAsset] = column("What was left out, with `REJECT_FAILED_ROWS`.")


_SUBJECT = "The action as it is now; null when it was refused."
_CHANGES = "Every status that moved, or with `dryRun` would: the action's, and its asset's."


@payload(changes=_CHANGES)
class DeviceActionPayload:
    """What came of acting on a device action."""

    device_action: DeviceAction | None = subject(_SUBJECT, "device_action")


async def _created(root: strawberry.Parent[Any], info: Info) -> list[DeviceAction]:
    return await device_actions.created(info.context, root.outcome.ids_of("DeviceAction"))


@payload(changes="Every status that moved: none, as new actions have none before.")
class CreateDeviceActionsPayload:
    """What came of asking for actions."""

    device_actions: list[DeviceAction] = strawberry.field(
        resolver=_created, description="The new actions in the order of the input; none when they were refused."
    )


@payload()
class AddDeviceActionCommentPayload:
    """What came of saying something about an action."""

    device_action: DeviceAction | None = subject(_SUBJECT, "device_action")
    comment: DeviceActionComment | None = edge("What was said.", loader="device_action_comment", key="comment_id")
