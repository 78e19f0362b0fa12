"""Resolvers for quotes: by id, order number or public key, and in lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.portal.public_keys import public_key_hash
from domain.quotes.rows import Agreement, QuoteItem
from domain.quotes.statuses import LineDecision, QuoteStatus
from domain.shared.errors import InvalidInput, Problems
from domain.shared.ids import parse_id
from domain.shared.paging import PageKey
from domain.shared.parsers import countries_named, text
from domain.shared.times import SPAN, UTC_ZONE
from resolvers.connections import Connection, ListOrder, PageArguments, page_key
from resolvers.context import Context
from resolvers.errors import checked, validation_error
from resolvers.nodes import row_id, single_match


@dataclass(frozen=True, slots=True)
class QuoteFilters:
    """The filters of a list of quotes, as entered."""

    status: Sequence[QuoteStatus] | None = None
    country: str | None = None
    created_after: str | None = None
    created_before: str | None = None
    updated_after: str | None = None
    updated_before: str | None = None
    customer_id: str | None = None
    project_reference: str | None = None
    tag: str | None = None
    assignee_email: str | None = None


async def quote(context: Context, id_: str | None, order_id: str | None, key: str | None = None) -> Any:
    """A quote by id, by order number or by its public key, or None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if id_ is not None:
        return await context.load("quote", row_id(id_, ("by", "id"), "Quote")[1], "Quote")
    if key is not None:
        found = await context.load("public_key_by_hash", public_key_hash(key))
        return None if found is None or found.revoked_at else await context.load("quote", found.quote_id, "Quote")
    path = ("by", "orderId")
    numbered = await context.load("quotes_by_order_id", checked(path, text, order_id or ""))
    return single_match("Quote", numbered, path)


def quotes_key(
    parent: int | None, page: PageArguments, given: QuoteFilters, order: ListOrder, zone: str = UTC_ZONE
) -> PageKey:
    """The page of a company's quotes, or with None of the tenant scope (docs/domain.md#lists). Days are in `zone`.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    problems = Problems()
    filters: list[tuple[str, Any]] = []
    if given.status is not None:
        filters.append(("status", tuple(given.status)))
    if given.country is not None:
        filters.append(("country", problems.check(("filter", "country"), countries_named, given.country)))
    found_by: tuple[tuple[str, str, str | None, Callable[[str], str]], ...] = (
        ("customer", "customerId", given.customer_id, _customer_id),
        ("project", "projectReference", given.project_reference, text),
        ("tag", "tag", given.tag, text),
        ("assignee", "assigneeEmail", given.assignee_email, text),
    )
    for name, field, value, parse in found_by:
        if value is not None and (found := problems.check(("filter", field), parse, value)) is not None:
            filters.append((name, found))
    for name in ("created_after", "created_before", "updated_after", "updated_before"):
        if (value := getattr(given, name)) is not None:
            time, end = name.split("_")
            filters.append((name, problems.check(("filter", f"{time}At", end), SPAN[end], value, zone)))
    try:
        problems.raise_if_any()
    except InvalidInput as invalid:
        raise validation_error(invalid) from None
    return page_key("quotes", page, order.field, order.descending, parent, filters)


def _customer_id(given: str) -> str:
    return parse_id(given, "Customer")[1]


async def quotes(context: Context, page: PageArguments, given: QuoteFilters, order: ListOrder) -> Any:
    """Quotes in the tenant scope."""
    key = quotes_key(None, page, given, order, context.caller.time_zone)
    return Connection("quotes", key, await context.load("quotes", key, "Quote"))


async def accepted_offer(context: Context, item: QuoteItem) -> Any:
    """The accepted offer of a line: the item or one of its alternatives."""
    if item.decision == LineDecision.ITEM_ACCEPTED:
        return item
    if item.decision == LineDecision.ALTERNATIVE_ACCEPTED:
        return await context.load("alternative", item.closing_offer_id)
    return None


def agreed_price(item: QuoteItem) -> Agreement | None:
    """The agreed price of a line, with its time and actor."""
    return item.agreement
