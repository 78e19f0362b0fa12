"""Resolvers for kits."""

from dataclasses import dataclass
from typing import Any

from domain.shared.paging import PageKey
from domain.shared.parsers import NAME_LENGTH, given_text, identifier, optional_text
from domain.shared.tags import TAG_LENGTH
from resolvers.connections import BY_NAME, Connection, ListOrder, PageArguments, page_key
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.nodes import row_id


@dataclass(frozen=True, slots=True)
class KitFilters:
    """The filters of a list of kits, as entered."""

    search: str | None = None
    tag: str | None = None
    region: str | None = None


async def kit(context: Context, given: str) -> Any:
    """A kit by id, or None if there is none in the tenant scope."""
    return await context.load("kit", row_id(given, ("id",), "Kit")[1])


def kits_key(parent: int | None, page: PageArguments, given: KitFilters, order: ListOrder = BY_NAME) -> PageKey:
    """The page of a company's kits, or with None of the tenant scope (docs/domain.md#lists).

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    found = {
        "search": checked(("filter", "search"), optional_text, given.search, NAME_LENGTH),
        "tag": checked(("filter", "tag"), given_text, given.tag, TAG_LENGTH),
        "region": checked(("filter", "region"), identifier, given.region) if given.region is not None else None,
    }
    filters = [(name, value) for name, value in found.items() if value is not None]
    return page_key("kits", page, order.field, order.descending, parent, filters)


async def kits(context: Context, page: PageArguments, given: KitFilters, order: ListOrder) -> Any:
    """Kits in the tenant scope."""
    key = kits_key(None, page, given, order)
    return Connection("kits", key, await context.load("kits", key))
