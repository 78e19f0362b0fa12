"""Resolvers for custom fields."""

from typing import Any

from domain.shared.paging import PageKey
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context


def custom_fields_key(parent: int | None, page: PageArguments, with_deleted: bool = False) -> PageKey:
    """The page of a company's custom fields by name, or with None of the tenant scope."""
    return page_key("custom_fields", page, "NAME", False, parent, [] if with_deleted else [("used", True)])


async def custom_fields(context: Context, page: PageArguments, with_deleted: bool) -> Any:
    """Custom fields in the tenant scope."""
    key = custom_fields_key(None, page, with_deleted)
    return Connection("custom_fields", key, await context.load("custom_fields", key))
