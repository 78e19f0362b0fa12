"""How lists of products and kits are narrowed and ordered."""

import strawberry

from domain.catalogue.products import PARTS
from resolvers.catalogue import kits, products
from resolvers.catalogue.kits import KitFilters
from resolvers.catalogue.products import ProductFilters
from schema.catalogue.enums import ProductType
from schema.declare import ListOf
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WORDS, DatedFilter, include_archived_field
from schema.shared.ordering import CREATED, UPDATED, order_input
from schema.shared.origins import OriginFilter, origin_field

_TOGETHER = "If several such filters are given, a single configuration has to match all of them."
_WRITTEN = "Spaces and inch signs are ignored. A value may list several alternatives, separated by commas."


@strawberry.input(description=f"Filters for products. {MUST_HOLD} Text matches ignore case.")
class ProductFilter(DatedFilter):
    type: list[ProductType] | None = strawberry.field(default=None, description="Only products of these types.")
    brand: str | None = strawberry.field(default=None, description="Only products of this brand.")
    search: str | None = strawberry.field(default=None, description=f"Searches the brand and model. {WORDS}")
    sku: str | None = strawberry.field(
        default=None, description="Only products with this SKU, or with a configuration that has it."
    )
    cpu: list[str] | None = strawberry.field(
        default=None,
        description=f"Only products with a configuration that has one of these processors. {_WRITTEN} {_TOGETHER}",
    )
    ram: list[str] | None = strawberry.field(
        default=None, description=f"Only products with a configuration that has one of these memory sizes. {_WRITTEN}"
    )
    storage: list[str] | None = strawberry.field(
        default=None, description=f"Only products with a configuration that has one of these storage sizes. {_WRITTEN}"
    )
    screen_size: list[str] | None = strawberry.field(
        default=None, description=f"Only products with a configuration that has one of these screen sizes. {_WRITTEN}"
    )
    resolution: list[str] | None = strawberry.field(
        default=None,
        description=f"Only products with a configuration that has one of these screen resolutions. {_WRITTEN}",
    )
    connection_type: list[str] | None = strawberry.field(
        default=None,
        description=f"Only products with a configuration that has one of these connection types. {_WRITTEN}",
    )
    include_archived: bool = include_archived_field("products and configurations")
    origin: OriginFilter | None = origin_field()

    def filters(self) -> ProductFilters:
        return ProductFilters(
            created_at=self.created_at,
            updated_at=self.updated_at,
            type=self.type,
            brand=self.brand,
            search=self.search,
            sku=self.sku,
            parts={name: value for name in PARTS if (value := getattr(self, name)) is not None},
            include_archived=self.include_archived,
            origin=self.origin,
        )


PRODUCTS = ListOf(
    "products",
    ProductFilter,
    order_input(
        "Product",
        "products",
        OrderDirection.ASC,
        NAME="Brand and model, ignoring case.",
        CREATED_AT=CREATED,
        UPDATED_AT=UPDATED,
    ),
    products.narrow,
)


@strawberry.input(description=f"Filters for kits. {MUST_HOLD}")
class KitFilter(DatedFilter):
    kind = KitFilters

    search: str | None = strawberry.field(default=None, description=f"Searches the name. {WORDS}")
    tag: str | None = strawberry.field(default=None, description="Only kits with this tag, ignoring case.")
    region: str | None = strawberry.field(default=None, description="Only kits with exactly this region.")


KITS = ListOf(
    "kits",
    KitFilter,
    order_input(
        "Kit", "kits", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED, NAME="Name, ignoring case."
    ),
    kits.narrow,
)
