"""Companies and their tenants in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.companies import tables
from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import LoaderSpec, One
from adapters.database.core.row_mapping import row_mapping
from adapters.database.core.transactions import Transaction
from domain.companies.company import Company, Tenant
from domain.fulfilment.vendor_api import CompanyDetails
from domain.shared.access import Environment, TenantScope

_joined = tables.companies.join(tables.tenants)
COMPANIES = row_mapping(
    Company, tables.companies, source=_joined, tenant=tables.tenants.c.id, tenant_id=tables.tenants.c.id
)
TENANTS = row_mapping(
    Tenant,
    tables.tenants,
    source=tables.tenants.join(tables.companies),
    tenant=tables.tenants.c.id,
    company_code=tables.companies.c.code,
    company_name=tables.companies.c.name,
    tax_rounding=tables.companies.c.tax_rounding,
    time_zone=tables.companies.c.time_zone,
    vendor_margin=tables.companies.c.vendor_margin,
)

COMPANY_LOADERS: dict[str, LoaderSpec] = {
    "company": One(COMPANIES, tables.companies.c.id),
    "company_by_code": One(COMPANIES, tables.companies.c.code),
    "company_by_tenant": One(COMPANIES, tables.tenants.c.id),
    "tenant_of_company": One(TENANTS, tables.tenants.c.company_id),
}


class SqlTenants:
    """Implements the `TenantStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def lock(self, tenant_id: int) -> int:
        columns = tables.tenants.c
        # FOR NO KEY UPDATE: rows that refer to the tenant can be inserted meanwhile.
        locked = select(columns.last_event).where(columns.id == tenant_id).with_for_update(key_share=True)
        number: int = (await self._connection.execute(locked)).scalar_one()
        return number

    async def by_company(self, company_id: str) -> Tenant | None:
        columns = tables.tenants.c
        mine = and_(columns.company_id == company_id, columns.environment == str(self._tenant_scope.environment))
        row = (await self._connection.execute(TENANTS.select().where(mine))).one_or_none()
        return None if row is None else Tenant._make(row)

    async def by_id(self, tenant_id: int) -> Tenant:
        statement = TENANTS.select().where(tables.tenants.c.id == tenant_id)
        return Tenant._make((await self._connection.execute(statement)).one())

    async def company_details(self, tenant_id: int) -> CompanyDetails | None:
        columns = tables.companies.c
        details = select(
            columns.name, columns.code, columns.country, columns.legal_number, columns.contact_email, columns.phone
        )
        statement = details.select_from(_joined).where(tables.tenants.c.id == tenant_id)
        row = (await self._connection.execute(statement)).one()
        return None if None in row else CompanyDetails._make(row)

    async def save_margin(self, company_id: str, margin: str | None, at: datetime) -> None:
        changed = update(tables.companies).where(tables.companies.c.id == company_id)
        await self._connection.execute(changed.values(vendor_margin=margin, updated_at=at))

    async def contact_email(self, tenant_id: int) -> str | None:
        address = select(tables.companies.c.contact_email).select_from(_joined).where(tables.tenants.c.id == tenant_id)
        return (await self._connection.execute(address)).scalar_one()  # type: ignore[no-any-return]

    async def next_order_id(self, tenant_id: int, at: datetime) -> str:
        table = tables.tenants
        millis, following = int(at.timestamp() * 1000), table.c.last_order_id + 1
        raised = case((following > millis, following), else_=millis)
        statement = (
            update(table).where(table.c.id == tenant_id).values(last_order_id=raised).returning(table.c.last_order_id)
        )
        return str((await self._connection.execute(statement)).scalar_one())


class SqlCompanies:
    """Reads and changes companies for the command line."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> Sequence[Any]:
        """Returns code, name and API access of all companies, ordered by code."""
        columns = tables.companies.c
        async with self._database.read.connect() as connection:
            result = await connection.execute(
                select(columns.code, columns.name, columns.api_enabled).order_by(columns.code)
            )
            return result.all()

    async def id_of(self, code: str) -> str | None:
        columns = tables.companies.c
        async with self._database.read.connect() as connection:
            result = await connection.execute(select(columns.id).where(func.upper(columns.code) == code.upper()))
            found: str | None = result.scalar_one_or_none()
            return found

    async def tenant_id(self, code: str, environment: Environment) -> int | None:
        """Returns the tenant of a company by its code, or None."""
        columns = tables.tenants.c
        mine = and_(func.upper(tables.companies.c.code) == code.upper(), columns.environment == str(environment))
        async with self._database.read.connect() as connection:
            result = await connection.execute(select(columns.id).select_from(_joined).where(mine))
            found: int | None = result.scalar_one_or_none()
            return found

    async def describe(self, code: str, country: str | None, details: Mapping[str, str | None]) -> bool:
        """Sets the company details for the vendor. Returns False if there is no such company."""
        table = tables.companies
        async with self._database.write.begin() as connection:
            changed = update(table).where(func.upper(table.c.code) == code.upper()).values(country=country, **details)
            return bool((await connection.execute(changed)).rowcount)

    async def settings(self, code: str) -> Mapping[str, Any] | None:
        """Returns the settings of a company by name, or None if there is no such company."""
        columns = tables.companies.c
        async with self._database.read.connect() as connection:
            found = await connection.execute(
                select(columns.time_zone, columns.tax_rounding, columns.vendor_margin).where(
                    func.upper(columns.code) == code.upper()
                )
            )
            row = found.mappings().one_or_none()
            return None if row is None else dict(row)

    async def choose(self, code: str, chosen: Mapping[str, Any]) -> bool:
        """Changes the settings of a company. Returns False if there is no such company."""
        table = tables.companies
        async with self._database.write.begin() as connection:
            changed = update(table).where(func.upper(table.c.code) == code.upper()).values(**chosen)
            return bool((await connection.execute(changed)).rowcount)

    async def switch_api(self, code: str, on: bool) -> bool:
        """Switches a company's API access. Returns False if there is no such company."""
        table = tables.companies
        async with self._database.write.begin() as connection:
            changed = update(table).where(func.upper(table.c.code) == code.upper()).values(api_enabled=on)
            return bool((await connection.execute(changed)).rowcount)


async def add_company(
    connection: AsyncConnection, company_id: str, code: str, name: str, at: datetime
) -> dict[Environment, int]:
    """Writes a company and its two tenants. Returns the tenants' ids by environment."""
    company = {"id": company_id, "code": code, "name": name, "created_at": at, "api_enabled": True}
    await connection.execute(insert(tables.companies), company)
    ids: dict[Environment, int] = {}
    for environment in Environment:
        values = {"company_id": company_id, "environment": str(environment)}
        result = await connection.execute(insert(tables.tenants).values(values).returning(tables.tenants.c.id))
        ids[environment] = result.scalar_one()
    return ids
