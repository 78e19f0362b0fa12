"""Resolvers for employees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.people.employees import EmployeeStatus, person_key
from domain.shared.paging import PageKey
from domain.shared.parsers import NAME_LENGTH, optional_text, text
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.nodes import row_id, single_match


@dataclass(frozen=True, slots=True)
class EmployeeFilters:
    """The filters of a list of employees, as entered."""

    status: Sequence[EmployeeStatus] | None = None
    search: str | None = None
    has_assets: bool | None = None


async def employee(context: Context, id_: str | None, email: str | None) -> Any:
    """An employee by id or by case-insensitive address; None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if id_ is not None:
        return await context.load("employee", row_id(id_, ("by", "id"), "Employee")[1], "Employee")
    path = ("by", "email")
    address, tenant_id = checked(path, text, email or ""), context.caller.tenant_id
    if tenant_id is not None:
        return await context.load("employee_by_email", person_key(tenant_id, address), "Employee")
    key = page_key("employees", PageArguments(first=2), "NAME", False, filters=[("email", address)])
    return single_match("Employee", (await context.load("employees", key)).rows, path)


def employees_key(parent: int | None, page: PageArguments, given: EmployeeFilters) -> PageKey:
    """The page of a company's employees, or with None of the tenant scope, by name (docs/domain.md#lists)."""
    found: dict[str, Any] = {
        "status": tuple(given.status) if given.status is not None else None,
        "search": checked(("filter", "search"), optional_text, given.search, NAME_LENGTH),
        "has_assets" if given.has_assets else "has_no_assets": None if given.has_assets is None else True,
    }
    filters = [(name, value) for name, value in found.items() if value is not None]
    return page_key("employees", page, "NAME", False, parent, filters)


async def employees(context: Context, page: PageArguments, given: EmployeeFilters) -> Any:
    """Employees in the tenant scope, by name."""
    key = employees_key(None, page, given)
    return Connection("employees", key, await context.load("employees", key, "Employee"))


def recipients_key(parent: str, **page: Any) -> PageKey:
    """The page of an employee's recipients on quotes, newest first."""
    return page_key("recipients_by_email", PageArguments(**page), "ID", True, parent)
