"""Products and configurations in the database. The catalogue belongs to no tenant."""

from collections.abc import Mapping, Sequence
from operator import eq

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import tables
from adapters.database.loaders import LoaderSpec, among, compared, containing, many, one, paged
from adapters.database.rows import rows
from domain.catalogue import Configuration, Product
from domain.values import fold

PRODUCTS = rows(Product, tables.products)
CONFIGURATIONS = rows(Configuration, tables.configurations)

CATALOGUE_LOADERS: dict[str, LoaderSpec] = {
    "product": one(PRODUCTS),
    "products": paged(
        PRODUCTS,
        parent="id",
        orders={"NAME": "search"},
        filters={
            "product_type": among(tables.products.c.product_type),
            "brand": containing(tables.products.c.search, "{} %"),
            "search": containing(tables.products.c.search),
            "active": compared(tables.products.c.active, eq),
        },
    ),
    "configurations_by_product": many(CONFIGURATIONS, key="product_id"),
    "configuration": one(CONFIGURATIONS),
}


class SqlCatalogue:
    """The `Catalogue` of one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def products(self, ids: Sequence[str]) -> Mapping[str, Product]:
        statement = PRODUCTS.select().where(tables.products.c.id.in_(ids))
        return {row.id: Product._make(row) for row in await self._connection.execute(statement)} if ids else {}

    async def configurations(self, ids: Sequence[str]) -> Mapping[str, Configuration]:
        statement = CONFIGURATIONS.select().where(tables.configurations.c.id.in_(ids))
        return {row.id: Configuration._make(row) for row in await self._connection.execute(statement)} if ids else {}


def product_search(product: Product) -> str:
    """What a product is found and ordered by: its brand and model, casefolded."""
    return fold(f"{product.brand} {product.model}")
