"""Keeping the catalogue and a company's kits."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.catalogue import kits, products
from schema.catalogue.inputs import (
    AddConfigurationInput,
    ArchiveConfigurationInput,
    ArchiveProductInput,
    CreateKitInput,
    CreateProductInput,
    DeleteKitInput,
    UnarchiveConfigurationInput,
    UnarchiveProductInput,
    UpdateConfigurationInput,
    UpdateKitInput,
    UpdateProductInput,
)
from schema.catalogue.payloads import (
    ConfigurationPayload,
    CreateKitPayload,
    CreateProductPayload,
    DeleteKitPayload,
    ProductPayload,
    UpdateKitPayload,
)
from schema.declare import mutation


@strawberry.type
class KitMutations:
    create_kit = mutation(
        "Creates a kit. Its devices are stored as a snapshot of the catalogue.",
        Scope.KITS_WRITE,
        CreateKitInput,
        kits.create_kit,
        CreateKitPayload,
    )
    update_kit = mutation(
        "Updates a kit. Existing quotes stay unchanged.",
        Scope.KITS_WRITE,
        UpdateKitInput,
        kits.update_kit,
        UpdateKitPayload,
    )
    delete_kit = mutation(
        "Deletes a kit. Existing quotes stay unchanged.",
        Scope.KITS_WRITE,
        DeleteKitInput,
        kits.delete_kit,
        DeleteKitPayload,
    )


_PLATFORM = "Only for live platform keys, because the catalogue is the same for all companies."


@strawberry.type
class CatalogueMutations:
    create_product = mutation(
        f"Creates a product with its configurations. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        CreateProductInput,
        products.create_product,
        CreateProductPayload,
    )
    update_product = mutation(
        f"Updates a product. Existing quotes and kits stay unchanged. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        UpdateProductInput,
        products.update_product,
        ProductPayload,
    )
    archive_product = mutation(
        "Archives a product. It stays readable where it is used, and can no longer be selected for quotes and kits. "
        f"Kits that contain it cannot be quoted. Archiving an archived product changes nothing. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        ArchiveProductInput,
        products.set_product_active,
        ProductPayload,
    )
    unarchive_product = mutation(
        f"Unarchives a product, so that its configurations that are not archived can be selected again. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        UnarchiveProductInput,
        products.set_product_active,
        ProductPayload,
    )
    add_configuration = mutation(
        "Adds a configuration to a product. A configuration with the same parts, regardless of spelling, is refused. "
        f"{_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        AddConfigurationInput,
        products.add_configuration,
        ConfigurationPayload,
    )
    update_configuration = mutation(
        f"Updates a configuration. Existing quotes and kits stay unchanged. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        UpdateConfigurationInput,
        products.update_configuration,
        ConfigurationPayload,
    )
    archive_configuration = mutation(
        "Archives a configuration. It stays readable where it is used, and can no longer be selected. Archiving an "
        f"archived configuration changes nothing. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        ArchiveConfigurationInput,
        products.set_configuration_active,
        ConfigurationPayload,
    )
    unarchive_configuration = mutation(
        f"Unarchives a configuration, so that it can be selected again. {_PLATFORM}",
        Scope.CATALOGUE_MANAGE,
        UnarchiveConfigurationInput,
        products.set_configuration_active,
        ConfigurationPayload,
    )
