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
from schema.connections.changes import DeviceActionChange
from schema.declare import Info, column, edge, identity, paged, type_of
from schema.history.types import history_of
from schema.inventory.enums import (
    AssetStatus,
    DeviceActionStatus,
    DeviceActionType,
    LocationType,
    MovementStatus,
    MovementType,
)
from schema.inventory.lists import COMMENTS, DEVICE_ACTIONS
from schema.quotes.recipients import Recipient
from schema.quotes.statuses import StatusTimestamp
from schema.quotes.types import Quote
from schema.shared.connections import Connection
from schema.shared.lazy import (
    LazyDeviceAction,
    LazyDeviceActionConnection,
    LazyEmployee,
    LazyEventConnection,
    LazyOrigin,
)
from schema.shared.metadata import MetadataEntry, external_id, metadata
from schema.shared.money import Money
from schema.shared.nodes import Node
from schema.shared.origins import origin
from schema.shared.scalars import URL, CountryCode, Date, DateTime, EmailAddress
from schema.shared.statuses import HasStatus


@type_of(Location)
class AssetLocation:
    """Location of a device."""

    type: LocationType = column("Type of location.", attribute="kind")
    name: str | None = column("Name of the person, office or storage. May be null for a storage.")


@type_of(AssetRow)
class Asset(Node, HasStatus):
    """A device that a company holds."""

    id: strawberry.ID = identity("Asset")
    origin: LazyOrigin | None = origin()
    external_id: str | None = external_id()
    metadata: list[MetadataEntry] = metadata()
    serial_number: str = column("Serial number. Unique within the company, ignoring case.")
    status: AssetStatus = column("Status of the asset.")
    location: AssetLocation | None = column("Location of the device. Null if the asset is retired.")
    device_type: ProductType | None = column("Type of device.")
    country: CountryCode = column("Country where the device is, as an ISO 3166-1 alpha-2 code.")
    description: str | None = column("Description of the device, such as `MacBook Pro 14`.")
    employee: LazyEmployee | None = edge(
        "The employee that the asset is assigned to, found by e-mail address.",
        loader="employee_by_email",
        key="employee_key",
        scope=Scope.EMPLOYEES_READ,
    )
    employee_name: str | None = column("Name of the person that the asset is assigned to.")
    employee_email: EmailAddress | None = column("E-mail address of the person that the asset is assigned to.")
    condition: str | None = column("Condition of the device, such as `New`, `Good` or `Fair`.")
    price: Money | None = column("Purchase price.")
    quantity: int = column("Always 1, because a serial number identifies one device.")
    purchase_source: str | None = column("Source of the purchase. `quotegraph` if the device came from a quote.")
    purchase_order: str | None = column("Purchase order number.")
    assigned_date: Date | None = column("Date, in UTC, since which the asset is assigned to its person or office.")
    moved_at: DateTime | None = column(
        "Date and time of the delivery or of the last move.", attribute="completion_date"
    )
    recipient: Recipient | None = edge(
        "The recipient of a quote that the device was delivered to.",
        loader="recipient",
        key="recipient_id",
        scope=Scope.QUOTES_READ,
    )
    quote: Quote | None = edge(
        "The quote that the device was delivered for. Null if the device came from elsewhere.",
        loader="quote_by_recipient",
        key="recipient_id",
        scope=Scope.QUOTES_READ,
    )
    device_actions: LazyDeviceActionConnection = paged(
        "Device actions of the asset, by default newest first.",
        loader="device_actions_by_serial",
        key="serial_key",
        of=DEVICE_ACTIONS,
        scope=Scope.DEVICE_ACTIONS_READ,
    )
    current_action: LazyDeviceAction | None = edge(
        "The open device action of the asset.",
        loader="active_device_action",
        key="serial_key",
        scope=Scope.DEVICE_ACTIONS_READ,
    )
    history: LazyEventConnection = history_of(Scope.ASSETS_READ)
    company: Company = edge("The company that holds the asset.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("Date and time when the asset was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of assets.")
class AssetConnection(Connection[Asset]):
    pass


@type_of(PersonRow)
class DeviceUser:
    """A person who has or receives a device, as entered with the action."""

    name: str = column("Name.")
    email: EmailAddress = column("Address.")
    country: CountryCode | None = column("Country, ISO 3166-1 alpha-2.")
    address: str | None = column("Postal address on one line.")
    phone_number: str | None = column("Telephone number.")


async def _problem(root: strawberry.Parent[Any], info: Info) -> str | None:
    return await device_actions.problem_of(info.context, root.id)


@type_of(OfficeRow)
class DeviceOffice:
    """An office that receives a device, as entered with the action."""

    name: str = column("Name.")
    country: CountryCode | None = column("Country, ISO 3166-1 alpha-2.")
    address: str | None = column("Postal address on one line.")
    phone_number: str | None = column("Telephone number.")


@type_of(DeviceRow)
class Device:
    """The device of a device action, as of the time when the action was created."""

    serial_number: str = column("Serial number.")
    model: str | None = column("Description of the device, such as `MacBook Pro 14`.")
    type: ProductType | None = column("Type of device.")
    country: CountryCode = column("Country where the device was, as an ISO 3166-1 alpha-2 code.")


@type_of(CommentRow)
class DeviceActionComment(Node):
    """A comment on a device action."""

    id: strawberry.ID = identity("DeviceActionComment")
    device_action: LazyDeviceAction = edge("The device action.", loader="device_action", key="device_action_id")
    author_name: str = column("Name of the author.", attribute="user_name")
    author_email: EmailAddress | None = column("E-mail address of the author.", attribute="user_email")
    message: str = column("Text of the comment.")
    source: str = column("Source of the comment. `api` for comments added with this API.")
    created_at: DateTime = column("Date and time when the comment was added.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of comments.")
class DeviceActionCommentConnection(Connection[DeviceActionComment]):
    pass


@type_of(MovementRow)
class Movement:
    """A request to the vendor to move a device."""

    type: MovementType = column("Direction of the movement.", attribute="kind")
    status: MovementStatus = column("Status.")
    vendor_movement_id: str | None = column("ID of the movement at the vendor. Null until it is requested.")
    movement_number: str | None = column("Number of the movement at the vendor. Null until it is requested.")
    tracking_link: URL | None = column("Tracking page of the carrier.")
    problem: str | None = column("Reason why the vendor does not carry out the movement.")
    created_at: DateTime = column("Date and time when the movement was created.")
    updated_at: DateTime = column("Date and time of the last change reported by the vendor.")


@type_of(DeviceActionRow)
class DeviceAction(Node, HasStatus):
    """An action on one device, such as storing or assigning it. A device has at most one open device action."""

    id: strawberry.ID = identity("DeviceAction")
    origin: LazyOrigin | None = origin()
    action_id: str = column("Human-readable number, such as `DA-2026-0015`.")
    type: DeviceActionType = column("Type of the action.", attribute="action_type")
    status: DeviceActionStatus = column("Status of the action.")
    status_timestamps: list[StatusTimestamp] = edge(
        "Date and time when each status was first reached.", loader="status_times_by_node", many=True
    )
    is_external: bool = column(
        "Whether the device was not in the inventory when the action was created.", attribute="external"
    )
    device: Device = column("The device, as of the time when the action was created.")
    asset: Asset | None = edge(
        "The asset that has this serial number now.",
        loader="asset_by_serial",
        key="serial_key",
        scope=Scope.ASSETS_READ,
    )
    current_user: DeviceUser = column(
        "The person who has the device. For a device in storage, the last person who had it; for a device"
        " at an office, the contact who hands it over."
    )
    current_employee: LazyEmployee | None = edge(
        "The employee who has the device, found by e-mail address.",
        loader="employee_by_email",
        key="current_key",
        scope=Scope.EMPLOYEES_READ,
    )
    new_recipient: DeviceUser | None = column("The person who receives the device.")
    new_office: DeviceOffice | None = column("The office that receives the device.")
    new_employee: LazyEmployee | None = edge(
        "The employee who receives the device, found by e-mail address.",
        loader="employee_by_email",
        key="new_key",
        scope=Scope.EMPLOYEES_READ,
    )
    is_wipe_required: bool = column(
        "Whether the device has to be wiped before the action can be completed.", attribute="wipe"
    )
    is_wipe_completed: bool = column("Whether the device was wiped.", attribute="wipe_completed")
    tracking_code: str | None = column("Tracking code of the carrier.")
    tracking_link: URL | None = column("Tracking page of the carrier.")
    notes: str | None = column("Notes.")
    notification_emails: list[EmailAddress] = column("E-mail addresses that are notified of status changes.")
    batch_id: str | None = column("ID that groups device actions that were created together.")
    requested_by: EmailAddress | None = column("Person who requested the action.")
    override_reason: str | None = column(
        "Reason why an operator allowed the action although the device was not at the location that it requires."
    )
    movement: Movement | None = edge(
        "Movement that the vendor carries out. Null if an operator carries out the action.",
        loader="movement_by_device_action",
    )
    problem: str | None = strawberry.field(
        resolver=_problem,
        description="Problem at the vendor, reported from the first failure on. Null if there is none.",
    )
    pending_change: DeviceActionChange | None = edge(
        "That a connected system was asked to create the device action, until it has created or refused it.",
        loader="pending_change_of_device_action",
    )
    last_change: DeviceActionChange | None = edge(
        "That a connected system was asked to create the device action, settled or not.",
        loader="last_change_of_device_action",
    )
    comments: DeviceActionCommentConnection = paged(
        "Comments, by default oldest first.",
        loader="comments_by_device_action",
        key="id",
        of=COMMENTS,
        scope=Scope.DEVICE_ACTIONS_READ,
    )
    history: LazyEventConnection = history_of(Scope.DEVICE_ACTIONS_READ)
    company: Company = edge("The company that holds the device.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("Date and time when the object was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of device actions.")
class DeviceActionConnection(Connection[DeviceAction]):
    pass
