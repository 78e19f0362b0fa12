"""Assets, which are the devices a company holds, and device actions, which are what is done with devices."""

from typing import Any

import strawberry

from domain.inventory.assets import Asset as AssetRow
from domain.inventory.device_actions import Comment as CommentRow
from domain.inventory.device_actions import Device as DeviceRow
from domain.inventory.device_actions import DeviceAction as DeviceActionRow
from domain.inventory.device_actions import Office as OfficeRow
from domain.inventory.device_actions import Person as PersonRow
from domain.inventory.locations import Location
from domain.inventory.movements import Movement as MovementRow
from domain.shared.access import Scope
from resolvers.inventory import device_actions
from schema.catalogue.enums import ProductType
from schema.companies.types import Company
from schema.declare import Info, column, edge, identity, paged, type_of
from schema.history.types import history_of
from schema.inventory.enums import (
    AssetStatus,
    DeviceActionStatus,
    DeviceActionType,
    LocationKind,
    MovementKind,
    MovementStatus,
)
from schema.quotes.types import Recipient, StatusTimestamp
from schema.shared.connections import Connection
from schema.shared.lazy import LazyDeviceAction, LazyDeviceActionConnection, LazyEmployee, LazyEventConnection
from schema.shared.money import Money
from schema.shared.nodes import Node
from schema.shared.scalars import Date, DateTime, EmailAddress


@type_of(Location)
class AssetLocation:
    """Where a device is."""

    kind: LocationKind = column("What sort of place it is.")
    name: str | None = column("The person or the office; of a storage, its name where it is known.")


@type_of(AssetRow)
class Asset(Node):
    """One device that a company holds. It is in exactly one place."""

    id: strawberry.ID = identity("Asset")
    serial_number: str = column("The serial number, unique within the company in any case.")
    status: AssetStatus = column("Whether it is in storage, in use or retired.")
    location: AssetLocation | None = column("Where it is; null for what is retired.")
    device_type: ProductType | None = column("What kind of device it is.")
    country: str = column("The country it is in, ISO 3166-1 alpha-2.")
    description: str | None = column("The device, as in `MacBook Pro 14`.")
    employee: LazyEmployee | None = edge(
        "Who has it, where that is an employee by address.",
        loader="employee_by_email",
        key="employee_key",
        scope=Scope.EMPLOYEES_READ,
    )
    employee_name: str | None = column("The name of the person who has it.")
    employee_email: EmailAddress | None = column("The address of the person who has it.")
    condition: str | None = column("How good it is, as in `New`, `Good` or `Fair`.")
    price: Money | None = column("What it cost.")
    quantity: int = column("Always 1: a serial number is one device.")
    purchase_source: str | None = column("Where it was bought; `quotegraph` for what came of a quote.")
    purchase_order: str | None = column("The purchase order it came with.")
    assigned_date: Date | None = column("Since which day, in UTC, it is with the person who has it, or at its office.")
    completion_date: DateTime | None = column("When it was delivered, or last moved.")
    recipient: Recipient | None = edge(
        "The recipient of a quote by whom it came.", loader="recipient", key="recipient_id", scope=Scope.QUOTES_READ
    )
    device_actions: LazyDeviceActionConnection = paged(
        "What was and is done with it, newest first.",
        loader="device_actions_by_serial",
        key="serial_key",
        page=device_actions.of_asset_key,
        scope=Scope.DEVICE_ACTIONS_READ,
    )
    current_action: LazyDeviceAction | None = edge(
        "What is being done with it now.",
        loader="active_device_action",
        key="serial_key",
        scope=Scope.DEVICE_ACTIONS_READ,
    )
    history: LazyEventConnection = history_of(Scope.ASSETS_READ)
    company: Company = edge("The company whose it is.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("Since when it is on record.")
    updated_at: DateTime = column("When anything of it last changed.")


@strawberry.type(description="A page of assets.")
class AssetConnection(Connection[Asset]):
    pass


@type_of(PersonRow)
class DeviceUser:
    """Someone who has a device or gets it, as told with the action."""

    name: str = column("Name.")
    email: EmailAddress = column("Address.")
    country: str | None = column("Country, ISO 3166-1 alpha-2.")
    address: str | None = column("Where the device is or goes to.")
    phone: str | None = column("Telephone number.")


async def _problem(root: strawberry.Parent[Any], info: Info) -> str | None:
    return await device_actions.problem_of(info.context, root.id)


@type_of(OfficeRow)
class DeviceOffice:
    """An office that gets a device, as told with the action."""

    name: str = column("What it is called.")
    country: str | None = column("Country, ISO 3166-1 alpha-2.")
    address: str | None = column("Where it is.")
    phone: str | None = column("Telephone number.")


@type_of(DeviceRow)
class Device:
    """The device of an action, as it was when the action was made."""

    serial_number: str = column("The serial number.")
    model: str | None = column("The device, as in `MacBook Pro 14`.")
    type: ProductType | None = column("What kind of device it is.")
    country: str = column("Where it was, ISO 3166-1 alpha-2.")


@type_of(CommentRow)
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


@type_of(DeviceActionRow)
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
