"""Resolvers for quotes: by id, order number or public key, and the filters of their lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.fulfilment.vendor_orders import expected_delivery
from domain.portal.public_keys import public_key_hash
from domain.quotes.rows import Agreement, Quote, QuoteItem
from domain.quotes.statuses import DecisionStatus, LineDecision, QuoteStatus
from domain.shared.ids import parse_id
from domain.shared.parsers import countries_named, text
from resolvers.connections.origins import by_external, narrow_origin
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.lists import DatedFilters, Narrowing
from resolvers.metadata import by_external_id, narrow_noted
from resolvers.nodes import row_id, single_match


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFilters(DatedFilters):
    """The filters of a list of quotes, as entered."""

    status: Sequence[QuoteStatus] | None = None
    country: str | None = None
    customer_id: str | None = None
    project_reference: str | None = None
    tag: str | None = None
    assignee_email: str | None = None
    origin: Any = None
    has_origin: bool | None = None
    has_pending_change: bool | None = None
    external_id: str | None = None
    metadata: Any = None
    item: Any = None
    recipient: Any = None


async def quote(
    context: Context,
    id_: str | None,
    order_id: str | None,
    key: str | None = None,
    external: Any = None,
    external_id: str | None = None,
) -> Any:
    """A quote by id, order number, public key or external ID, or None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if external is not None:
        return await by_external(context, "Quote", external.parsed())
    if external_id is not None:
        return await by_external_id(context, "Quote", "quotes", external_id)
    if id_ is not None:
        return await context.load("quote", row_id(id_, ("by", "id"), "Quote")[1], "Quote")
    if key is not None:
        found = await context.load("public_key_by_hash", public_key_hash(key))
        return None if found is None or found.revoked_at else await context.load("quote", found.quote_id, "Quote")
    path = ("by", "orderId")
    numbered = await context.load("quotes_by_order_id", checked(path, text, order_id or ""))
    return single_match("Quote", numbered, path)


def narrow(given: QuoteFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of quotes (docs/domain.md#lists)."""
    narrowing.one_of("status", given.status)
    narrowing.parsed("country", ("country",), countries_named, given.country)
    narrowing.parsed("customer", ("customerId",), _customer_id, given.customer_id)
    narrowing.parsed("project", ("projectReference",), text, given.project_reference)
    narrowing.parsed("tag", ("tag",), text, given.tag)
    narrowing.parsed("assignee", ("assigneeEmail",), text, given.assignee_email)
    narrow_origin(given.origin, narrowing)
    narrowing.holds("has_origin", "has_no_origin", given.has_origin)
    narrowing.holds("has_pending_change", "has_no_pending_change", given.has_pending_change)
    narrow_noted(given, narrowing)
    narrow_noted(given.item, narrowing, "item")
    narrow_noted(given.recipient, narrowing, "recipient")
    narrowing.dates(given)


def _customer_id(given: str) -> str:
    return parse_id(given, "Customer")[1]


async def accepted_offer(context: Context, item: QuoteItem) -> Any:
    """The accepted offer of a line: the item or one of its alternatives."""
    if item.decision == LineDecision.ITEM_ACCEPTED:
        return item
    if item.decision == LineDecision.ALTERNATIVE_ACCEPTED:
        return await context.load("alternative", item.closing_offer_id)
    return None


async def reached_at(context: Context, node_id: str, status: str) -> Any:
    """When a node first had a status, or None."""
    times = await context.load("status_times_by_node", node_id)
    return next((it.at for it in times if it.status == status), None)


async def delivery_date(context: Context, quote: Quote) -> Any:
    """When an approved quote is to be delivered: as its system says, or else as the vendor does
    (docs/domain.md#delivery-date)."""
    if quote.delivery_date is not None or quote.decision_status != DecisionStatus.APPROVED:
        return quote.delivery_date
    return expected_delivery(await context.load("vendor_orders_by_quote", quote.id))


def agreed_price(item: QuoteItem) -> Agreement | None:
    """The agreed price of a line, with its time and actor."""
    return item.agreement
