"""Reading webhook endpoints."""

import strawberry

from domain.shared.access import Scope
from resolvers.nodes import node_by_id
from schema.declare import list_root, one_root
from schema.webhooks.inputs import WebhookEndpointBy
from schema.webhooks.lists import WEBHOOK_ENDPOINTS
from schema.webhooks.types import WebhookEndpoint, WebhookEndpointConnection


@strawberry.type
class WebhookQueries:
    webhook_endpoint: WebhookEndpoint | None = one_root(
        "Returns a webhook endpoint, or null if there is none.",
        Scope.WEBHOOKS_MANAGE,
        node_by_id("WebhookEndpoint"),
        WebhookEndpointBy,
    )

    webhook_endpoints: WebhookEndpointConnection | None = list_root(
        "Returns webhook endpoints, by default newest first.",
        Scope.WEBHOOKS_MANAGE,
        "webhook_endpoints",
        WEBHOOK_ENDPOINTS,
    )
