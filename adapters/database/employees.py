"""Employees in the database."""

from adapters.database import tables
from adapters.database.loaders import LoaderSpec, among, containing, one, paged
from adapters.database.rows import rows
from domain.employees import Employee
from domain.values import fold

EMPLOYEES = rows(Employee, tables.employees)

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
        },
    ),
}


def employee_search(employee: Employee) -> str:
    """What an employee is found and ordered by: name and address, casefolded."""
    return fold(f"{employee.name} {employee.email}")
