"""Reads and writes which clients select which fields of the schema."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from adapters.database.core.engine import Database
from adapters.database.core.write_statements import upsert_into
from adapters.database.usage.tables import schema_usage


class FieldUse(NamedTuple):
    """How many operations of a client select a field."""

    field: str
    client: str
    client_version: str
    operations: int


class FieldUsage(NamedTuple):
    """How many operations of a client selected a field within a period, and on which day last."""

    field: str
    client: str
    client_version: str
    operations: int
    last_day: date


class SqlUsage:
    """The usage of the schema in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, day: date, uses: Sequence[FieldUse]) -> None:
        """Adds to the numbers of a day, in one transaction. Rows are in the same order in every process, so that none
        waits for another in a circle."""
        if not uses:
            return
        table = schema_usage
        given = upsert_into(table, self._database.dialect)
        statement = given.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={"operations": table.c.operations + given.excluded.operations},
        )
        rows = [{"day": day.isoformat(), **use._asdict()} for use in sorted(uses)]
        async with self._database.write.begin() as connection:
            await connection.execute(statement, rows)

    async def since(self, day: date, field: str | None = None) -> list[FieldUsage]:
        """Returns the usage from a day on, of one field or of all: by field, then by client."""
        columns = schema_usage.c
        by = (columns.field, columns.client, columns.client_version)
        statement: Any = (
            select(*by, func.sum(columns.operations), func.max(columns.day))
            .where(columns.day >= day.isoformat())
            .group_by(*by)
            .order_by(*by)
        )
        if field is not None:
            statement = statement.where(columns.field == field)
        async with self._database.read.connect() as connection:
            rows = await connection.execute(statement)
            return [
                FieldUsage(name, client, version, int(total), date.fromisoformat(last))
                for name, client, version, total, last in rows
            ]
