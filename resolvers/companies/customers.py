"""Resolvers for customers."""

from dataclasses import dataclass
from typing import Any

from domain.shared.parsers import identifier
from resolvers.connections.origins import by_external, narrow_origin
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.lists import DatedFilters, Narrowing
from resolvers.metadata import narrow_noted
from resolvers.nodes import row_id, single_match


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilters(DatedFilters):
    """The filters of a list of customers, as entered."""

    search: str | None = None
    origin: Any = None
    external_id: str | None = None
    metadata: Any = None


async def customer(context: Context, id_: str | None, external_id: str | None, external: Any = None) -> Any:
    """A customer by id or by its id in another system, or None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if external is not None:
        return await by_external(context, "Customer", external.parsed())
    if id_ is not None:
        return await context.load("customer", row_id(id_, ("by", "id"), "Customer")[1])
    path = ("by", "externalId")
    found = await context.load("customers_by_external_id", checked(path, identifier, external_id or ""))
    return single_match("Customer", found, path)


def narrow(given: CustomerFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of customers."""
    narrowing.search(given.search)
    narrow_origin(given.origin, narrowing)
    narrow_noted(given, narrowing)
    narrowing.dates(given)
