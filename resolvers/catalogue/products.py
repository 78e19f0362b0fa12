"""Resolvers for products."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.catalogue.products import PARTS, ProductType, part_form
from domain.shared.errors import ErrorCode, Problems
from domain.shared.parsers import NAME_LENGTH, camel, fold, given_text, optional_text, text
from resolvers.connections.origins import narrow_shared_origin
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.lists import DatedFilters, Narrowing
from resolvers.nodes import row_id
from resolvers.pages import PageArguments, page_key

MOST_VALUES = 100
# Maximum length of one text with several values, in characters.
LONGEST_VALUES = 2_000
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFilters(DatedFilters):
    """The filters of a list of products, as entered.

    `parts` are the values to find of each part of a configuration, by the names of `PARTS`. A product matches if one
    of its configurations has one of the values of every part.
    """

    type: Sequence[ProductType] | None = None
    brand: str | None = None
    search: str | None = None
    sku: str | None = None
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    include_archived: bool = False
    origin: Any = None


@dataclass(frozen=True, slots=True)
class AvailableFilters:
    """The filter values with which at least one product is found."""

    product_type: list[str]
    brand: list[str]
    cpu: list[str]
    ram: list[str]
    storage: list[str]
    screen_size: list[str]
    resolution: list[str]
    connection_type: list[str]


async def product(context: Context, id_: str | None, sku: str | None) -> Any:
    """A product by id or by its own SKU, ignoring case; None if there is none.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if id_ is not None:
        return await context.load("product", row_id(id_, ("by", "id"), "Product")[1])
    wanted = checked(("by", "sku"), text, sku or "", NAME_LENGTH)
    key = page_key("products", PageArguments(first=1), "NAME", False, filters=[("own_sku", wanted)])
    return next(iter((await context.load("products", key)).rows), None)


def narrow(given: ProductFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of products (docs/domain.md#product-filters)."""
    narrowing.one_of("product_type", given.type)
    narrowing.parsed("brand", ("brand",), given_text, given.brand, NAME_LENGTH)
    narrowing.search(given.search)
    narrowing.parsed("sku", ("sku",), given_text, given.sku, NAME_LENGTH)
    narrow_shared_origin(given.origin, narrowing)
    narrowing.equals("active", None if given.include_archived else True)
    if given.parts:
        kind = "ever_configured" if given.include_archived else "configured"
        narrowing.equals(f"{kind}_{len(given.parts)}", _parts(given.parts, narrowing.problems))
    narrowing.dates(given)


async def available_filters(context: Context) -> Any:
    """The filter values of products, without duplicates that differ only in case."""
    names = ("product_type", "brand", *PARTS)
    found = await context.load_bulk("known_values", names)
    forms = [part_form if name in PARTS else fold for name in names]
    return AvailableFilters(
        *(_in_order((it.value for it in rows), form) for rows, form in zip(found, forms, strict=True))
    )


def _parts(given: Mapping[str, Sequence[str]], problems: Problems) -> tuple[tuple[str, str], ...]:
    pairs: dict[tuple[str, str], None] = {}
    # A value can contain a comma, so the whole text is a value as well as each of its parts.
    for name, wanted in given.items():
        path = ("filter", camel(name))
        if (number := sum(1 + it.count(",") for it in wanted)) > MOST_VALUES:
            problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_VALUES} values, not {number}.")
        for index, value in enumerate(wanted[:MOST_VALUES]):
            text = problems.check((*path, str(index)), optional_text, value, LONGEST_VALUES)
            if text is not None:
                pairs |= dict.fromkeys((name, it) for it in (text, *text.split(",")) if part_form(it))
    return tuple(pairs)


def _in_order(values: Iterable[str], form: Callable[[str], str]) -> list[str]:
    """Returns the values in natural order: 8 GB before 16 GB."""
    once: dict[str, str] = {}
    for value in values:
        once.setdefault(form(value), value)
    return [once[key] for key in sorted(once, key=_natural)]


def _natural(text: str) -> list[tuple[int, int, str]]:
    return [(0, int(it), "") if _DIGITS.fullmatch(it) else (1, 0, it) for it in _DIGITS.split(text) if it]
