"""Products and configurations in the database. The catalogue belongs to no tenant."""

from collections.abc import Mapping, Sequence
from operator import eq
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, insert, literal_column, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import tables
from adapters.database.loaders import Filter, LoaderSpec, Many, among, compared, containing, folded, many, one, paged
from adapters.database.rows import Rows, rows, values
from adapters.database.types import in_keys
from domain.catalogue import PARTS, Configuration, KnownValue, Product, part_form
from domain.values import fold

PRODUCTS = rows(Product, tables.products)
CONFIGURATIONS = rows(Configuration, tables.configurations)


def _known_values() -> Rows:
    """Every value that active products and their active configurations have, by what it is a value of."""
    product, configuration, part = tables.products.c, tables.configurations.c, tables.configuration_parts.c
    of_products = [
        select(literal_column(f"'{name}'", Text).label("name"), cast(column, Text).label("value")).where(product.active)
        for name, column in (("product_type", product.product_type), ("brand", product.brand))
    ]
    configured = tables.configuration_parts.join(tables.configurations).join(tables.products)
    of_parts = select(part.name, part.value).select_from(configured).where(configuration.active, product.active)
    found = union(*of_products, of_parts).subquery()
    return Rows(KnownValue, KnownValue._make, (found.c.name, found.c.value), tables.products, found, None)


def _configured(wanted: int, any_: bool) -> Filter:
    """One configuration of the product has one of the values of each of `wanted` parts (domain-facts A.7). The keys are
    those that `part_key` makes; an inactive configuration counts only with `any_`."""
    configuration, part = tables.configurations.c, tables.configuration_parts.c

    def condition(name: str, dialect: str) -> ColumnElement[bool]:
        having = select(configuration.product_id).select_from(tables.configuration_parts.join(tables.configurations))
        matching = having.where(in_keys(part.key, dialect, name))
        if not any_:
            matching = matching.where(configuration.active)
        grouped = matching.group_by(configuration.id, configuration.product_id)
        return tables.products.c.id.in_(grouped.having(func.count() == literal_column(str(wanted))))

    return Filter(condition, lambda pairs: [part_key(name, value) for name, value in pairs])


_KNOWN_VALUES = _known_values()

CATALOGUE_LOADERS: dict[str, LoaderSpec] = {
    "product": one(PRODUCTS),
    "products": paged(
        PRODUCTS,
        parent="id",
        orders={"NAME": "search"},
        filters={
            "product_type": among(tables.products.c.product_type),
            "brand": folded(tables.products.c.brand_key),
            "search": containing(tables.products.c.search),
            "active": compared(tables.products.c.active, eq),
            **{f"configured_{number}": _configured(number, any_=False) for number in range(1, len(PARTS) + 1)},
            **{f"ever_configured_{number}": _configured(number, any_=True) for number in range(1, len(PARTS) + 1)},
        },
    ),
    "configurations_by_product": many(CONFIGURATIONS, key="product_id"),
    "configuration": one(CONFIGURATIONS),
    "known_values": Many(_KNOWN_VALUES, _KNOWN_VALUES.columns[0], (_KNOWN_VALUES.columns[1],)),
}


async def write_product(
    connection: AsyncConnection, product: Product, configurations: Sequence[Configuration] = ()
) -> None:
    """Put a product and its configurations into the catalogue, with what they are found by."""
    row = {**values(product, tables.products), "search": product_search(product), "brand_key": fold(product.brand)}
    await connection.execute(insert(tables.products), row)
    if configurations:
        configured = [values(it, tables.configurations) for it in configurations]
        await connection.execute(insert(tables.configurations), configured)
    if parts := [part for it in configurations for part in configuration_parts(it)]:
        await connection.execute(insert(tables.configuration_parts), parts)


def configuration_parts(configuration: Configuration) -> list[dict[str, Any]]:
    """What a configuration is found by, as the values of its table."""
    found = ((name, getattr(configuration, name)) for name in PARTS)
    return [
        {"configuration_id": configuration.id, "name": name, "value": value, "key": part_key(name, value)}
        for name, value in found
        if value
    ]


def part_key(name: str, value: str) -> str:
    """One value of one part, however it is written."""
    return f"{name}={part_form(value)}"


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
