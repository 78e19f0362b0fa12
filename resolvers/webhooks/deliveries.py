"""The filters of lists of webhook deliveries, and what is in them for callers that may read the event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.shared.events import READ_SCOPES, Event
from domain.webhooks.deliveries import DeliveryStatus, WebhookDelivery
from domain.webhooks.drafts import event_name
from domain.webhooks.endpoints import WebhookEndpoint
from domain.webhooks.event_types import scope_of
from resolvers.context import Context
from resolvers.lists import DatedFilters, Narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeliveryFilters(DatedFilters):
    """The filters of a list of webhook deliveries, as entered."""

    status: Sequence[DeliveryStatus] | None = None
    event_type: Sequence[str] | None = None


def narrow(given: WebhookDeliveryFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of webhook deliveries."""
    narrowing.one_of("status", given.status)
    if given.event_type is not None:
        names = [
            narrowing.problems.check(("filter", "eventType", str(index)), event_name, it)
            for index, it in enumerate(given.event_type)
        ]
        narrowing.one_of("event_type", [it for it in names if it is not None])
    narrowing.dates(given)


async def event(context: Context, delivery: WebhookDelivery) -> Event | None:
    """The event of a delivery, or None if it was deleted or the caller may not read it."""
    found: Event | None = await context.load("event", delivery.event_id)
    return found if found is not None and READ_SCOPES[found.type] in context.caller.scopes else None


async def payload(context: Context, delivery: WebhookDelivery) -> Any:
    """The body of a delivery, or None if it is not written yet or the caller may not read what is in it.

    What an endpoint's own selection gives was read with the scopes of the endpoint.
    """
    endpoint: WebhookEndpoint | None = await context.load("webhook_endpoint", delivery.endpoint_id)
    if endpoint is None:
        return None
    scope = scope_of(delivery.event_type)
    needed = {scope} - {None} if endpoint.query is None else set(endpoint.scopes)
    return delivery.body if needed <= context.caller.scopes else None
