"""What mutations of the catalogue answer."""

import strawberry

from resolvers.pages import BY_NAME, NEWEST_FIRST
from schema.catalogue.types import Configuration, Kit, Product
from schema.declare import identity_of, new_edge
from schema.shared.connections import Edge
from schema.shared.payloads import joined, payload, subject

_KIT = "The kit after the mutation. Null if the mutation was refused."


@payload()
class CreateKitPayload:
    """For `createKit`."""

    kit: Kit | None = subject(_KIT, "kit")
    kit_edge: Edge[Kit] | None = new_edge(joined("kit", "kits"), "Kit", "kits", NEWEST_FIRST)


@payload()
class UpdateKitPayload:
    """For `updateKit`."""

    kit: Kit | None = subject(_KIT, "kit")


@payload()
class DeleteKitPayload:
    """For `deleteKit`."""

    deleted_kit_id: strawberry.ID | None = identity_of(
        "Global ID of the deleted kit. Null if the mutation was refused or a dry run.",
        type_name="Kit",
        attribute="deleted_kit_id",
    )


_PRODUCT = "The product after the mutation. Null if the mutation was refused."
_CONFIGURATION = "The configuration after the mutation. Null if the mutation was refused."


@payload()
class CreateProductPayload:
    """For `createProduct`."""

    product: Product | None = subject(_PRODUCT, "product")
    product_edge: Edge[Product] | None = new_edge(joined("product", "products"), "Product", "products", BY_NAME)


@payload()
class ProductPayload:
    """For mutations of a product that there is."""

    product: Product | None = subject(_PRODUCT, "product")


@payload()
class ConfigurationPayload:
    """For mutations of a configuration."""

    configuration: Configuration | None = subject(_CONFIGURATION, "configuration")
