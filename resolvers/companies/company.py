"""Resolvers for the caller and for companies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.companies.company import Company
from domain.fulfilment.margins import parse_margin
from domain.shared.access import Environment, Person
from domain.shared.parsers import identifier
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.nodes import row_id


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller, as in the graph."""

    company_id: str | None
    environment: Environment
    scopes: list[str]
    person: Person | None
    expires_at: datetime | None


def viewer(context: Context) -> Any:
    """The caller of the request."""
    caller = context.caller
    return Viewer(caller.company_id, caller.environment, sorted(caller.scopes), caller.person, caller.expires_at)


async def company(context: Context, id_: str | None, code: str | None) -> Any:
    """A company by id or code, or None if there is none in the tenant scope. Raises: GraphQLError with
    VALIDATION_ERROR."""
    if id_ is not None:
        return await context.load("company", row_id(id_, ("by", "id"), "Company")[1])
    return await context.load("company_by_code", checked(("by", "code"), identifier, code or ""))


def vendor_margin(company: Company) -> Any:
    """What a company adds to the vendor's prices, or None."""
    return None if company.vendor_margin is None else parse_margin(company.vendor_margin)
