"""How lists of webhook endpoints and deliveries are narrowed and ordered."""

import strawberry

from resolvers.webhooks import deliveries, endpoints
from resolvers.webhooks.deliveries import WebhookDeliveryFilters
from resolvers.webhooks.endpoints import WebhookEndpointFilters
from schema.declare import ListOf
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, DatedFilter, status_field
from schema.shared.ordering import CREATED, UPDATED, order_input
from schema.webhooks.enums import DeliveryStatus


@strawberry.input(description=f"Filters for webhook endpoints. {MUST_HOLD}")
class WebhookEndpointFilter(DatedFilter):
    kind = WebhookEndpointFilters

    is_active: bool | None = strawberry.field(default=None, description="Only endpoints that are active, or disabled.")


WEBHOOK_ENDPOINTS = ListOf(
    "webhook endpoints",
    WebhookEndpointFilter,
    order_input("WebhookEndpoint", "webhook endpoints", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED),
    endpoints.narrow,
)


@strawberry.input(description=f"Filters for webhook deliveries. {MUST_HOLD}")
class WebhookDeliveryFilter(DatedFilter):
    kind = WebhookDeliveryFilters

    status: list[DeliveryStatus] | None = status_field()
    event_type: list[str] | None = strawberry.field(
        default=None, description="Only deliveries of events with one of these names, such as `quote.pending`."
    )


WEBHOOK_DELIVERIES = ListOf(
    "webhook deliveries",
    WebhookDeliveryFilter,
    order_input("WebhookDelivery", "webhook deliveries", OrderDirection.DESC, CREATED_AT=CREATED),
    deliveries.narrow,
)
