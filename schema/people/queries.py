"""Reading employees."""

import strawberry

from domain.shared.access import Scope
from resolvers.people import employees
from schema.declare import list_root, one_root
from schema.people.inputs import EmployeeBy
from schema.people.lists import EMPLOYEES
from schema.people.types import Employee, EmployeeConnection


@strawberry.type
class EmployeeQueries:
    employee: Employee | None = one_root(
        "Returns an employee, or null if there is none.", Scope.EMPLOYEES_READ, employees.employee, EmployeeBy
    )

    employees: EmployeeConnection | None = list_root(
        "Returns employees, by default by name.", Scope.EMPLOYEES_READ, "employees", EMPLOYEES
    )
