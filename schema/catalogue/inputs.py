"""What one sends about products, configurations and kits, and how one names a device."""

from collections.abc import Mapping
from typing import Any

import strawberry

from domain.catalogue.device_selection import CatalogueDevice, CustomDevice, KitDevices, NamedDevice
from domain.catalogue.kit_drafts import KitChange, KitDeviceDraft, KitDraft
from domain.catalogue.product_drafts import DETAILS_OF_CONFIGURATION, DETAILS_OF_PRODUCT
from domain.catalogue.products import PARTS
from domain.catalogue.products import Specification as SpecificationRow
from domain.use_cases.catalogue.kits import CreateKit, DeleteKit, UpdateKit
from domain.use_cases.catalogue.products import (
    AddConfiguration,
    CreateProduct,
    SetConfigurationActive,
    SetProductActive,
    UpdateConfiguration,
    UpdateProduct,
)
from resolvers.catalogue.kits import KitFilters
from resolvers.catalogue.products import ProductFilters
from schema.catalogue.enums import KitOrderField, ProductType
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WORDS
from schema.shared.inputs import company_id_field
from schema.shared.ordering import order_input
from schema.shared.scalars import URL


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

    def draft(self) -> SpecificationRow:
        return SpecificationRow(
            self.brand,
            self.model,
            self.os,
            self.cpu,
            self.ram,
            self.storage,
            self.screen_size,
            self.keyboard_layout,
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
        parts = {name: value for name in PARTS if (value := getattr(self, name)) is not None}
        return ProductFilters(self.product_type, self.brand, self.search, self.sku, parts, self.include_inactive)


KitOrder = order_input("KitOrder", "How to order kits.", KitOrderField.CREATED_AT, OrderDirection.DESC)


@strawberry.input(description=f"Which kits. {MUST_HOLD}")
class KitFilter:
    search: str | None = strawberry.field(default=None, description=f"In the name: {WORDS}")
    tag: str | None = strawberry.field(default=None, description="With this tag, in any case.")
    region: str | None = strawberry.field(default=None, description="For exactly this region.")

    def filters(self) -> KitFilters:
        return KitFilters(self.search, self.tag, self.region)


@strawberry.input(description="A device chosen from the catalogue.")
class CatalogueDeviceInput:
    product_id: strawberry.ID = strawberry.field(description="The product.")
    configuration_id: strawberry.ID | None = strawberry.field(default=None, description="One of its configurations.")
    specification: SpecificationInput | None = strawberry.field(
        default=None, description="What is to be otherwise than in the configuration."
    )


@strawberry.input(description="A device the catalogue does not have.")
class CustomDeviceInput:
    product_type: ProductType = strawberry.field(description="What kind of device it is.")
    specification: SpecificationInput = strawberry.field(
        description="The device: at least its brand or model; of a warranty nothing."
    )


@strawberry.input(one_of=True, description="A device, named in exactly one way.")
class DeviceInput:
    catalogue: CatalogueDeviceInput | None = strawberry.field(
        default=strawberry.UNSET, description="From the catalogue."
    )
    kit_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The devices of one of the company's kits: each becomes a line, its quantity multiplied.",
    )
    custom: CustomDeviceInput | None = strawberry.field(default=strawberry.UNSET, description="Outside the catalogue.")

    def draft(self) -> NamedDevice:
        if self.catalogue:
            specification = (self.catalogue.specification or SpecificationInput()).draft()
            return CatalogueDevice(self.catalogue.product_id, self.catalogue.configuration_id, specification)
        if self.custom:
            return CustomDevice(self.custom.product_type, self.custom.specification.draft())
        return KitDevices(str(self.kit_id))


@strawberry.input(description="A device of a kit.")
class KitDeviceInput:
    device: DeviceInput = strawberry.field(description="The device. Not a kit again.")
    quantity: int = strawberry.field(default=1, description="How many of it one kit has, 1 to 1,000.")


def _devices(given: list[KitDeviceInput]) -> tuple[KitDeviceDraft, ...]:
    return tuple(KitDeviceDraft(it.device.draft(), it.quantity) for it in given)


@strawberry.input(description="A new kit.")
class CreateKitInput:
    name: str = strawberry.field(description="Its name, at most 200 characters.")
    devices: list[KitDeviceInput] = strawberry.field(description="What it consists of, 1 to 200.")
    region: str | None = strawberry.field(default=None, description="Where it is meant for.")
    tags: list[str] | None = strawberry.field(
        default=None, description="Words to find it by: at most 50, each of at most 50 characters."
    )
    company_id: strawberry.ID | None = company_id_field()

    def command(self) -> CreateKit:
        draft = KitDraft(self.name, _devices(self.devices), self.region, tuple(self.tags or ()))
        return CreateKit(draft, self.company_id)


@strawberry.input(description="What is to be otherwise in a kit. What is left out stays.")
class UpdateKitInput:
    kit_id: strawberry.ID = strawberry.field(description="The kit.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Its name; cannot be cleared.")
    region: str | None = strawberry.field(
        default=strawberry.UNSET, description="Where it is meant for; null or empty takes it off."
    )
    tags: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Words to find it by, instead of those before; null takes them off."
    )
    devices: list[KitDeviceInput] | None = strawberry.field(
        default=None, description="What it consists of, instead of all before, 1 to 200; null leaves it as it is."
    )

    def command(self) -> UpdateKit:
        given = {"name": self.name, "region": self.region, "tags": self.tags}
        change = KitChange(
            {name: value for name, value in given.items() if value is not strawberry.UNSET},
            None if self.devices is None else _devices(self.devices),
        )
        return UpdateKit(self.kit_id, change)


@strawberry.input(description="Which kit to remove.")
class DeleteKitInput:
    kit_id: strawberry.ID = strawberry.field(description="The kit.")

    def command(self) -> DeleteKit:
        return DeleteKit(self.kit_id)


_SKU = "The number its maker or seller gives it: at most 200 characters, for one product alone, in any case."
_PART_NUMBER = (
    "The number its maker or seller gives it: at most 200 characters, for one configuration alone, in any case."
)


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


def _given(input_: Any, names: tuple[str, ...]) -> Mapping[str, Any]:
    return {name: value for name in names if (value := getattr(input_, name)) is not strawberry.UNSET}
