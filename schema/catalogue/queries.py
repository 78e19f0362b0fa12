"""Reading products and kits."""

import strawberry

from domain.shared.access import Scope
from resolvers.catalogue import products
from resolvers.nodes import node_by_id
from schema.catalogue.inputs import KitBy, ProductBy
from schema.catalogue.lists import KITS, PRODUCTS
from schema.catalogue.types import Kit, KitConnection, Product, ProductConnection
from schema.declare import list_root, one_root


@strawberry.type
class CatalogueQueries:
    product: Product | None = one_root(
        "Returns a product, or null if there is none.", Scope.PRODUCTS_READ, products.product, ProductBy
    )

    products: ProductConnection | None = list_root(
        "Returns products, by default by brand and model.", Scope.PRODUCTS_READ, "products", PRODUCTS
    )


@strawberry.type
class KitQueries:
    kit: Kit | None = one_root("Returns a kit, or null if there is none.", Scope.KITS_READ, node_by_id("Kit"), KitBy)

    kits: KitConnection | None = list_root("Returns kits, by default newest first.", Scope.KITS_READ, "kits", KITS)
