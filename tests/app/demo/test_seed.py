"""The demo data shows everything there is to see."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.database.core.engine import open_database
from app.demo.seed.seeder import NotEmpty, seed
from domain.quotes.lifecycle import attribute
from domain.quotes.state_machines import MACHINES
from domain.quotes.statuses import QuoteStatus
from tests.databases import Templates

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


async def test_there_is_a_quote_in_every_state_whose_history_says_how_it_came_there(
    migrated: Templates, tmp_path: Path
) -> None:
    database = open_database(await migrated.new("sqlite", tmp_path / "demo.db"))
    await seed(database, NOW)
    with pytest.raises(NotEmpty):
        await seed(database, NOW)
    await database.close()
    with sqlite3.connect(tmp_path / "demo.db") as connection:
        for machine in MACHINES:
            found = {it for (it,) in connection.execute(f"SELECT {attribute(machine.field)} FROM quotes")}
            assert found == {str(state) for state in machine.states}
        assert {it for (it,) in connection.execute("SELECT status FROM quotes")} == {str(it) for it in QuoteStatus}
        offered = connection.execute("SELECT name FROM price_options WHERE status = 'OFFERED'")
        assert {name for (name,) in offered} == {"At once", "In two instalments"}
        for shown in (
            "quotes WHERE title IS NOT NULL AND shipping_minor > 0 AND discount_type IS NOT NULL",
            "quote_items WHERE tax_total_minor > 0",
            "signatures",
            "vendor_orders WHERE attention = 'PRICE_ABOVE_AGREED'",
        ):
            [(count,)] = connection.execute(f"SELECT count(*) FROM {shown}")
            assert count > 0, shown
        [(future,)] = connection.execute(
            "SELECT count(*) FROM events WHERE occurred_at > ?", [int(NOW.timestamp() * 1_000_000)]
        )
        silent = connection.execute("SELECT id FROM quotes WHERE id NOT IN (SELECT node_id FROM events)").fetchall()
    assert (future, silent) == (0, [])
