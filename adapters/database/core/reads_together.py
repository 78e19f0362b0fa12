"""Rows of several tables, read at once: in one statement on PostgreSQL, in one visit to the thread on SQLite."""

from typing import Any

from sqlalchemy import Select, func, select

from adapters.database.core.compiled_statements import Prepared, Reader, Values, read, readers_of
from adapters.database.core.row_mapping import RowMapping
from adapters.database.core.transactions import Transaction


class ReadTogether:
    """Several selects of rows, with the same parameters."""

    def __init__(self, *reads: tuple[RowMapping, Select[Any]]) -> None:
        self._mappings = [rows for rows, _ in reads]
        self._selects = [Prepared(statement) for _, statement in reads]
        # asyncpg reads records of any columns.
        records = (it.with_only_columns(func.row(*it.selected_columns)).scalar_subquery() for _, it in reads)
        self._together = Prepared(select(*(func.array(it) for it in records)))
        self._readers: list[tuple[Reader, ...]] = []

    async def fetch(self, transaction: Transaction, values: Values) -> list[list[Any]]:
        """Returns the rows of each select."""
        if transaction.dialect.name != "postgresql":
            found = await transaction.execute_all([(it, values) for it in self._selects])
            return [[rows.make(row) for row in it] for rows, it in zip(self._mappings, found, strict=True)]
        arrays = (await transaction.execute(self._together, values)).one()
        if not self._readers:
            self._readers = [
                readers_of([it.type for it in prepared.statement.selected_columns], transaction.dialect)
                for prepared in self._selects
            ]
        return [
            [rows.make(read(row, readers)) for row in array]
            for rows, readers, array in zip(self._mappings, self._readers, arrays, strict=True)
        ]
