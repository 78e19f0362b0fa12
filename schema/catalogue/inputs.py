"""What one sends about products, configurations and kits, and how one names a device."""

from collections.abc import Mapping
from typing import Any

import strawberry

from domain.catalogue.device_selection import CatalogueDevice, CustomDevice, KitDevices, NamedDevice
from domain.catalogue.kit_drafts import KitChange, KitDeviceDraft, KitDraft
from domain.catalogue.product_drafts import DETAILS_OF_CONFIGURATION, DETAILS_OF_PRODUCT
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
from schema.catalogue.enums import ProductType
from schema.shared.inputs import company_id_field, dry_run_field
from schema.shared.scalars import URL


@strawberry.input(description="Specification of a device. At most 200 characters per field.")
class SpecificationInput:
    brand: str | None = strawberry.field(default=None, description="Brand. Required for orders at Tecspal.")
    model: str | None = strawberry.field(default=None, description="Model.")
    os: str | None = strawberry.field(default=None, description="Operating system.")
    cpu: str | None = strawberry.field(default=None, description="Processor.")
    ram: str | None = strawberry.field(default=None, description="Memory, such as `16 GB`.")
    storage: str | None = strawberry.field(default=None, description="Storage, such as `512 GB`.")
    screen_size: str | None = strawberry.field(default=None, description='Screen size, such as `14"`.')
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


@strawberry.input(one_of=True, description="Identifies the product.")
class ProductBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")
    sku: str | None = strawberry.field(
        default=strawberry.UNSET, description="SKU of the product itself, not of a configuration. Case is ignored."
    )


@strawberry.input(one_of=True, description="Identifies the kit.")
class KitBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")


@strawberry.input(description="A device chosen from the catalogue.")
class CatalogueDeviceInput:
    product_id: strawberry.ID = strawberry.field(description="The product.")
    configuration_id: strawberry.ID | None = strawberry.field(default=None, description="One of its configurations.")
    specification: SpecificationInput | None = strawberry.field(
        default=None, description="Differences from the configuration."
    )


@strawberry.input(description="A device that is not in the catalogue.")
class CustomDeviceInput:
    product_type: ProductType = strawberry.field(description="Type of device.")
    specification: SpecificationInput = strawberry.field(
        description="Specification of the device. The brand or model is required, except for warranties, which have "
        "none."
    )


@strawberry.input(one_of=True, description="A device, named in exactly one way.")
class DeviceInput:
    catalogue: CatalogueDeviceInput | None = strawberry.field(
        default=strawberry.UNSET, description="A product of the catalogue."
    )
    kit_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A kit of the company. Each of its devices becomes an item, with its quantity multiplied.",
    )
    custom: CustomDeviceInput | None = strawberry.field(
        default=strawberry.UNSET, description="A device outside the catalogue."
    )

    def draft(self) -> NamedDevice:
        if self.catalogue:
            specification = (self.catalogue.specification or SpecificationInput()).draft()
            return CatalogueDevice(self.catalogue.product_id, self.catalogue.configuration_id, specification)
        if self.custom:
            return CustomDevice(self.custom.product_type, self.custom.specification.draft())
        return KitDevices(str(self.kit_id))


@strawberry.input(description="A device of a kit.")
class KitDeviceInput:
    device: DeviceInput = strawberry.field(description="The device. It cannot be a kit.")
    quantity: int = strawberry.field(default=1, description="Number of these devices in one kit, 1 to 1,000.")


def _devices(given: list[KitDeviceInput]) -> tuple[KitDeviceDraft, ...]:
    return tuple(KitDeviceDraft(it.device.draft(), it.quantity) for it in given)


@strawberry.input(description="Input for `createKit`.")
class CreateKitInput:
    name: str = strawberry.field(description="Name. At most 200 characters.")
    devices: list[KitDeviceInput] = strawberry.field(description="Devices of the kit, 1 to 200.")
    region: str | None = strawberry.field(default=None, description="Region that the kit is intended for.")
    tags: list[str] | None = strawberry.field(
        default=None, description="Tags for search and filtering. At most 50, with at most 50 characters each."
    )
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = dry_run_field()

    def command(self) -> CreateKit:
        draft = KitDraft(self.name, _devices(self.devices), self.region, tuple(self.tags or ()))
        return CreateKit(draft, self.company_id)


@strawberry.input(description="Input for `updateKit`. Omitted fields stay unchanged.")
class UpdateKitInput:
    kit_id: strawberry.ID = strawberry.field(description="The kit.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Name. It cannot be cleared.")
    region: str | None = strawberry.field(
        default=strawberry.UNSET, description="Region that the kit is intended for. Null or an empty string removes it."
    )
    tags: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Tags. Replaces all tags; null removes them."
    )
    devices: list[KitDeviceInput] | None = strawberry.field(
        default=None, description="Devices of the kit, 1 to 200. Replaces all devices; null leaves them unchanged."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateKit:
        given = {"name": self.name, "region": self.region, "tags": self.tags}
        change = KitChange(
            {name: value for name, value in given.items() if value is not strawberry.UNSET},
            None if self.devices is None else _devices(self.devices),
        )
        return UpdateKit(self.kit_id, change)


@strawberry.input(description="Input for `deleteKit`.")
class DeleteKitInput:
    kit_id: strawberry.ID = strawberry.field(description="The kit.")
    dry_run: bool = dry_run_field()

    def command(self) -> DeleteKit:
        return DeleteKit(self.kit_id)


_SKU = "Stock keeping unit of the manufacturer or seller. At most 200 characters; unique among products, ignoring case."
_PART_NUMBER = (
    "Stock keeping unit of the manufacturer or seller. At most 200 characters; unique among "
    "configurations, ignoring case."
)


@strawberry.input(
    description="A configuration of a product. At least one field is required; at most 200 characters per field."
)
class ConfigurationInput:
    os: str | None = strawberry.field(default=None, description="Operating system.")
    cpu: str | None = strawberry.field(default=None, description="Processor.")
    ram: str | None = strawberry.field(default=None, description="Memory, such as `16 GB`.")
    storage: str | None = strawberry.field(default=None, description="Storage, such as `512 GB`.")
    screen_size: str | None = strawberry.field(default=None, description='Screen size, such as `14"`.')
    resolution: str | None = strawberry.field(default=None, description="Screen resolution, such as `2560 x 1440`.")
    connection_type: str | None = strawberry.field(default=None, description="Connection type, such as `USB-C`.")
    sku: str | None = strawberry.field(default=None, description=_PART_NUMBER)


@strawberry.input(description="Input for `addConfiguration`. At least one part or the SKU is required.")
class AddConfigurationInput(ConfigurationInput):
    product_id: strawberry.ID = strawberry.field(description="The product.")
    dry_run: bool = dry_run_field()

    def command(self) -> AddConfiguration:
        return AddConfiguration(self.product_id, _given(self, DETAILS_OF_CONFIGURATION))


@strawberry.input(description="Input for `updateConfiguration`. Omitted fields stay unchanged; null removes a value.")
class UpdateConfigurationInput:
    configuration_id: strawberry.ID = strawberry.field(description="The configuration.")
    os: str | None = strawberry.field(default=strawberry.UNSET, description="Operating system.")
    cpu: str | None = strawberry.field(default=strawberry.UNSET, description="Processor.")
    ram: str | None = strawberry.field(default=strawberry.UNSET, description="Memory, such as `16 GB`.")
    storage: str | None = strawberry.field(default=strawberry.UNSET, description="Storage, such as `512 GB`.")
    screen_size: str | None = strawberry.field(default=strawberry.UNSET, description='Screen size, such as `14"`.')
    resolution: str | None = strawberry.field(default=strawberry.UNSET, description="Screen resolution.")
    connection_type: str | None = strawberry.field(
        default=strawberry.UNSET, description="Connection type, such as `USB-C`."
    )
    sku: str | None = strawberry.field(default=strawberry.UNSET, description=_PART_NUMBER)
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateConfiguration:
        return UpdateConfiguration(self.configuration_id, _given(self, DETAILS_OF_CONFIGURATION))


@strawberry.input(description="Input for `createProduct`.")
class CreateProductInput:
    type: ProductType = strawberry.field(description="Type of device. Use ACCESSORY for phones.")
    brand: str = strawberry.field(description="Brand. At most 200 characters.")
    model: str = strawberry.field(description="Model. Unique within the brand.")
    sku: str | None = strawberry.field(default=None, description=_SKU)
    image_url: URL | None = strawberry.field(default=None, description="URL of an image.")
    configurations: list[ConfigurationInput] | None = strawberry.field(
        default=None, description="Configurations, at most 200. A warranty has none."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> CreateProduct:
        configurations = tuple(_given(it, DETAILS_OF_CONFIGURATION) for it in self.configurations or ())
        return CreateProduct(_given(self, DETAILS_OF_PRODUCT), configurations)


@strawberry.input(description="Input for `updateProduct`. Omitted fields stay unchanged.")
class UpdateProductInput:
    product_id: strawberry.ID = strawberry.field(description="The product.")
    type: ProductType | None = strawberry.field(
        default=strawberry.UNSET, description="Type of device. It cannot be cleared."
    )
    brand: str | None = strawberry.field(default=strawberry.UNSET, description="Brand. It cannot be cleared.")
    model: str | None = strawberry.field(default=strawberry.UNSET, description="Model. It cannot be cleared.")
    sku: str | None = strawberry.field(default=strawberry.UNSET, description=f"{_SKU} Null removes it.")
    image_url: URL | None = strawberry.field(default=strawberry.UNSET, description="URL of an image. Null removes it.")
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateProduct:
        return UpdateProduct(self.product_id, _given(self, DETAILS_OF_PRODUCT))


@strawberry.input(description="Input for `archiveProduct`.")
class ArchiveProductInput:
    product_id: strawberry.ID = strawberry.field(description="The product.")
    dry_run: bool = dry_run_field()

    def command(self) -> SetProductActive:
        return SetProductActive(self.product_id, active=False)


@strawberry.input(description="Input for `unarchiveProduct`.")
class UnarchiveProductInput:
    product_id: strawberry.ID = strawberry.field(description="The product.")
    dry_run: bool = dry_run_field()

    def command(self) -> SetProductActive:
        return SetProductActive(self.product_id, active=True)


@strawberry.input(description="Input for `archiveConfiguration`.")
class ArchiveConfigurationInput:
    configuration_id: strawberry.ID = strawberry.field(description="The configuration.")
    dry_run: bool = dry_run_field()

    def command(self) -> SetConfigurationActive:
        return SetConfigurationActive(self.configuration_id, active=False)


@strawberry.input(description="Input for `unarchiveConfiguration`.")
class UnarchiveConfigurationInput:
    configuration_id: strawberry.ID = strawberry.field(description="The configuration.")
    dry_run: bool = dry_run_field()

    def command(self) -> SetConfigurationActive:
        return SetConfigurationActive(self.configuration_id, active=True)


def _given(input_: Any, names: tuple[str, ...]) -> Mapping[str, Any]:
    given = ((name, getattr(input_, "type" if name == "product_type" else name)) for name in names)
    return {name: value for name, value in given if value is not strawberry.UNSET}
