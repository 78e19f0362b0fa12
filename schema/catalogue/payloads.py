"""What mutations of the catalogue answer."""

import strawberry

from schema.catalogue.types import Configuration, Kit, Product
from schema.shared.payloads import deleted_id, payload, subject


@payload()
class CreateKitPayload:
    """What came of making a kit."""

    kit: Kit | None = subject("The new kit; null when the action was refused.", "kit")


@payload()
class UpdateKitPayload:
    """What came of changing a kit."""

    kit: Kit | None = subject("The kit as it is now; null when the action was refused.", "kit")


@payload()
class DeleteKitPayload:
    """What came of removing a kit."""

    deleted_kit_id: strawberry.ID | None = deleted_id(
        "The id the kit had; null when the action was refused.", "Kit", "kit_id"
    )


_PRODUCT = "The product as it is now; null when the action was refused."
_CONFIGURATION = "The configuration as it is now; null when the action was refused."


@payload()
class ProductPayload:
    """What came of an action on a product of the catalogue."""

    product: Product | None = subject(_PRODUCT, "product")


@payload()
class ConfigurationPayload:
    """What came of an action on a configuration of a product."""

    configuration: Configuration | None = subject(_CONFIGURATION, "configuration")
