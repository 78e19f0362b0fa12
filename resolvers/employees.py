"""Answers about employees."""

from collections.abc import Sequence
from typing import Any

from domain.employees import EmployeeStatus
from domain.paging import PageKey
from domain.values import NAME_LENGTH, fold, optional_text, text
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.nodes import row_id


async def employee(context: Context, id_: str | None, email: str | None) -> Any:
    """An employee by id or by address, in any case; None when there is none in reach."""
    if id_ is not None:
        return await context.load("employee", row_id(id_, ("by", "id"), "Employee")[1])
    return await context.load("employee_by_email", fold(checked(("by", "email"), text, email or "")))


def employees_key(
    parent: int | None, page: PageArguments, status: Sequence[EmployeeStatus] | None, search: str | None
) -> PageKey:
    """The page of a company's employees, or with None of all in reach, by name (domain-facts A.8)."""
    given: dict[str, Any] = {
        "status": tuple(status) if status is not None else None,
        "search": checked(("filter", "search"), optional_text, search, NAME_LENGTH),
    }
    filters = [(name, value) for name, value in given.items() if value is not None]
    return page_key("employees", page, "NAME", False, parent, filters)


async def employees(
    context: Context, page: PageArguments, status: Sequence[EmployeeStatus] | None, search: str | None
) -> Any:
    """Employees in reach, by name."""
    key = employees_key(None, page, status, search)
    return Connection("employees", key, await context.load("employees", key))


def recipients_key(parent: str, **page: Any) -> PageKey:
    """The page of what an employee was a recipient of, newest first."""
    return page_key("recipients_by_email", PageArguments(**page), "ID", True, parent)
