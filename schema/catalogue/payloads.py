"""What mutations of the catalogue answer."""

import strawberry

from schema.catalogue.types import Configuration, Kit, Product
from schema.declare import identity_of
from schema.shared.payloads import payload, subject


@payload()
class CreateKitPayload:
    """Result of `createKit`."""

    kit: Kit | None = subject("The new kit. Null if the mutation was refused.", "kit")


@payload()
class UpdateKitPayload:
    """Result of `updateKit`."""

    kit: Kit | None = subject("The kit after the mutation. Null if the mutation was refused.", "kit")


@payload()
class DeleteKitPayload:
    """Result of `deleteKit`."""

    deleted_kit_id: strawberry.ID | None = identity_of(
        "Global ID of the deleted kit. Null if the mutation was refused.", type_name="Kit", attribute="kit_id"
    )


_PRODUCT = "The product after the mutation. Null if the mutation was refused."
_CONFIGURATION = "The configuration after the mutation. Null if the mutation was refused."


@payload()
class ProductPayload:
    """Result of a mutation of a product."""

    product: Product | None = subject(_PRODUCT, "product")


@payload()
class ConfigurationPayload:
    """Result of a mutation of a configuration."""

    configuration: Configuration | None = subject(_CONFIGURATION, "configuration")
