"""Reading products and kits."""

import strawberry

from domain.shared.access import Scope
from resolvers.catalogue import kits, products
from schema.catalogue.inputs import KitFilter, KitOrder, ProductFilter
from schema.catalogue.types import Kit, KitConnection, Product, ProductConnection
from schema.declare import list_root, one_root_by_id


@strawberry.type
class CatalogueQueries:
    product: Product | None = one_root_by_id(
        "A product by id; null when there is none.", Scope.PRODUCTS_READ, products.product, "The product's id."
    )

    products: ProductConnection = list_root(
        "Products, by brand and model.",
        Scope.PRODUCTS_READ,
        products.products,
        ProductFilter,
        "Which products.",
    )


@strawberry.type
class KitQueries:
    kit: Kit | None = one_root_by_id(
        "A kit by id; null when there is none.", Scope.KITS_READ, kits.kit, "The kit's id."
    )

    kits: KitConnection = list_root(
        "Kits, by default the newest first.",
        Scope.KITS_READ,
        kits.kits,
        KitFilter,
        "Which kits.",
        KitOrder,
    )
