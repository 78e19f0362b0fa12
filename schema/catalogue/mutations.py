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
    DeleteKitPayload,
    ProductPayload,
    UpdateKitPayload,
)
from schema.declare import mutation


@strawberry.type
class KitMutations:
    create_kit: CreateKitPayload | None = mutation(
        "Make a kit, to be asked for as a whole. Its devices are kept as they are now.",
        Scope.KITS_WRITE,
        CreateKitInput,
        kits.create_kit,
    )
    update_kit: UpdateKitPayload | None = mutation(
        "Change a kit. What was quoted of it stays as it is.", Scope.KITS_WRITE, UpdateKitInput, kits.update_kit
    )
    delete_kit: DeleteKitPayload | None = mutation(
        "Remove a kit. What was quoted of it stays.", Scope.KITS_WRITE, DeleteKitInput, kits.delete_kit
    )


_PLATFORM = "For live keys of the platform alone, since the catalogue is the same for every company."


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
