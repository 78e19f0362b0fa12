"""Finds a company's access to the API by its code, for people whose tokens name it."""

from sqlalchemy import func, select

from adapters.database.companies.tables import companies, tenants
from adapters.database.core.engine import Database
from domain.shared.access import Environment
from domain.sign_in.admission import CompanyAccess


class SqlCompanyAccess:
    """Implements what people who sign in need of companies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, code: str, environment: Environment) -> CompanyAccess | None:
        """Returns one environment of the company with this code, in upper or lower case."""
        company = companies.c
        statement = (
            select(company.code, company.id, tenants.c.id, company.api_enabled, company.time_zone)
            .join_from(companies, tenants, tenants.c.company_id == company.id)
            .where(func.upper(company.code) == code.upper(), tenants.c.environment == str(environment))
        )
        async with self._database.read.connect() as connection:
            row = (await connection.execute(statement)).one_or_none()
        if row is None:
            return None
        code, company_id, tenant_id, api_enabled, time_zone = row
        return CompanyAccess(code, company_id, tenant_id, environment, api_enabled is not False, time_zone)
