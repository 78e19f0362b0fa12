"""Managing webhook endpoints, and delivering again."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.webhooks import endpoints, redelivering, testing
from domain.use_cases.webhooks.redelivering import MAX_REPLAYED
from schema.declare import mutation
from schema.webhooks.inputs import (
    CreateWebhookEndpointInput,
    DeleteWebhookEndpointInput,
    RedeliverWebhookInput,
    ReplayWebhookEventsInput,
    RotateWebhookSecretInput,
    TestWebhookEndpointInput,
    UpdateWebhookEndpointInput,
)
from schema.webhooks.payloads import (
    CreateWebhookEndpointPayload,
    DeleteWebhookEndpointPayload,
    RedeliverWebhookPayload,
    ReplayWebhookEventsPayload,
    RotateWebhookSecretPayload,
    TestWebhookEndpointPayload,
    UpdateWebhookEndpointPayload,
)


@strawberry.type
class WebhookMutations:
    create_webhook_endpoint = mutation(
        "Creates a webhook endpoint, at most 10 for a company. Events from now on are sent to it.",
        Scope.WEBHOOKS_MANAGE,
        CreateWebhookEndpointInput,
        endpoints.create_webhook_endpoint,
        CreateWebhookEndpointPayload,
    )
    update_webhook_endpoint = mutation(
        "Updates a webhook endpoint, disables it, or enables it again.",
        Scope.WEBHOOKS_MANAGE,
        UpdateWebhookEndpointInput,
        endpoints.update_webhook_endpoint,
        UpdateWebhookEndpointPayload,
    )
    rotate_webhook_secret = mutation(
        "Replaces the secret of a webhook endpoint. During the overlap, deliveries have signatures with both secrets.",
        Scope.WEBHOOKS_MANAGE,
        RotateWebhookSecretInput,
        endpoints.rotate_webhook_secret,
        RotateWebhookSecretPayload,
    )
    delete_webhook_endpoint = mutation(
        "Deletes a webhook endpoint with all its deliveries, for good.",
        Scope.WEBHOOKS_MANAGE,
        DeleteWebhookEndpointInput,
        endpoints.delete_webhook_endpoint,
        DeleteWebhookEndpointPayload,
    )
    test_webhook_endpoint = mutation(
        "Sends a `webhook.test` event to a webhook endpoint and waits for the answer. A failure is no user error. The "
        "event is not recorded and not sent again.",
        Scope.WEBHOOKS_MANAGE,
        TestWebhookEndpointInput,
        testing.send_test_event,
        TestWebhookEndpointPayload,
    )
    redeliver_webhook = mutation(
        "Sends a delivery again, with the same ID and body, whatever its status.",
        Scope.WEBHOOKS_MANAGE,
        RedeliverWebhookInput,
        redelivering.redeliver_webhook,
        RedeliverWebhookPayload,
    )
    replay_webhook_events = mutation(
        "Sends events of a range of time to a webhook endpoint, in their order, whether they were delivered before or "
        f"not. At most {MAX_REPLAYED:,} events are queued at once.",
        Scope.WEBHOOKS_MANAGE,
        ReplayWebhookEventsInput,
        redelivering.replay_webhook_events,
        ReplayWebhookEventsPayload,
    )
