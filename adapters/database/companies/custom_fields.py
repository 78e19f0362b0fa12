"""The store and loaders of custom fields. Their values are a column of the quote."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from adapters.database.companies import tables
from adapters.database.core.loader_specs import Filter, LoaderSpec, one, one_of, paged, times
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, row_mapping
from adapters.database.core.transactions import Transaction
from domain.companies.custom_fields import CustomField, FieldNameTaken, field_key
from domain.shared.access import TenantScope

CUSTOM_FIELDS = row_mapping(CustomField, tables.custom_fields)

CUSTOM_FIELD_LOADERS: dict[str, LoaderSpec] = {
    "custom_field": one(CUSTOM_FIELDS),
    "custom_fields": paged(
        CUSTOM_FIELDS,
        parent="tenant_id",
        orders={"NAME": "name_key", "CREATED_AT": "created_at", "UPDATED_AT": "updated_at"},
        filters={
            "type": one_of(tables.custom_fields.c.kind),
            "used": Filter(lambda _name, _dialect: tables.custom_fields.c.archived_at.is_(None)),
            **times(tables.custom_fields.c.created_at, tables.custom_fields.c.updated_at),
        },
    ),
}


class SqlCustomFields:
    """Implements the `CustomFieldStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def lock(self, field_id: str) -> CustomField | None:
        condition = tables.custom_fields.c.id == field_id
        locked: CustomField | None = await lock_row(self._connection, CUSTOM_FIELDS, condition, self._tenant_scope)
        return locked

    async def of_tenant(self, tenant_id: int) -> Mapping[str, CustomField]:
        columns = tables.custom_fields.c
        used = (
            CUSTOM_FIELDS.select()
            .where(columns.tenant_id == tenant_id, columns.archived_at.is_(None))
            .order_by(columns.name_key)
        )
        return {row.id: CustomField._make(row) for row in await self._connection.execute(used)}

    async def add(self, definition: CustomField) -> None:
        await self._write(insert(tables.custom_fields).values(_row(definition)))

    async def save(self, definition: CustomField) -> None:
        table = tables.custom_fields
        await self._write(update(table).where(table.c.id == definition.id).values(_row(definition)))

    async def _write(self, statement: Any) -> None:
        try:
            await self._connection.execute(statement)
        except IntegrityError:
            # The name is the only unique value of a company's fields.
            raise FieldNameTaken from None


def _row(definition: CustomField) -> dict[str, Any]:
    return {**column_values(definition, tables.custom_fields), "name_key": field_key(definition)}
