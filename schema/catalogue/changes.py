"""Keeping the catalogue: adding, changing and archiving products and configurations, and what was done to them."""

from collections.abc import Mapping
from typing import Any

import strawberry

from domain.catalogue.product_drafts import DETAILS_OF_CONFIGURATION, DETAILS_OF_PRODUCT
from domain.history.catalogue_events import CatalogueEvent as CatalogueEventRow
from domain.history.catalogue_events import CatalogueEventType
from domain.shared.access import Scope
from domain.use_cases.catalogue import products
from domain.use_cases.catalogue.products import (
    AddConfiguration,
    CreateProduct,
    SetConfigurationActive,
    SetProductActive,
    UpdateConfiguration,
    UpdateProduct,
)
from schema.catalogue.products import Configuration, Product, ProductType
from schema.declare import column, identity, mutation, reference, type_of
from schema.history.types import FieldChange
from schema.shared.common import Actor, Connection, Node
from schema.shared.enums import describe
from schema.shared.payloads import payload, subject
from schema.shared.scalars import URL, DateTime

_PRODUCT = "The product as it is now; null when the action was refused."
_CONFIGURATION = "The configuration as it is now; null when the action was refused."
_SKU = "The number its maker or seller gives it: at most 200 characters, for one product alone, in any case."
_PART_NUMBER = (
    "The number its maker or seller gives it: at most 200 characters, for one configuration alone, in any case."
)
_PLATFORM = "For live keys of the platform alone, since the catalogue is the same for every company."

describe(
    CatalogueEventType,
    "What can happen to a product of the catalogue.",
    PRODUCT_CREATED="It was put into the catalogue.",
    PRODUCT_UPDATED="It was changed.",
    PRODUCT_ARCHIVED="It can no longer be chosen.",
    PRODUCT_UNARCHIVED="It can be chosen again.",
    CONFIGURATION_ADDED="It comes in another way.",
    CONFIGURATION_UPDATED="A configuration was changed.",
    CONFIGURATION_ARCHIVED="A configuration can no longer be chosen.",
    CONFIGURATION_UNARCHIVED="A configuration can be chosen again.",
)


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


@strawberry.input(description="One way a product comes. At least one of these is given; at most 200 characters each.")
class ConfigurationInput:
    os: str | None = strawberry.field(default=None, description="Operating system.")
    cpu: str | None = strawberry.field(default=None, description="Processor.")
    ram: str | None = strawberry.field(default=None, description="Memory, such as `16 GB`.")
    storage: str | None = strawberry.field(default=None, description="Disk, such as `512 GB`.")
    screen_size: str | None = strawberry.field(default=None, description='Screen size, such as `14"`.')
    resolution: str | None = strawberry.field(default=None, description="Screen resolution, such as `2560 x 1440`.")
    connection_type: str | None = strawberry.field(default=None, description="How it connects, such as `USB-C`.")
    sku: str | None = strawberry.field(default=None, description=_PART_NUMBER)


@strawberry.input(description="Another way a product comes. At least one part or the SKU is given.")
class AddConfigurationInput(ConfigurationInput):
    product_id: strawberry.ID = strawberry.field(description="The product.")

    def command(self) -> AddConfiguration:
        return AddConfiguration(self.product_id, _given(self, DETAILS_OF_CONFIGURATION))


@strawberry.input(description="What is to be otherwise in a configuration. What is left out stays; null takes it off.")
class UpdateConfigurationInput:
    configuration_id: strawberry.ID = strawberry.field(description="The configuration.")
    os: str | None = strawberry.field(default=strawberry.UNSET, description="Operating system.")
    cpu: str | None = strawberry.field(default=strawberry.UNSET, description="Processor.")
    ram: str | None = strawberry.field(default=strawberry.UNSET, description="Memory.")
    storage: str | None = strawberry.field(default=strawberry.UNSET, description="Disk.")
    screen_size: str | None = strawberry.field(default=strawberry.UNSET, description="Screen size.")
    resolution: str | None = strawberry.field(default=strawberry.UNSET, description="Screen resolution.")
    connection_type: str | None = strawberry.field(default=strawberry.UNSET, description="How it connects.")
    sku: str | None = strawberry.field(default=strawberry.UNSET, description=_PART_NUMBER)

    def command(self) -> UpdateConfiguration:
        return UpdateConfiguration(self.configuration_id, _given(self, DETAILS_OF_CONFIGURATION))


@strawberry.input(description="A new product of the catalogue.")
class CreateProductInput:
    product_type: ProductType = strawberry.field(description="What kind of device it is. A phone is an accessory.")
    brand: str = strawberry.field(description="Who makes it, at most 200 characters.")
    model: str = strawberry.field(
        description="Which of the maker's devices it is; of one brand, each model is there once."
    )
    sku: str | None = strawberry.field(default=None, description=_SKU)
    image_url: URL | None = strawberry.field(default=None, description="A picture of it.")
    configurations: list[ConfigurationInput] | None = strawberry.field(
        default=None, description="The ways it comes, at most 200. A warranty has none."
    )

    def command(self) -> CreateProduct:
        configurations = tuple(_given(it, DETAILS_OF_CONFIGURATION) for it in self.configurations or ())
        return CreateProduct(_given(self, DETAILS_OF_PRODUCT), configurations)


@strawberry.input(description="What is to be otherwise in a product. What is left out stays.")
class UpdateProductInput:
    product_id: strawberry.ID = strawberry.field(description="The product.")
    product_type: ProductType | None = strawberry.field(
        default=strawberry.UNSET, description="What kind of device it is; cannot be cleared."
    )
    brand: str | None = strawberry.field(default=strawberry.UNSET, description="Who makes it; cannot be cleared.")
    model: str | None = strawberry.field(
        default=strawberry.UNSET, description="Which of the maker's devices it is; cannot be cleared."
    )
    sku: str | None = strawberry.field(default=strawberry.UNSET, description=f"{_SKU} Null takes it off.")
    image_url: URL | None = strawberry.field(
        default=strawberry.UNSET, description="A picture of it; null takes it off."
    )

    def command(self) -> UpdateProduct:
        return UpdateProduct(self.product_id, _given(self, DETAILS_OF_PRODUCT))


@strawberry.input(description="Which product to archive.")
class ArchiveProductInput:
    product_id: strawberry.ID = strawberry.field(description="The product.")

    def command(self) -> SetProductActive:
        return SetProductActive(self.product_id, active=False)


@strawberry.input(description="Which product to unarchive.")
class UnarchiveProductInput:
    product_id: strawberry.ID = strawberry.field(description="The product.")

    def command(self) -> SetProductActive:
        return SetProductActive(self.product_id, active=True)


@strawberry.input(description="Which configuration to archive.")
class ArchiveConfigurationInput:
    configuration_id: strawberry.ID = strawberry.field(description="The configuration.")

    def command(self) -> SetConfigurationActive:
        return SetConfigurationActive(self.configuration_id, active=False)


@strawberry.input(description="Which configuration to unarchive.")
class UnarchiveConfigurationInput:
    configuration_id: strawberry.ID = strawberry.field(description="The configuration.")

    def command(self) -> SetConfigurationActive:
        return SetConfigurationActive(self.configuration_id, active=True)


@payload()
class ProductPayload:
    """What came of an action on a product of the catalogue."""

    product: Product | None = subject(_PRODUCT, "product")


@payload()
class ConfigurationPayload:
    """What came of an action on a configuration of a product."""

    configuration: Configuration | None = subject(_CONFIGURATION, "configuration")


def _given(input_: Any, names: tuple[str, ...]) -> Mapping[str, Any]:
    return {name: value for name in names if (value := getattr(input_, name)) is not strawberry.UNSET}


@strawberry.type
class CatalogueMutations:
    create_product: ProductPayload | None = mutation(
        f"Put a product with its configurations into the catalogue. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        CreateProductInput,
        products.create_product,
    )
    update_product: ProductPayload | None = mutation(
        f"Change a product of the catalogue. Quotes and kits keep what they say of it. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        UpdateProductInput,
        products.update_product,
    )
    archive_product: ProductPayload | None = mutation(
        "Archive a product: it stays readable wherever it is named, and can no longer be chosen for quotes and kits. "
        f"Kits that have it cannot be quoted. Archiving it again changes nothing. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        ArchiveProductInput,
        products.set_product_active,
    )
    unarchive_product: ProductPayload | None = mutation(
        f"Let an archived product be chosen again, in those configurations that are not archived. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        UnarchiveProductInput,
        products.set_product_active,
    )
    add_configuration: ConfigurationPayload | None = mutation(
        f"Give a product another configuration; one of the same parts, however written, is refused. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        AddConfigurationInput,
        products.add_configuration,
    )
    update_configuration: ConfigurationPayload | None = mutation(
        f"Change a configuration. Quotes and kits keep what they say of it. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        UpdateConfigurationInput,
        products.update_configuration,
    )
    archive_configuration: ConfigurationPayload | None = mutation(
        "Archive a configuration: it stays readable wherever it is named, and can no longer be chosen. "
        f"Archiving it again changes nothing. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        ArchiveConfigurationInput,
        products.set_configuration_active,
    )
    unarchive_configuration: ConfigurationPayload | None = mutation(
        f"Let an archived configuration be chosen again. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        UnarchiveConfigurationInput,
        products.set_configuration_active,
    )
