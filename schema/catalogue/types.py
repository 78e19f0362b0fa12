"""Products, their configurations, kits of devices, and what was done to them."""

from typing import Any

import strawberry

from domain.catalogue.kits import Kit as KitRow
from domain.catalogue.kits import KitDevice as KitDeviceRow
from domain.catalogue.products import Configuration as ConfigurationRow
from domain.catalogue.products import Product as ProductRow
from domain.catalogue.products import Specification as SpecificationRow
from domain.history.catalogue_events import CatalogueEvent as CatalogueEventRow
from domain.quotes.rows import Alternative, QuoteItem
from domain.shared.access import Scope
from resolvers.catalogue import products
from schema.catalogue.enums import CatalogueEventType, ProductType
from schema.companies.types import Company
from schema.declare import Info, column, edge, identity, paged, reference, same_row, type_of
from schema.history.lists import CATALOGUE_EVENTS
from schema.history.types import FieldChange
from schema.quotes.lists import QUOTES
from schema.shared.actors import Actor
from schema.shared.connections import Connection
from schema.shared.lazy import LazyCatalogueEventConnection, LazyKit, LazyOrigin, LazyQuoteConnection
from schema.shared.nodes import Node
from schema.shared.origins import origin
from schema.shared.scalars import URL, DateTime


@type_of(SpecificationRow, QuoteItem, Alternative, KitDeviceRow)
class Specification:
    """Specification of a device. A snapshot that later changes of the catalogue do not affect."""

    brand: str | None = column("Brand.")
    model: str | None = column("Model.")
    os: str | None = column("Operating system.")
    cpu: str | None = column("Processor.")
    ram: str | None = column("Memory, such as `16 GB`.")
    storage: str | None = column("Storage, such as `512 GB`.")
    screen_size: str | None = column('Screen size, such as `14"`.')
    keyboard_layout: str | None = column("Keyboard layout, such as `ES`.")


@type_of(ConfigurationRow)
class Configuration(Node):
    """A configuration of a product."""

    id: strawberry.ID = identity("Configuration")
    is_active: bool = column(
        "Whether the product or configuration can be selected. False if archived.", attribute="active"
    )
    sku: str | None = column("Stock keeping unit of the manufacturer or seller. Unique among configurations.")
    os: str | None = column("Operating system.")
    cpu: str | None = column("Processor.")
    ram: str | None = column("Memory, such as `16 GB`.")
    storage: str | None = column("Storage, such as `512 GB`.")
    screen_size: str | None = column('Screen size, such as `14"`.')
    resolution: str | None = column("Screen resolution.")
    connection_type: str | None = column("Connection type, such as `USB-C`.")
    product: "Product" = edge("The product of the configuration.", loader="product", key="product_id")
    created_at: DateTime = column("Date and time when the object was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@type_of(ProductRow)
class Product(Node):
    """A device model in the catalogue. The catalogue is the same for all companies."""

    id: strawberry.ID = identity("Product")
    origin: LazyOrigin | None = origin()
    type: ProductType = column("Type of device.", attribute="product_type")
    brand: str = column("Brand.")
    model: str = column("Model.")
    is_active: bool = column(
        "Whether the product or configuration can be selected. False if archived.", attribute="active"
    )
    sku: str | None = column("Stock keeping unit of the manufacturer or seller. Unique among products.")
    image_url: URL | None = column("URL of an image.")
    configurations: list[Configuration] = edge(
        "Configurations that can be selected.", loader="configurations_by_product", many=True
    )
    archived_configurations: list[Configuration] = edge(
        "Archived configurations.", loader="archived_configurations_by_product", many=True
    )
    history: LazyCatalogueEventConnection = paged(
        "History of the product and its configurations, by default newest first.",
        loader="catalogue_events",
        key="id",
        of=CATALOGUE_EVENTS,
        scope=Scope.CATALOGUE_MANAGE,
    )
    quotes: LazyQuoteConnection = paged(
        "Quotes with a line for the product, by default newest first. Only quotes that the API key gives access to.",
        loader="quotes_by_product",
        key="id",
        of=QUOTES,
        scope=Scope.QUOTES_READ,
    )
    created_at: DateTime = column("Date and time when the object was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@type_of(products.AvailableFilters)
class AvailableFilters:
    """Values of the products in the catalogue, to offer as choices for `ProductFilter`."""

    type: list[ProductType] = column("Type of device.", attribute="product_type")
    brand: list[str] = column("Brands.")
    cpu: list[str] = column("Processors.")
    ram: list[str] = column("Memory sizes.")
    storage: list[str] = column("Storage sizes.")
    screen_size: list[str] = column("Screen sizes.")
    resolution: list[str] = column("Screen resolutions.")
    connection_type: list[str] = column("Connection types.")


async def _available_filters(info: Info) -> AvailableFilters:
    return await products.available_filters(info.context)


@strawberry.type(description="A page of products.")
class ProductConnection(Connection[Product]):
    available_filters: AvailableFilters = strawberry.field(
        resolver=_available_filters,
        description="Values that the products can be filtered by, regardless of the current filter. Computed only if "
        "the field is selected.",
    )


def chosen_product() -> Any:
    """The edge from a device of a line or kit to its product."""
    return edge(
        "The product it was chosen from; null outside the catalogue.",
        loader="product",
        key="product_id",
        scope=Scope.PRODUCTS_READ,
    )


def chosen_configuration() -> Any:
    """The edge from a device of a line or kit to its configuration."""
    return edge(
        "The configuration it was chosen from.",
        loader="configuration",
        key="configuration_id",
        scope=Scope.PRODUCTS_READ,
    )


@type_of(KitDeviceRow)
class KitDevice(Node):
    """A device of a kit, as of the time when it was added."""

    id: strawberry.ID = identity("KitDevice")
    kit: LazyKit = edge("The kit.", loader="kit", key="kit_id")
    product_type: ProductType = column("Type of device.")
    quantity: int = column("Number of these devices in one kit.")
    specification: Specification = same_row("The device.")
    product: Product | None = chosen_product()
    configuration: Configuration | None = chosen_configuration()
    created_at: DateTime = column("Date and time when the object was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@type_of(KitRow)
class Kit(Node):
    """A set of devices that is quoted together, such as the equipment of a new employee."""

    id: strawberry.ID = identity("Kit")
    origin: LazyOrigin | None = origin()
    name: str = column("Name.")
    region: str | None = column("Region that the kit is intended for, as free text.")
    tags: list[str] = column("Tags for search and filtering.")
    devices: list[KitDevice] = edge("Devices of the kit.", loader="devices_by_kit", many=True)
    quotes: LazyQuoteConnection = paged(
        "Quotes with lines that were made from the kit, by default newest first.",
        loader="quotes_by_kit",
        key="id",
        of=QUOTES,
        scope=Scope.QUOTES_READ,
    )
    company: Company = edge("The company that the kit belongs to.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("Date and time when the object was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of kits.")
class KitConnection(Connection[Kit]):
    pass


@type_of(CatalogueEventRow)
class CatalogueEvent(Node):
    """A change of a product. The catalogue belongs to no company, so these events are not part of subscriptions."""

    id: strawberry.ID = identity("CatalogueEvent")
    type: CatalogueEventType = column("Type of the change.")
    occurred_at: DateTime = column("Date and time of the event.")
    actor: Actor = column("The person or program that made the change.")
    node: Node | None = reference("Current state of the product or configuration.")
    field_changes: list[FieldChange] = column("Fields that changed.")


@strawberry.type(description="A page of catalogue events.")
class CatalogueEventConnection(Connection[CatalogueEvent]):
    pass
