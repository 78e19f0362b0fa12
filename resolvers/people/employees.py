"""Resolvers for employees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.people.employees import EmployeeStatus, person_key
from domain.quotes.statuses import RecipientStatus
from domain.shared.parsers import countries_named, text
from resolvers.connections.origins import by_external, narrow_origin
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.lists import DatedFilters, Narrowing
from resolvers.metadata import narrow_noted
from resolvers.nodes import row_id, single_match
from resolvers.pages import PageArguments, page_key


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeFilters(DatedFilters):
    """The filters of a list of employees, as entered."""

    status: Sequence[EmployeeStatus] | None = None
    search: str | None = None
    has_assets: bool | None = None
    origin: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientFilters(DatedFilters):
    """The filters of a list of recipients, as entered."""

    status: Sequence[RecipientStatus] | None = None
    country: str | None = None
    external_id: str | None = None
    metadata: Any = None


async def employee(context: Context, id_: str | None, email: str | None, external: Any = None) -> Any:
    """An employee by id or by case-insensitive address; None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if external is not None:
        return await by_external(context, "Employee", external.parsed())
    if id_ is not None:
        return await context.load("employee", row_id(id_, ("by", "id"), "Employee")[1], "Employee")
    path = ("by", "email")
    address, tenant_id = checked(path, text, email or ""), context.caller.tenant_id
    if tenant_id is not None:
        return await context.load("employee_by_email", person_key(tenant_id, address), "Employee")
    key = page_key("employees", PageArguments(first=2), "NAME", False, filters=[("email", address)])
    return single_match("Employee", (await context.load("employees", key)).rows, path)


def narrow(given: EmployeeFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of employees (docs/domain.md#lists)."""
    narrowing.one_of("status", given.status)
    narrowing.search(given.search)
    narrowing.holds("has_assets", "has_no_assets", given.has_assets)
    narrow_origin(given.origin, narrowing)
    narrowing.dates(given)


def narrow_recipients(given: RecipientFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of recipients."""
    narrowing.one_of("status", given.status)
    narrowing.parsed("country", ("country",), countries_named, given.country)
    narrow_noted(given, narrowing)
    narrowing.dates(given)
