"""The store and loaders of employees."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, insert, literal_column, or_, select, update

from adapters.database.companies.tables import tenants
from adapters.database.core.column_types import in_keys
from adapters.database.core.loader_specs import (
    Filter,
    LoaderSpec,
    contains_words,
    matches_pattern,
    one,
    one_of,
    paged,
    times,
)
from adapters.database.core.origin_filters import from_elsewhere
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, in_scope, row_mapping
from adapters.database.core.transactions import Transaction
from adapters.database.inventory.assets import ASSETS, SqlAssets
from adapters.database.inventory.tables import assets, device_action_people, device_actions
from adapters.database.people import tables
from adapters.database.quotes.tables import recipients
from domain.inventory.assets import Asset, AssetStatus
from domain.people.employees import Employee, person_key
from domain.people.hris import SyncedUntil
from domain.shared.access import TenantScope
from domain.shared.parsers import fold
from domain.shared.search import search_form

EMPLOYEES = row_mapping(Employee, tables.employees)

_HOLDING = exists().where(
    assets.c.employee_key == tables.employees.c.email_key,
    assets.c.status == literal_column(f"'{AssetStatus.IN_USE}'"),
)

EMPLOYEE_LOADERS: dict[str, LoaderSpec] = {
    "employee": one(EMPLOYEES),
    "employee_by_email": one(EMPLOYEES, key="email_key"),
    "employees": paged(
        EMPLOYEES,
        parent="tenant_id",
        orders={"NAME": "search", "CREATED_AT": "created_at", "UPDATED_AT": "updated_at"},
        filters={
            "status": one_of(tables.employees.c.status),
            **from_elsewhere(tables.employees.c.id),
            "email": matches_pattern(tables.employees.c.email_key, "%:{}"),
            "search": contains_words(tables.employees.c.search),
            "has_assets": Filter(lambda _name, _dialect: _HOLDING),
            "has_no_assets": Filter(lambda _name, _dialect: ~_HOLDING),
            **times(tables.employees.c.created_at, tables.employees.c.updated_at),
        },
    ),
}


class SqlEmployees:
    """Implements the `EmployeeStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def named(self, tenant_id: int, emails: Sequence[str], names: Sequence[str]) -> Sequence[Employee]:
        columns, dialect = tables.employees.c, self._connection.dialect.name
        wanted = or_(in_keys(columns.email_key, dialect, "emails"), in_keys(columns.name_key, dialect, "names"))
        statement = EMPLOYEES.select().where(
            columns.tenant_id == tenant_id, in_scope(columns.tenant_id, self._tenant_scope), wanted
        )
        keys = {"emails": [person_key(tenant_id, email) for email in emails], "names": list(names)}
        return [Employee._make(row) for row in await self._connection.execute(statement, keys)]

    async def synced_until(self, tenant_id: int, provider: str) -> SyncedUntil | None:
        columns = tables.hris_syncs.c
        statement = select(columns.cursor, columns.again).where(
            columns.tenant_id == tenant_id, columns.provider == provider
        )
        found = (await self._connection.execute(statement)).one_or_none()
        return None if found is None else SyncedUntil(found.cursor, found.again)

    async def note_synced(self, tenant_id: int, provider: str, until: SyncedUntil, at: datetime) -> None:
        table = tables.hris_syncs
        mine = and_(table.c.tenant_id == tenant_id, table.c.provider == provider)
        await self._connection.execute(delete(table).where(mine))
        row = {"tenant_id": tenant_id, "provider": provider, "synced_at": at}
        await self._connection.execute(insert(table), {**row, "cursor": until.cursor, "again": until.again})

    async def lock_syncs(self, tenant_id: int) -> None:
        # The weaker lock lets other transactions write rows that refer to the company.
        table = tenants
        await self._connection.execute(
            select(table.c.id).where(table.c.id == tenant_id).with_for_update(key_share=True)
        )

    async def lock_known(
        self, tenant_id: int, provider: str, hris_ids: Sequence[str], email_keys: Sequence[str]
    ) -> Sequence[Employee]:
        columns, dialect = tables.employees.c, self._connection.dialect.name
        by_id = and_(columns.hris_provider == provider, in_keys(columns.hris_id, dialect, "ids"))
        wanted = or_(by_id, in_keys(columns.email_key, dialect, "emails"))
        return await self._locked(tenant_id, wanted, {"ids": hris_ids, "emails": email_keys})

    async def lock(self, employee_id: str) -> Employee | None:
        condition = tables.employees.c.id == employee_id
        locked: Employee | None = await lock_row(self._connection, EMPLOYEES, condition, self._tenant_scope)
        return locked

    async def lock_of_provider(self, tenant_id: int, provider: str) -> Sequence[Employee]:
        return await self._locked(tenant_id, tables.employees.c.hris_provider == provider, {})

    async def add(self, employee: Employee) -> None:
        await self._connection.execute(insert(tables.employees), employee_values(employee))

    async def save(self, employee: Employee) -> None:
        table = tables.employees
        await self._connection.execute(update(table).where(table.c.id == employee.id).values(employee_values(employee)))

    async def move_belongings(self, before: Employee, after: Employee) -> None:
        held = ASSETS.select().where(assets.c.employee_key == before.email_key).with_for_update()
        store = SqlAssets(self._connection, self._tenant_scope)
        for asset in [Asset._make(row) for row in await self._connection.execute(held)]:
            theirs = asset._replace(employee_key=after.email_key, employee_email=after.email, employee_name=after.name)
            await store.save(asset, theirs)
        if before.email_key == after.email_key:
            return
        named = update(recipients).where(recipients.c.email_key == before.email_key)
        await self._connection.execute(named.values(email_key=after.email_key))
        actions, people = device_actions, device_action_people
        for column in (actions.c.current_key, actions.c.new_key):
            involved = update(actions).where(column == before.email_key)
            await self._connection.execute(involved.values({column.name: after.email_key}))
        # If both people belong to an action, one row remains.
        theirs_too = select(people.c.device_action_id).where(people.c.person_key == after.email_key)
        twice = (people.c.person_key == before.email_key) & people.c.device_action_id.in_(theirs_too)
        await self._connection.execute(delete(people).where(twice))
        found = update(people).where(people.c.person_key == before.email_key)
        await self._connection.execute(found.values(person_key=after.email_key))

    async def _locked(self, tenant_id: int, wanted: ColumnElement[bool], keys: Mapping[str, Any]) -> Sequence[Employee]:
        columns = tables.employees.c
        mine = EMPLOYEES.select().where(
            columns.tenant_id == tenant_id, in_scope(columns.tenant_id, self._tenant_scope), wanted
        )
        statement = mine.order_by(columns.id).with_for_update()
        return [Employee._make(row) for row in await self._connection.execute(statement, keys)]


def employee_values(employee: Employee) -> dict[str, Any]:
    """Returns the values of an employee's row, with search and sort values."""
    found_by = {"search": search_form(f"{employee.name} {employee.email}"), "name_key": fold(employee.name)}
    return {**column_values(employee, tables.employees), **found_by}
