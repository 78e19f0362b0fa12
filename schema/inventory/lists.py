"""How lists of assets, device actions and comments are narrowed and ordered."""

import strawberry

from resolvers.inventory import assets, device_actions
from resolvers.inventory.assets import AssetFilters
from resolvers.inventory.device_actions import CommentFilters, DeviceActionFilters
from schema.catalogue.enums import ProductType
from schema.declare import ListOf
from schema.inventory.enums import AssetStatus, DeviceActionStatus, DeviceActionType, LocationType
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WHICH_COUNTRY, WORDS, DatedFilter, status_field
from schema.shared.metadata import MetadataFilter, external_id_filter, metadata_filter
from schema.shared.ordering import CREATED, UPDATED, order_input
from schema.shared.origins import OriginFilter, origin_field
from schema.shared.scalars import EmailAddress


@strawberry.input(description=f"Filters for the location of assets. {MUST_HOLD}")
class AssetLocationFilter:
    type: list[LocationType] | None = strawberry.field(default=None, description="Only locations of these types.")
    name: str | None = strawberry.field(
        default=None, description="Only the location with exactly this name, ignoring case."
    )


@strawberry.input(description=f"Filters for assets. {MUST_HOLD}")
class AssetFilter(DatedFilter):
    status: list[AssetStatus] | None = status_field()
    serial_number: str | None = strawberry.field(
        default=None, description="Only assets with exactly this serial number, ignoring case."
    )
    asset_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only the asset with this ID, if the other filters match it."
    )
    country: str | None = strawberry.field(default=None, description=f"Only assets in this country. {WHICH_COUNTRY}")
    device_type: list[ProductType] | None = strawberry.field(default=None, description="Only devices of these types.")
    search: str | None = strawberry.field(
        default=None, description=f"Searches the serial number, description, employee and location. {WORDS}"
    )
    location: AssetLocationFilter | None = strawberry.field(default=None, description="Only assets at these locations.")
    origin: OriginFilter | None = origin_field()
    external_id: str | None = external_id_filter()
    metadata: MetadataFilter | None = metadata_filter()

    def filters(self) -> AssetFilters:
        place = self.location or AssetLocationFilter()
        return AssetFilters(
            created_at=self.created_at,
            updated_at=self.updated_at,
            status=self.status,
            serial_number=self.serial_number,
            asset_id=self.asset_id,
            country=self.country,
            device_type=self.device_type,
            search=self.search,
            location_kind=place.type,
            location_name=place.name,
            origin=self.origin,
            external_id=self.external_id,
            metadata=self.metadata,
        )


ASSETS = ListOf(
    "assets",
    AssetFilter,
    order_input("Asset", "assets", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED),
    assets.narrow,
)


@strawberry.input(description=f"Filters for device actions. {MUST_HOLD}")
class DeviceActionFilter(DatedFilter):
    kind = DeviceActionFilters

    status: list[DeviceActionStatus] | None = status_field()
    type: list[DeviceActionType] | None = strawberry.field(
        default=None, description="Only device actions of these types."
    )
    serial_number: str | None = strawberry.field(
        default=None,
        description="Only device actions whose device has this text in its serial number, ignoring case.",
    )
    batch_id: str | None = strawberry.field(default=None, description="Only device actions of exactly this batch.")
    origin: OriginFilter | None = origin_field()


DEVICE_ACTIONS = ListOf(
    "device actions",
    DeviceActionFilter,
    order_input("DeviceAction", "device actions", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED),
    device_actions.narrow,
)


@strawberry.input(description=f"Filters for comments. {MUST_HOLD}")
class DeviceActionCommentFilter(DatedFilter):
    kind = CommentFilters

    author_email: EmailAddress | None = strawberry.field(
        default=None, description="Only comments whose author has exactly this e-mail address."
    )


COMMENTS = ListOf(
    "comments",
    DeviceActionCommentFilter,
    order_input("DeviceActionComment", "comments", OrderDirection.ASC, CREATED_AT=CREATED),
    device_actions.narrow_comments,
)
