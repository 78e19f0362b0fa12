"""Resolvers for customers."""

from dataclasses import dataclass
from typing import Any

from domain.shared.paging import PageKey
from domain.shared.parsers import NAME_LENGTH, identifier, optional_text
from resolvers.connections import BY_NAME, Connection, ListOrder, PageArguments, page_key
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.nodes import row_id, single_match


@dataclass(frozen=True, slots=True)
class CustomerFilters:
    """The filters of a list of customers, as entered."""

    search: str | None = None


async def customer(context: Context, id_: str | None, external_id: str | None) -> Any:
    """A customer by id or by its id in another system, or None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if id_ is not None:
        return await context.load("customer", row_id(id_, ("by", "id"), "Customer")[1])
    path = ("by", "externalId")
    found = await context.load("customers_by_external_id", checked(path, identifier, external_id or ""))
    return single_match("Customer", found, path)


def customers_key(
    parent: int | None, page: PageArguments, given: CustomerFilters, order: ListOrder = BY_NAME
) -> PageKey:
    """The page of a company's customers, or with None of the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    found = checked(("filter", "search"), optional_text, given.search, NAME_LENGTH)
    filters = [] if found is None else [("search", found)]
    return page_key("customers", page, order.field, order.descending, parent, filters)


async def customers(context: Context, page: PageArguments, given: CustomerFilters, order: ListOrder) -> Any:
    """Customers in the tenant scope."""
    key = customers_key(None, page, given, order)
    return Connection("customers", key, await context.load("customers", key))


def quotes_key(parent: str, **page: Any) -> PageKey:
    """The page of a customer's quotes, newest first."""
    return page_key("quotes_by_customer", PageArguments(**page), "CREATED_AT", True, parent)
