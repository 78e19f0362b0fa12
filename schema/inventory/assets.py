"""Assets: the devices a company holds."""

from enum import StrEnum
from typing import Any

import strawberry

from domain.inventory import assets as rows
from domain.inventory.assets import AssetDraft, AssetStatus
from domain.inventory.locations import Location, LocationDraft, LocationKind
from domain.shared.access import Scope
from domain.use_cases.inventory import assets as use_cases
from domain.use_cases.inventory.assets import AddAssets, OnFailure
from resolvers.inventory import assets, device_actions
from resolvers.inventory.assets import AssetFilters
from resolvers.mutations import Rejected
from schema.catalogue.enums import ProductType
from schema.companies.types import Company
from schema.declare import column, edge, identity, list_root, mutation, one_root, paged, type_of
from schema.history.edges import history_of
from schema.quotes.types import Recipient
from schema.shared.common import (
    MUST_HOLD,
    WHICH_COUNTRY,
    WORDS,
    Connection,
    Info,
    Money,
    MoneyInput,
    Node,
    optional_money,
)
from schema.shared.enums import OrderDirection, describe
from schema.shared.errors import UserError
from schema.shared.inputs import company_id_field
from schema.shared.lazy import LazyDeviceAction, LazyDeviceActionConnection, LazyEmployee, LazyEventConnection
from schema.shared.payloads import payload
from schema.shared.scalars import Date, DateTime, EmailAddress

describe(
    AssetStatus,
    "Whether a device is at hand, in use or gone.",
    IN_STORAGE="In storage.",
    IN_USE="With a person, or at an office.",
    RETIRED="Gone for good.",
)
describe(
    LocationKind,
    "What sort of place a device is at.",
    "AssetLocationKind",
    PERSON="With a person.",
    STORAGE="In storage.",
    OFFICE="In use at an office, by nobody in particular.",
)
describe(
    OnFailure,
    "What becomes of the other devices when some cannot be added.",
    REJECT_ALL="None is added.",
    REJECT_FAILED_ROWS="They are added; `rejected` says which were not, and why.",
)


@type_of(Location)
class AssetLocation:
    """Where a device is."""

    kind: LocationKind = column("What sort of place it is.")
    name: str | None = column("The person or the office; of a storage, its name where it is known.")


@type_of(rows.Asset)
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


class AssetOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    AssetOrderField,
    "What assets can be ordered by.",
    CREATED_AT="When they came on record.",
    UPDATED_AT="When anything of them last changed.",
)


class AssetStatusFilter(StrEnum):
    ALL = "ALL"
    IN_STORAGE = "IN_STORAGE"
    IN_USE = "IN_USE"
    RETIRED = "RETIRED"


describe(
    AssetStatusFilter,
    "Which devices, by their status.",
    ALL="All of them, wherever they are.",
    IN_STORAGE="Those in storage.",
    IN_USE="Those with a person or at an office.",
    RETIRED="Those that are gone for good.",
)


@strawberry.input(description="How to order assets.")
class AssetOrder:
    field: AssetOrderField = strawberry.field(default=AssetOrderField.CREATED_AT, description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")


@strawberry.input(description=f"At which places. {MUST_HOLD}")
class AssetLocationFilter:
    kind: list[LocationKind] | None = strawberry.field(default=None, description="At one of these sorts of places.")
    name: str | None = strawberry.field(
        default=None, description="At exactly this office or storage, or with exactly this person, in any case."
    )


@strawberry.input(description=f"Which assets. {MUST_HOLD}")
class AssetFilter:
    status: AssetStatusFilter = strawberry.field(
        default=AssetStatusFilter.ALL, description="By where they are. By default all, unlike the REST list."
    )
    serial_number: str | None = strawberry.field(
        default=None, description="With exactly this serial number, in any case."
    )
    country: str | None = strawberry.field(default=None, description=f"In this country. {WHICH_COUNTRY}")
    device_type: ProductType | None = strawberry.field(default=None, description="Of this kind.")
    search: str | None = strawberry.field(
        default=None, description=f"In serial number, description, employee or place: {WORDS}"
    )
    location: AssetLocationFilter | None = strawberry.field(default=None, description="By where they are.")

    def filters(self) -> AssetFilters:
        status, place = None if self.status is AssetStatusFilter.ALL else str(self.status), self.location
        kinds, name = (place.kind, place.name) if place else (None, None)
        return AssetFilters(status, self.serial_number, self.country, self.device_type, self.search, kinds, name)


@strawberry.input(one_of=True, description="How to name an asset.")
class AssetBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    serial_number: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By serial number, in any case. If several companies have one, a platform key is told their ids.",
    )


@strawberry.input(description="Where a device is.")
class AssetLocationInput:
    kind: LocationKind = strawberry.field(description="What sort of place it is.")
    name: str | None = strawberry.field(
        default=None, description="The office, or the person by name or address; may be left out for STORAGE."
    )

    def draft(self) -> LocationDraft:
        return LocationDraft(self.kind, self.name)


@strawberry.input(description="A device to add.")
class AssetInput:
    serial_number: str = strawberry.field(description="The serial number, at most 100 characters; unique.")
    device_type: ProductType = strawberry.field(description="What kind of device it is.")
    country: str = strawberry.field(description="Where it is: ISO 3166-1 code or name.")
    description: str = strawberry.field(description="The device, as in `MacBook Pro 14`.")
    employee: str | None = strawberry.field(
        default=None, description="Who has it, by name or address. Without, it is where `location` says."
    )
    condition: str | None = strawberry.field(default=None, description="How good it is, as in `New`, `Good`, `Fair`.")
    cost: MoneyInput | None = strawberry.field(default=None, description="What it cost.")
    location: AssetLocationInput | None = strawberry.field(
        default=None, description="Where it is. By default with the `employee`, or else in storage."
    )

    def draft(self) -> AssetDraft:
        return AssetDraft(
            self.serial_number,
            self.device_type,
            self.country,
            self.description,
            self.employee,
            self.condition,
            optional_money(self.cost),
            self.location.draft() if self.location else None,
        )


@strawberry.input(description="Devices to add.")
class AddAssetsInput:
    assets: list[AssetInput] = strawberry.field(description="The devices, 1 to 1,000.")
    company_id: strawberry.ID | None = company_id_field()
    on_failure: OnFailure = strawberry.field(
        default=OnFailure.REJECT_ALL, description="What becomes of the others when some cannot be added."
    )
    dry_run: bool = strawberry.field(default=False, description="Only say what would be refused.")

    def command(self) -> AddAssets:
        drafts = [asset.draft() for asset in self.assets]
        return AddAssets(drafts, self.company_id, self.on_failure, dry_run=self.dry_run)


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
class AssetMutations:
    add_assets: AddAssetsPayload | None = mutation(
        "Add one device or many. Those with an employee or at an office are in use, the others in storage.",
        Scope.ASSETS_WRITE,
        AddAssetsInput,
        use_cases.add_assets,
    )
