"""What one sends about the catalogue."""

import strawberry

from domain.catalogue.device_selection import CatalogueDevice, CustomDevice, KitDevices, NamedDevice
from schema.catalogue.products import ProductType, SpecificationInput


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
