"""Lists are narrowed to what comes from connected systems, and to what waits for them, by indexes."""

import pytest
from sqlalchemy import select, text

from adapters.database.quotes.filters import QUOTE_FILTERS
from adapters.database.quotes.tables import quotes

# SQLite numbers the indexes of unique columns.
ORIGINS = ("uq_origins_node_id", "sqlite_autoindex_origins_2")
CHANGES = ("ix_origin_changes_quote_id_id",)
INDEXES = {
    **dict.fromkeys(("has_origin", "has_no_origin", "origin_stale", "origin_fresh"), ORIGINS),
    **dict.fromkeys(("has_pending_change", "has_no_pending_change"), CHANGES),
}


@pytest.mark.parametrize(("name", "indexes"), INDEXES.items(), ids=INDEXES)
async def test_a_filter_by_where_quotes_come_from_uses_an_index(database, name, indexes):
    wanted = QUOTE_FILTERS[name].condition("value", database.dialect)
    given = select(quotes.c.id).where(wanted)
    async with database.write.begin() as connection:
        sql = given.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
        if database.dialect == "postgresql":
            for it in ("seqscan", "bitmapscan"):
                await connection.execute(text(f"SET LOCAL enable_{it} = off"))
        plan = [str(row) for row in await connection.execute(text(f"{explain} {sql}"))]
    assert any(index in line for line in plan for index in indexes), plan
