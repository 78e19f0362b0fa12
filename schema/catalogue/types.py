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
from resolvers.catalogue import changes, products
from schema.catalogue.enums import CatalogueEventType, ProductType
from schema.companies.types import Company
from schema.declare import Info, column, edge, identity, paged, reference, same_row, type_of
from schema.history.types import FieldChange
from schema.shared.actors import Actor
from schema.shared.connections import Connection
from schema.shared.lazy import LazyCatalogueEventConnection, LazyKit
from schema.shared.nodes import Node
from schema.shared.scalars import URL, DateTime


@type_of(SpecificationRow, QuoteItem, Alternative, KitDeviceRow)
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


@type_of(ConfigurationRow)
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


@type_of(ProductRow)
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
    """One device of a kit, as it was when the kit was made."""

    id: strawberry.ID = identity("KitDevice")
    kit: LazyKit = edge("The kit.", loader="kit", key="kit_id")
    product_type: ProductType = column("What kind of device it is.")
    quantity: int = column("How many of it one kit has.")
    specification: Specification = same_row("The device.")
    product: Product | None = chosen_product()
    configuration: Configuration | None = chosen_configuration()


@type_of(KitRow)
class Kit(Node):
    """A set of devices that a company asks for together, such as a new starter's desk."""

    id: strawberry.ID = identity("Kit")
    name: str = column("Its name.")
    region: str | None = column("Where it is meant for, in the company's own words.")
    tags: list[str] = column("Words to find it by.")
    devices: list[KitDevice] = edge("What it consists of.", loader="devices_by_kit", many=True)
    company: Company = edge("The company it belongs to.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("When it was made.")
    updated_at: DateTime = column("When it last changed.")


@strawberry.type(description="A page of kits.")
class KitConnection(Connection[Kit]):
    pass


@type_of(CatalogueEventRow)
class CatalogueEvent:
    """Something that was done to a product. As the catalogue is no company's, no stream of events tells it."""

    id: strawberry.ID = identity("CatalogueEvent")
    type: CatalogueEventType = column("What was done.")
    occurred_at: DateTime = column("When.")
    actor: Actor = column("Who did it.")
    node: Node | None = reference("The product or configuration, as it is now.")
    field_changes: list[FieldChange] = column("Every field that was changed.")


@strawberry.type(description="A page of what was done to a product.")
class CatalogueEventConnection(Connection[CatalogueEvent]):
    pass
