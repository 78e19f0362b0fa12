"""What is noted on objects is found by indexes, on both databases."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select, text

from adapters.database.companies.customers import CUSTOMER_LOADERS
from adapters.database.companies.tables import customers
from adapters.database.core.loader_specs import Filter, LoaderSpec, Paged
from adapters.database.inventory.assets import ASSET_LOADERS
from adapters.database.inventory.tables import assets
from adapters.database.quotes.filters import QUOTE_FILTERS, RECIPIENT_FILTERS
from adapters.database.quotes.tables import quotes, recipients


def filters_of(loader: LoaderSpec) -> Mapping[str, Filter]:
    assert isinstance(loader, Paged)
    return loader.filters


DIGESTS = ("ix_metadata_digests_digest_node_id", "pk_metadata_digests")
INDEXES = {
    "quote": (quotes, QUOTE_FILTERS["external_id"], ("ix_quotes_external_id_tenant_id",)),
    "line of a quote": (quotes, QUOTE_FILTERS["item_external_id"], ("ix_quote_items_external_id_quote_id",)),
    "recipient of a quote": (quotes, QUOTE_FILTERS["recipient_external_id"], ("ix_recipients_external_id_quote_id",)),
    "recipient": (recipients, RECIPIENT_FILTERS["external_id"], ("ix_recipients_external_id_quote_id",)),
    "asset": (assets, filters_of(ASSET_LOADERS["assets"])["external_id"], ("ix_assets_external_id_tenant_id",)),
    "customer": (customers, filters_of(CUSTOMER_LOADERS["customers"])["external_id"], ("ix_customers_external_id",)),
    "metadata of a quote": (quotes, QUOTE_FILTERS["metadata"], DIGESTS),
    "metadata of a line": (quotes, QUOTE_FILTERS["item_metadata"], DIGESTS),
    "metadata of an asset": (assets, filters_of(ASSET_LOADERS["assets"])["metadata"], DIGESTS),
}


@pytest.mark.parametrize(("table", "wanted", "indexes"), INDEXES.values(), ids=INDEXES)
async def test_a_filter_by_what_is_noted_uses_an_index(database, table, wanted, indexes):
    given = select(table.c.id).where(wanted.condition("value", database.dialect)).params(value="x")
    async with database.write.begin() as connection:
        sql = given.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
        if database.dialect == "postgresql":
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = [str(row) for row in await connection.execute(text(f"{explain} {sql}"))]
    assert any(index in line for line in plan for index in indexes), plan
