"""Locking a row until the end of a transaction."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.core.row_mapping import RowMapping, scoped
from adapters.database.core.transactions import Transaction
from domain.shared.access import TenantScope


async def lock_row(
    connection: AsyncConnection | Transaction,
    rows: RowMapping,
    condition: ColumnElement[bool],
    tenant_scope: TenantScope,
) -> Any:
    """The row of which a condition holds, locked; None where none is in scope."""
    statement = scoped(rows.select().where(condition), rows, tenant_scope).with_for_update()
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else rows.make(row)
