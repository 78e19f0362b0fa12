"""The benchmark writes its rows itself, so it has to follow the tables."""

import pytest
from sqlalchemy import Table

from benchmarks.data import ORDER, build

ROWS = build(1, 2, 1)


@pytest.mark.parametrize("table", ORDER, ids=lambda table: table.name)
def test_the_benchmark_fills_every_column_that_a_table_needs(table: Table) -> None:
    needed = {it.name for it in table.c if not it.nullable and it.default is None and it.server_default is None}
    [row, *_] = ROWS[table.name]
    assert needed <= set(row)
    assert set(row) <= set(table.c.keys())
