"""The store and loaders of customers."""

from operator import eq
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from adapters.database.companies import tables
from adapters.database.core.loader_specs import LoaderSpec, compares, contains_words, many, one, paged, times
from adapters.database.core.origin_filters import from_elsewhere
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, row_mapping
from adapters.database.core.transactions import Transaction
from adapters.database.node_metadata.store import has_metadata, write_metadata
from domain.companies.customers import Customer, ExternalIdTaken, customer_search
from domain.shared.access import TenantScope
from domain.shared.search import search_form

CUSTOMERS = row_mapping(Customer, tables.customers)

CUSTOMER_LOADERS: dict[str, LoaderSpec] = {
    "customer": one(CUSTOMERS),
    "customers_by_external_id": many(CUSTOMERS, key="external_id", order=("id",)),
    "customers": paged(
        CUSTOMERS,
        parent="tenant_id",
        orders={"NAME": "search", "CREATED_AT": "created_at", "UPDATED_AT": "updated_at"},
        filters={
            "search": contains_words(tables.customers.c.search),
            **from_elsewhere(tables.customers.c.id),
            "external_id": compares(tables.customers.c.external_id, eq),
            "metadata": has_metadata(tables.customers.c.id),
            **times(tables.customers.c.created_at, tables.customers.c.updated_at),
        },
    ),
}


class SqlCustomers:
    """Implements the `CustomerStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def lock(self, customer_id: str) -> Customer | None:
        condition = tables.customers.c.id == customer_id
        locked: Customer | None = await lock_row(self._connection, CUSTOMERS, condition, self._tenant_scope)
        return locked

    async def of_tenant(self, tenant_id: int, customer_id: str) -> Customer | None:
        columns = tables.customers.c
        mine = CUSTOMERS.select().where(columns.id == customer_id, columns.tenant_id == tenant_id)
        row = (await self._connection.execute(mine)).one_or_none()
        return None if row is None else Customer._make(row)

    async def add(self, customer: Customer) -> None:
        await self._write(insert(tables.customers).values(_row(customer)))
        await write_metadata(self._connection, (), (customer,))

    async def save(self, before: Customer, after: Customer) -> None:
        table = tables.customers
        await self._write(update(table).where(table.c.id == after.id).values(_row(after)))
        await write_metadata(self._connection, (before,), (after,))

    async def _write(self, statement: Any) -> None:
        try:
            await self._connection.execute(statement)
        except IntegrityError:
            # The external ID is the only unique value of a company's customers.
            raise ExternalIdTaken from None


def _row(customer: Customer) -> dict[str, Any]:
    return {**column_values(customer, tables.customers), "search": search_form(customer_search(customer))}
