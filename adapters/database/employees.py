"""Employees in the database."""

from collections.abc import Sequence

from sqlalchemy import exists, literal_column, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import tables
from adapters.database.loaders import Filter, LoaderSpec, among, containing, one, paged
from adapters.database.rows import rows, within
from adapters.database.types import in_keys
from domain.access import Reach
from domain.assets import AssetStatus
from domain.employees import Employee, person_key
from domain.values import fold

EMPLOYEES = rows(Employee, tables.employees)

_HOLDING = exists().where(
    tables.assets.c.employee_key == tables.employees.c.email_key,
    tables.assets.c.status == literal_column(f"'{AssetStatus.IN_USE}'"),
)

EMPLOYEE_LOADERS: dict[str, LoaderSpec] = {
    "employee": one(EMPLOYEES),
    "employee_by_email": one(EMPLOYEES, key="email_key"),
    "employees": paged(
        EMPLOYEES,
        parent="tenant_id",
        orders={"NAME": "search"},
        filters={
            "status": among(tables.employees.c.status),
            "email": containing(tables.employees.c.email_key, "%:{}"),
            "search": containing(tables.employees.c.search),
            "has_assets": Filter(lambda _name, _dialect: _HOLDING),
            "has_no_assets": Filter(lambda _name, _dialect: ~_HOLDING),
        },
    ),
}


class SqlEmployees:
    """The `EmployeeStore` of one unit of work."""

    def __init__(self, connection: AsyncConnection, reach: Reach) -> None:
        self._connection = connection
        self._reach = reach

    async def named(self, tenant_id: int, emails: Sequence[str], names: Sequence[str]) -> Sequence[Employee]:
        of, dialect = tables.employees.c, self._connection.dialect.name
        wanted = or_(in_keys(of.email_key, dialect, "emails"), in_keys(of.name, dialect, "names"))
        statement = EMPLOYEES.select().where(of.tenant_id == tenant_id, within(of.tenant_id, self._reach), wanted)
        keys = {"emails": [person_key(tenant_id, email) for email in emails], "names": list(names)}
        return [Employee._make(row) for row in await self._connection.execute(statement, keys)]


def employee_search(employee: Employee) -> str:
    """What an employee is found and ordered by: name and address, casefolded."""
    return fold(f"{employee.name} {employee.email}")
