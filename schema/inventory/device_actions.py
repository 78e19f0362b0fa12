"""Device actions: what is done with devices, and the ways to ask for it and to bring it to its end."""

from enum import StrEnum
from typing import Any

import strawberry

from domain.inventory import device_actions as rows
from domain.inventory.movements import Movement as MovementRow
from domain.inventory.movements import MovementKind, MovementStatus
from domain.shared.access import Scope
from domain.use_cases.inventory import device_actions as use_cases
from resolvers.inventory import device_actions
from resolvers.inventory.device_actions import DeviceActionFilters
from schema.catalogue.enums import ProductType
from schema.companies.types import Company
from schema.declare import column, edge, identity, list_root, mutation, one_root, paged, type_of
from schema.history.edges import history_of
from schema.inventory.assets import Asset
from schema.inventory.device_action_inputs import (
    AddDeviceActionCommentInput,
    AdvanceDeviceActionInput,
    CancelDeviceActionInput,
    CompleteWipeInput,
    CreateDeviceActionInput,
    CreateDeviceActionsInput,
    CreateExternalDeviceActionInput,
    DeviceActionStatus,
    DeviceActionType,
    SetDeviceActionTrackingInput,
)
from schema.quotes.types import StatusTimestamp
from schema.shared.common import MUST_HOLD, Connection, DateTimeRange, Info, Node
from schema.shared.enums import OrderDirection, describe
from schema.shared.lazy import LazyDeviceAction, LazyEmployee, LazyEventConnection
from schema.shared.payloads import payload, subject
from schema.shared.scalars import DateTime, EmailAddress


@type_of(rows.Person)
class DeviceUser:
    """Someone who has a device or gets it, as told with the action."""

    name: str = column("Name.")
    email: EmailAddress = column("Address.")
    country: str | None = column("Country, ISO 3166-1 alpha-2.")
    address: str | None = column("Where the device is or goes to.")
    phone: str | None = column("Telephone number.")


async def _problem(root: strawberry.Parent[Any], info: Info) -> str | None:
    return await device_actions.problem_of(info.context, root.id)


@type_of(rows.Office)
class DeviceOffice:
    """An office that gets a device, as told with the action."""

    name: str = column("What it is called.")
    country: str | None = column("Country, ISO 3166-1 alpha-2.")
    address: str | None = column("Where it is.")
    phone: str | None = column("Telephone number.")


@type_of(rows.Device)
class Device:
    """The device of an action, as it was when the action was made."""

    serial_number: str = column("The serial number.")
    model: str | None = column("The device, as in `MacBook Pro 14`.")
    type: ProductType | None = column("What kind of device it is.")
    country: str = column("Where it was, ISO 3166-1 alpha-2.")


@type_of(rows.Comment)
class DeviceActionComment(Node):
    """What someone said about an action."""

    id: strawberry.ID = identity("DeviceActionComment")
    device_action: LazyDeviceAction = edge("What it is about.", loader="device_action", key="device_action_id")
    user_name: str = column("Who said it.")
    user_email: EmailAddress | None = column("The address of who said it.")
    message: str = column("What was said.")
    source: str = column("Where it was said: `api` for what came by this API.")
    created_at: DateTime = column("When it was said.")


@strawberry.type(description="A page of comments.")
class DeviceActionCommentConnection(Connection[DeviceActionComment]):
    pass


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


@type_of(MovementRow)
class Movement:
    """What was asked of the vendor for an action that it can do."""

    kind: MovementKind = column("Which way the device goes.")
    status: MovementStatus = column("Where it stands.")
    vendor_movement_id: str | None = column("The vendor's id, once it was asked.")
    movement_number: str | None = column("The vendor's number, once it was asked.")
    tracking_link: str | None = column("Where to follow the parcel.")
    problem: str | None = column("Why the vendor does not do it.")
    created_at: DateTime = column("When it was wished for.")
    updated_at: DateTime = column("When the vendor last told anything new.")


@type_of(rows.DeviceAction)
class DeviceAction(Node):
    """One thing done with one device. A device has at most one that is not over."""

    id: strawberry.ID = identity("DeviceAction")
    action_id: str = column("The number people use for it, as in `DA-2026-0015`.")
    action_type: DeviceActionType = column("What is done.")
    status: DeviceActionStatus = column("How far it has come.")
    status_timestamps: list[StatusTimestamp] = edge(
        "When it first reached each status.", loader="status_times_by_node", many=True
    )
    external: bool = column("Whether the device was outside the inventory when the action was made.")
    device: Device = column("The device, as it was when the action was made.")
    asset: Asset | None = edge(
        "The asset with this serial number now.", loader="asset_by_serial", key="serial_key", scope=Scope.ASSETS_READ
    )
    current_user: DeviceUser = column(
        "Who has the device; of one in storage who had it last, at an office who hands it over."
    )
    current_employee: LazyEmployee | None = edge(
        "The employee who has the device.", loader="employee_by_email", key="current_key", scope=Scope.EMPLOYEES_READ
    )
    new_recipient: DeviceUser | None = column("Who gets the device.")
    new_office: DeviceOffice | None = column("The office that gets the device.")
    new_employee: LazyEmployee | None = edge(
        "The employee who gets the device.", loader="employee_by_email", key="new_key", scope=Scope.EMPLOYEES_READ
    )
    wipe: bool = column("Whether the device has to be wiped before the action is complete.")
    wipe_completed: bool = column("Whether it was.")
    tracking_code: str | None = column("The carrier's code.")
    tracking_link: str | None = column("Where to follow the parcel.")
    notes: str | None = column("What else matters.")
    notification_emails: list[EmailAddress] = column("Who else wants to know.")
    batch_id: str | None = column("What groups it with others made together.")
    requested_by: EmailAddress | None = column("Who asked for it.")
    override_reason: str | None = column(
        "Why an operator has the device moved although it was not where such an action takes it from."
    )
    movement: Movement | None = edge(
        "What the vendor does of it; null where an operator does all.", loader="movement_by_device_action"
    )
    problem: str | None = strawberry.field(
        resolver=_problem, description="Why the vendor does not get on with it, from the first failure on."
    )
    comments: DeviceActionCommentConnection = paged(
        "What was said about it, oldest first.",
        loader="comments_by_device_action",
        key="id",
        page=device_actions.comments_key,
        scope=Scope.DEVICE_ACTIONS_READ,
    )
    history: LazyEventConnection = history_of(Scope.DEVICE_ACTIONS_READ)
    company: Company = edge("The company whose device it is.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("When it was asked for.")
    updated_at: DateTime = column("When anything of it last changed.")


@strawberry.type(description="A page of device actions.")
class DeviceActionConnection(Connection[DeviceAction]):
    pass


class DeviceActionOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    DeviceActionOrderField,
    "What device actions can be ordered by.",
    CREATED_AT="When they were asked for.",
    UPDATED_AT="When anything of them last changed.",
)


@strawberry.input(description="How to order device actions.")
class DeviceActionOrder:
    field: DeviceActionOrderField = strawberry.field(default=DeviceActionOrderField.CREATED_AT, description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")


@strawberry.input(description=f"Which device actions. {MUST_HOLD}")
class DeviceActionFilter:
    status: list[DeviceActionStatus] | None = strawberry.field(default=None, description="With one of these statuses.")
    action_type: list[DeviceActionType] | None = strawberry.field(default=None, description="Of one of these types.")
    serial_number: str | None = strawberry.field(
        default=None, description="With this in the device's serial number, in any case."
    )
    batch_id: str | None = strawberry.field(default=None, description="Of exactly this batch.")
    created_at: DateTimeRange | None = strawberry.field(default=None, description="Asked for in this span of time.")

    def filters(self) -> DeviceActionFilters:
        created: Any = self.created_at or DateTimeRange()
        return DeviceActionFilters(
            self.status, self.action_type, self.serial_number, self.batch_id, created.after, created.before
        )


@strawberry.input(one_of=True, description="How to name a device action.")
class DeviceActionBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    action_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By its number. If several companies have one, a platform key is told their ids.",
    )


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


@strawberry.type
class DeviceActionMutations:
    create_device_action: DeviceActionPayload | None = mutation(
        "Ask for something to be done with a device of the inventory.",
        Scope.DEVICE_ACTIONS_WRITE,
        CreateDeviceActionInput,
        use_cases.create_device_actions,
    )
    create_external_device_action: DeviceActionPayload | None = mutation(
        "Ask for something to be done with a device outside the inventory.",
        Scope.DEVICE_ACTIONS_WRITE,
        CreateExternalDeviceActionInput,
        use_cases.create_device_actions,
    )
    create_device_actions: CreateDeviceActionsPayload | None = mutation(
        "Ask for several things at once: an office that moves, a leaver with five devices. All or none.",
        Scope.DEVICE_ACTIONS_WRITE,
        CreateDeviceActionsInput,
        use_cases.create_device_actions,
    )
    cancel_device_action: DeviceActionPayload | None = mutation(
        "Call an action off, as long as its device is not on its way.",
        Scope.DEVICE_ACTIONS_WRITE,
        CancelDeviceActionInput,
        use_cases.cancel_device_action,
    )
    advance_device_action: DeviceActionPayload | None = mutation(
        "Bring an action a step further. Completing it moves the asset.",
        Scope.LOGISTICS_MANAGE,
        AdvanceDeviceActionInput,
        use_cases.advance_device_action,
    )
    set_device_action_tracking: DeviceActionPayload | None = mutation(
        "Note how the parcel with a device is followed.",
        Scope.LOGISTICS_MANAGE,
        SetDeviceActionTrackingInput,
        use_cases.set_tracking,
    )
    complete_wipe: DeviceActionPayload | None = mutation(
        "Note that a device was wiped, where that was asked for.",
        Scope.LOGISTICS_MANAGE,
        CompleteWipeInput,
        use_cases.complete_wipe,
    )
    add_device_action_comment: AddDeviceActionCommentPayload | None = mutation(
        "Say something about an action.",
        Scope.DEVICE_ACTIONS_WRITE,
        AddDeviceActionCommentInput,
        use_cases.add_comment,
    )
