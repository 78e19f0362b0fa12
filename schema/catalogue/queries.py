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
        "Returns a product, or null if there is none.",
        Scope.PRODUCTS_READ,
        products.product,
        "Global ID of the product.",
    )

    products: ProductConnection = list_root(
        "Returns products, by brand and model.",
        Scope.PRODUCTS_READ,
        products.products,
        ProductFilter,
        "Filters for products.",
    )


@strawberry.type
class KitQueries:
    kit: Kit | None = one_root_by_id(
        "Returns a kit, or null if there is none.", Scope.KITS_READ, kits.kit, "Global ID of the kit."
    )

    kits: KitConnection = list_root(
        "Returns kits. Default order: newest first.",
        Scope.KITS_READ,
        kits.kits,
        KitFilter,
        "Filters for kits.",
        KitOrder,
    )
