"""Reading products and kits."""

import strawberry

from domain.shared.access import Scope
from resolvers.catalogue import kits, products
from schema.catalogue.lists import KITS, PRODUCTS
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

    products: ProductConnection | None = list_root(
        "Returns products, by default by brand and model.", Scope.PRODUCTS_READ, "products", PRODUCTS
    )


@strawberry.type
class KitQueries:
    kit: Kit | None = one_root_by_id(
        "Returns a kit, or null if there is none.", Scope.KITS_READ, kits.kit, "Global ID of the kit."
    )

    kits: KitConnection | None = list_root("Returns kits, by default newest first.", Scope.KITS_READ, "kits", KITS)
