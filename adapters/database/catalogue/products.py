"""The store and loaders of products and configurations. The catalogue belongs to no tenant."""

from collections.abc import Mapping, Sequence
from functools import cache
from operator import eq
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue import tables
from adapters.database.core.column_types import in_keys
from adapters.database.core.loader_specs import (
    Filter,
    LoaderSpec,
    Many,
    compares,
    contains_words,
    equals_in_any_case,
    many,
    one,
    one_of,
    paged,
    times,
)
from adapters.database.core.origin_filters import from_elsewhere, from_elsewhere_for_each
from adapters.database.core.row_mapping import RowMapping, column_values, row_mapping, visible_when
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import ROW_ID, update_by_id
from adapters.database.history.events import history_filters
from domain.catalogue.products import PARTS, Configuration, KnownValue, Product, part_form
from domain.catalogue.snapshot import CatalogueKeys, CatalogueSnapshot, product_key
from domain.history.catalogue_events import CatalogueEvent
from domain.shared.parsers import fold
from domain.shared.search import search_form

PRODUCTS = row_mapping(Product, tables.products)
CONFIGURATIONS = row_mapping(Configuration, tables.configurations)
CATALOGUE_EVENTS = row_mapping(CatalogueEvent, tables.catalogue_events)

# The key of an advisory lock that nothing else uses.
CATALOGUE_LOCK = 5_280_011
UNIQUE = ("name_key", "sku_key")


def _known_values() -> RowMapping:
    """Selects all distinct values of active products and their active configurations, by field."""
    product, configuration, part = tables.products.c, tables.configurations.c, tables.configuration_parts.c
    of_products = [
        select(literal_column(f"'{name}'", Text).label("name"), cast(column, Text).label("value")).where(product.active)
        for name, column in (("product_type", product.product_type), ("brand", product.brand))
    ]
    configured = tables.configuration_parts.join(tables.configurations).join(tables.products)
    of_parts = select(part.name, part.value).select_from(configured).where(configuration.active, product.active)
    found = union(*of_products, of_parts).subquery()
    return RowMapping(KnownValue, KnownValue._make, (found.c.name, found.c.value), tables.products, found, None)


def _configured(wanted: int, any_: bool) -> Filter:
    """Matches products with a configuration that has one of the values of each of the `wanted` parts
    (docs/domain.md#product-filters). The keys are those of `part_key`; inactive configurations match only with
    `any_`."""
    configuration, part = tables.configurations.c, tables.configuration_parts.c

    def condition(name: str, dialect: str) -> ColumnElement[bool]:
        having = select(configuration.product_id).select_from(tables.configuration_parts.join(tables.configurations))
        matching = having.where(in_keys(part.key, dialect, name))
        if not any_:
            matching = matching.where(configuration.active)
        grouped = matching.group_by(configuration.id, configuration.product_id)
        return tables.products.c.id.in_(grouped.having(func.count() == literal_column(str(wanted))))

    return Filter(condition, lambda pairs: [part_key(name, value) for name, value in pairs])


def _numbered(name: str) -> ColumnElement[bool]:
    """Matches products with this SKU, or with a configuration with this SKU."""
    configuration = tables.configurations.c
    sku = bindparam(name, type_=tables.products.c.sku_key.type)
    of_parts = select(configuration.product_id).where(configuration.sku_key == sku)
    return or_(tables.products.c.sku_key == sku, tables.products.c.id.in_(of_parts))


_KNOWN_VALUES = _known_values()

CATALOGUE_LOADERS: dict[str, LoaderSpec] = {
    "product": one(PRODUCTS),
    "catalogue_event": one(CATALOGUE_EVENTS),
    "products": paged(
        PRODUCTS,
        parent="id",
        orders={"NAME": "search", "CREATED_AT": "created_at", "UPDATED_AT": "updated_at"},
        filters={
            "product_type": one_of(tables.products.c.product_type),
            "brand": equals_in_any_case(tables.products.c.brand_key),
            "search": contains_words(tables.products.c.search),
            "own_sku": equals_in_any_case(tables.products.c.sku_key),
            "sku": Filter(lambda name, _dialect: _numbered(name), fold),
            "active": compares(tables.products.c.active, eq),
            **from_elsewhere(tables.products.c.id),
            **from_elsewhere_for_each(tables.products.c.id),
            **times(tables.products.c.created_at, tables.products.c.updated_at),
            **{f"configured_{number}": _configured(number, any_=False) for number in range(1, len(PARTS) + 1)},
            **{f"ever_configured_{number}": _configured(number, any_=True) for number in range(1, len(PARTS) + 1)},
        },
    ),
    "configurations_by_product": many(visible_when(CONFIGURATIONS, tables.configurations.c.active), key="product_id"),
    "archived_configurations_by_product": many(
        visible_when(CONFIGURATIONS, not_(tables.configurations.c.active)), key="product_id"
    ),
    "configuration": one(CONFIGURATIONS),
    "catalogue_events": paged(
        CATALOGUE_EVENTS,
        parent="product_id",
        orders={"OCCURRED_AT": "occurred_at"},
        filters=history_filters(tables.catalogue_events),
    ),
    "known_values": Many(_KNOWN_VALUES, _KNOWN_VALUES.columns[0], (_KNOWN_VALUES.columns[1],)),
}


async def write_product(
    connection: AsyncConnection, product: Product, configurations: Sequence[Configuration] = ()
) -> None:
    """Writes a product and its configurations, with their search values."""
    await SqlCatalogue(connection).save([(None, product)], [(None, it) for it in configurations], ())


def configuration_parts(configuration: Configuration) -> list[dict[str, Any]]:
    """Returns the rows of a configuration's search values."""
    found = ((name, getattr(configuration, name)) for name in PARTS)
    return [
        {"configuration_id": configuration.id, "name": name, "value": value, "key": part_key(name, value)}
        for name, value in found
        if value
    ]


def part_key(name: str, value: str) -> str:
    """Returns the search key of one value of one part."""
    return f"{name}={part_form(value)}"


class SqlCatalogue:
    """Implements the `Catalogue` port in one unit of work."""

    def __init__(self, connection: AsyncConnection | Transaction) -> None:
        self._connection = connection

    async def products(self, ids: Sequence[str]) -> Mapping[str, Product]:
        statement = PRODUCTS.select().where(tables.products.c.id.in_(ids))
        return {row.id: Product._make(row) for row in await self._connection.execute(statement)} if ids else {}

    async def configurations(self, ids: Sequence[str]) -> Mapping[str, Configuration]:
        statement = CONFIGURATIONS.select().where(tables.configurations.c.id.in_(ids))
        return {row.id: Configuration._make(row) for row in await self._connection.execute(statement)} if ids else {}

    async def snapshot(self, keys: CatalogueKeys) -> CatalogueSnapshot:
        dialect = self._connection.dialect.name
        if dialect == "postgresql":
            # Changes of the catalogue are rare and serialised, so that uniqueness is checked before writing.
            await self._connection.execute(select(func.pg_advisory_xact_lock(CATALOGUE_LOCK)))
        asked = {name: list(getattr(keys, name)) for name in keys.__slots__}
        found = await self._connection.execute(_concerned(dialect), asked)
        products = [Product._make(row) for row in found]
        theirs = _configurations_of(dialect)
        found = await self._connection.execute(theirs, {"keys": [it.id for it in products]})
        return CatalogueSnapshot(products, map(Configuration._make, found))

    async def save(
        self,
        products: Sequence[tuple[Product | None, Product]],
        configurations: Sequence[tuple[Configuration | None, Configuration]],
        events: Sequence[CatalogueEvent],
    ) -> None:
        await self._write(tables.products, [(before, _product_row(now)) for before, now in products])
        await self._write(tables.configurations, [(before, _configuration_row(now)) for before, now in configurations])
        changed = [{"id_": now.id} for before, now in configurations if before is not None]
        table = tables.configuration_parts
        if changed:
            await self._connection.execute(delete(table).where(table.c.configuration_id == bindparam("id_")), changed)
        if parts := [part for _, now in configurations for part in configuration_parts(now)]:
            await self._connection.execute(insert(table), parts)
        if event_rows := [column_values(it, tables.catalogue_events) for it in events]:
            await self._connection.execute(insert(tables.catalogue_events), event_rows)

    async def _write(self, table: Table, rows_: Sequence[tuple[Any, dict[str, Any]]]) -> None:
        changed = [row for before, row in rows_ if before is not None]
        if len(changed) > 1:
            # Unique values may move between products: all are released before any is written.
            given_up = {name: table.c.id if name == "name_key" else None for name in UNIQUE if name in table.c}
            mine = table.c.id == bindparam(ROW_ID)
            await self._connection.execute(
                update(table).where(mine).values(given_up), [{ROW_ID: it["id"]} for it in changed]
            )
        if changed:
            names = tuple(name for name in changed[0] if name != "id")
            given = [{ROW_ID: row["id"], **{f"new_{name}": row[name] for name in names}} for row in changed]
            await self._connection.execute(update_by_id(table, names), given)
        if new := [row for before, row in rows_ if before is None]:
            await self._connection.execute(insert(table), new)


@cache
def _concerned(dialect: str) -> Select[Any]:
    """Selects the products that a change of the catalogue affects."""
    product, configuration = tables.products.c, tables.configurations.c
    named = (configuration.id, "configurations"), (configuration.sku_key, "configuration_skus")
    owners = select(configuration.product_id).where(or_(*(in_keys(column, dialect, name) for column, name in named)))
    own = (product.id, "products"), (product.name_key, "names"), (product.sku_key, "skus")
    mine = [in_keys(column, dialect, name) for column, name in own]
    return PRODUCTS.select().where(or_(*mine, product.id.in_(owners)))


@cache
def _configurations_of(dialect: str) -> Select[Any]:
    columns = tables.configurations.c
    return (
        CONFIGURATIONS.select()
        .where(in_keys(columns.product_id, dialect))
        .order_by(columns.product_id, columns.position, columns.id)
    )


def _product_row(product: Product) -> dict[str, Any]:
    return {
        **column_values(product, tables.products),
        "search": product_search(product),
        "brand_key": fold(product.brand),
        "name_key": product_key(product.brand, product.model),
        "sku_key": fold(product.sku) if product.sku else None,
    }


def _configuration_row(configuration: Configuration) -> dict[str, Any]:
    sku = configuration.sku
    return {**column_values(configuration, tables.configurations), "sku_key": fold(sku) if sku else None}


def product_search(product: Product) -> str:
    """Returns the search text of a product, which is also its sort key: brand and model."""
    return search_form(f"{product.brand} {product.model}")
