"""What mutations of the catalogue answer."""

import strawberry

from schema.catalogue.types import Configuration, Kit, Product
from schema.declare import identity_of
from schema.shared.payloads import payload, subject


@payload()
class KitPayload:
    """For mutations that create or update a kit."""

    kit: Kit | None = subject("The kit after the mutation. Null if the mutation was refused.", "kit")


@payload()
class DeleteKitPayload:
    """For `deleteKit`."""

    deleted_kit_id: strawberry.ID | None = identity_of(
        "Global ID of the deleted kit. Null if the mutation was refused.", type_name="Kit", attribute="kit_id"
    )


_PRODUCT = "The product after the mutation. Null if the mutation was refused."
_CONFIGURATION = "The configuration after the mutation. Null if the mutation was refused."


@payload()
class ProductPayload:
    """For mutations of a product."""

    product: Product | None = subject(_PRODUCT, "product")


@payload()
class ConfigurationPayload:
    """For mutations of a configuration."""

    configuration: Configuration | None = subject(_CONFIGURATION, "configuration")
