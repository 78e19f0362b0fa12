"""Products, their configurations, and the specification of a device."""

import strawberry

from domain.catalogue import products as rows
from domain.catalogue.kits import KitDevice
from domain.catalogue.products import ProductType as ProductType
from domain.quotes.rows import Alternative, QuoteItem
from domain.shared.access import Scope
from resolvers.catalogue import changes, products
from resolvers.catalogue.products import ProductFilters
from schema.declare import Info, column, edge, identity, list_root, one_root_by_id, paged, type_of
from schema.shared.common import MUST_HOLD, WORDS, Connection, Node
from schema.shared.enums import describe
from schema.shared.lazy import LazyCatalogueEventConnection
from schema.shared.scalars import URL

describe(
    ProductType,
    "Kinds of devices.",
    LAPTOP="A laptop.",
    MONITOR="A monitor.",
    MOUSE="A mouse.",
    KEYBOARD="A keyboard.",
    HEADPHONES="Headphones.",
    WEBCAM="A webcam.",
    WARRANTY_MAC="An extended warranty for a Mac; it has no specification.",
    WARRANTY_WINDOWS="An extended warranty for a Windows laptop; it has no specification.",
    ACCESSORY="Anything else.",
)


@type_of(rows.Specification, QuoteItem, Alternative, KitDevice)
class Specification:
    """What a device is. A snapshot: later changes of the catalogue do not show here."""

    brand: str | None = column("Who makes it.")
    model: str | None = column("Which of the maker's devices it is.")
    os: str | None = column("Operating system.")
    cpu: str | None = column("Processor.")
    ram: str | None = column("Memory.")
    storage: str | None = column("Disk.")
    screen_size: str | None = column("Screen size.")
    keyboard_layout: str | None = column("Keyboard layout, such as `ES`.")


@strawberry.input(description="What a device is. At most 200 characters each.")
class SpecificationInput:
    brand: str | None = strawberry.field(default=None, description="Who makes it. Tecspal orders need one.")
    model: str | None = strawberry.field(default=None, description="Which of the maker's devices it is.")
    os: str | None = strawberry.field(default=None, description="Operating system.")
    cpu: str | None = strawberry.field(default=None, description="Processor.")
    ram: str | None = strawberry.field(default=None, description="Memory.")
    storage: str | None = strawberry.field(default=None, description="Disk.")
    screen_size: str | None = strawberry.field(default=None, description="Screen size.")
    keyboard_layout: str | None = strawberry.field(default=None, description="Keyboard layout, such as `ES`.")

    def draft(self) -> rows.Specification:
        return rows.Specification(
            self.brand,
            self.model,
            self.os,
            self.cpu,
            self.ram,
            self.storage,
            self.screen_size,
            self.keyboard_layout,
        )


@type_of(rows.Configuration)
class Configuration(Node):
    """One way a product comes."""

    id: strawberry.ID = identity("Configuration")
    active: bool = column("Whether it can be asked for; false once it is archived.")
    sku: str | None = column("The number its maker or seller gives it; no other configuration has it.")
    os: str | None = column("Operating system.")
    cpu: str | None = column("Processor.")
    ram: str | None = column("Memory.")
    storage: str | None = column("Disk.")
    screen_size: str | None = column("Screen size.")
    resolution: str | None = column("Screen resolution.")
    connection_type: str | None = column("How it connects, such as `USB-C`.")
    product: "Product" = edge("The product that comes this way.", loader="product", key="product_id")


@type_of(rows.Product)
class Product(Node):
    """A device one can ask for. The catalogue is the same for every company."""

    id: strawberry.ID = identity("Product")
    product_type: ProductType = column("What kind of device it is.")
    brand: str = column("Who makes it.")
    model: str = column("Which of the maker's devices it is.")
    active: bool = column("Whether it can be asked for; false once it is archived.")
    sku: str | None = column("The number its maker or seller gives it; no other product has it.")
    image_url: URL | None = column("A picture of it.")
    configurations: list[Configuration] = edge(
        "The ways it comes that can be asked for.", loader="configurations_by_product", many=True
    )
    archived_configurations: list[Configuration] = edge(
        "The ways it came that cannot be asked for any more.", loader="archived_configurations_by_product", many=True
    )
    history: LazyCatalogueEventConnection = paged(
        "What was done to it and its configurations in the catalogue, the latest first: by whom, and what was changed.",
        loader="catalogue_events",
        key="id",
        page=changes.history_key,
        scope=Scope.CATALOGUE_MANAGE,
    )


@type_of(products.AvailableFilters)
class AvailableFilters:
    """Every value that products one can ask for have, to offer as choices for `ProductFilter`."""

    product_type: list[ProductType] = column("Kinds of devices.")
    brand: list[str] = column("Makers.")
    cpu: list[str] = column("Processors.")
    ram: list[str] = column("Sizes of memory.")
    storage: list[str] = column("Sizes of disks.")
    screen_size: list[str] = column("Screen sizes.")
    resolution: list[str] = column("Screen resolutions.")
    connection_type: list[str] = column("Ways to connect.")


async def _available_filters(info: Info) -> AvailableFilters:
    return await products.available_filters(info.context)


@strawberry.type(description="A page of products.")
class ProductConnection(Connection[Product]):
    available_filters: AvailableFilters = strawberry.field(
        resolver=_available_filters,
        description="Every value to narrow the list by, whatever it is narrowed by now. Looked up only when asked for.",
    )


_TOGETHER = "Where several parts are given, one configuration has to have them all."
_WRITTEN = "Blanks and inch signs make no difference, and one text may name several, between commas."


@strawberry.input(description=f"Which products. {MUST_HOLD} Texts match in any case.")
class ProductFilter:
    product_type: list[ProductType] | None = strawberry.field(default=None, description="Of one of these kinds.")
    brand: str | None = strawberry.field(default=None, description="Of this maker.")
    search: str | None = strawberry.field(default=None, description=f"In brand or model: {WORDS}")
    sku: str | None = strawberry.field(default=None, description="With this SKU, or with a configuration that has it.")
    cpu: list[str] | None = strawberry.field(
        default=None, description=f"With one of these processors. {_WRITTEN} {_TOGETHER}"
    )
    ram: list[str] | None = strawberry.field(default=None, description=f"With one of these sizes of memory. {_WRITTEN}")
    storage: list[str] | None = strawberry.field(
        default=None, description=f"With one of these sizes of disk. {_WRITTEN}"
    )
    screen_size: list[str] | None = strawberry.field(
        default=None, description=f"With one of these screen sizes. {_WRITTEN}"
    )
    resolution: list[str] | None = strawberry.field(
        default=None, description=f"With one of these resolutions. {_WRITTEN}"
    )
    connection_type: list[str] | None = strawberry.field(
        default=None, description=f"With one of these connections. {_WRITTEN}"
    )
    include_inactive: bool = strawberry.field(
        default=False, description="Also what is archived and cannot be asked for any more."
    )

    def filters(self) -> ProductFilters:
        parts = {name: value for name in rows.PARTS if (value := getattr(self, name)) is not None}
        return ProductFilters(self.product_type, self.brand, self.search, self.sku, parts, self.include_inactive)


@strawberry.type
class CatalogueQueries:
    product: Product | None = one_root_by_id(
        "A product by id; null when there is none.", Scope.PRODUCTS_READ, products.product, "The product's id."
    )

    products: ProductConnection = list_root(
        "Products, by brand and model.",
        Scope.PRODUCTS_READ,
        products.products,
        ProductFilter,
        "Which products.",
    )
