"""Answers about products."""

from collections.abc import Sequence
from typing import Any

from domain.catalogue import ProductType
from domain.values import NAME_LENGTH, optional_text
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.nodes import row_id


async def product(context: Context, given: str) -> Any:
    """A product by id, or None."""
    return await context.load("product", row_id(given, ("id",), "Product")[1], "Product")


async def products(
    context: Context,
    page: PageArguments,
    types: Sequence[ProductType] | None,
    brand: str | None,
    search: str | None,
    include_inactive: bool,
) -> Any:
    """Products by brand and model (domain-facts A.7)."""
    given: dict[str, Any] = {
        "product_type": tuple(types) if types is not None else None,
        "brand": checked(("filter", "brand"), optional_text, brand, NAME_LENGTH),
        "search": checked(("filter", "search"), optional_text, search, NAME_LENGTH),
        "active": None if include_inactive else True,
    }
    filters = [(name, value) for name, value in given.items() if value is not None]
    key = page_key("products", page, "NAME", False, filters=filters)
    return Connection("products", key, await context.load("products", key, "Product"))
