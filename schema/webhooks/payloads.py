"""What mutations of webhook endpoints answer."""

import strawberry

from resolvers.pages import NEWEST_FIRST
from schema.declare import column, identity_of, new_edge
from schema.shared.connections import Edge
from schema.shared.payloads import CHANGES, joined, payload, subject
from schema.shared.scalars import DateTime
from schema.webhooks.types import WebhookDelivery, WebhookEndpoint

_ENDPOINT = "The endpoint after the mutation. Null if the mutation was refused."
_SHOWN_ONCE = (
    "Secret that deliveries are signed with: 64 hexadecimal characters. It is returned this once; null if the mutation "
    "was refused, a dry run, or sent again with its idempotency key."
)


@payload()
class CreateWebhookEndpointPayload:
    """For `createWebhookEndpoint`."""

    endpoint: WebhookEndpoint | None = subject(_ENDPOINT, "webhook_endpoint")
    endpoint_edge: Edge[WebhookEndpoint] | None = new_edge(
        joined("endpoint", "webhookEndpoints"), "WebhookEndpoint", "webhook_endpoints", NEWEST_FIRST
    )
    secret: str | None = column(_SHOWN_ONCE)


@payload()
class UpdateWebhookEndpointPayload:
    """For `updateWebhookEndpoint`."""

    endpoint: WebhookEndpoint | None = subject(_ENDPOINT, "webhook_endpoint")


@payload()
class RotateWebhookSecretPayload:
    """For `rotateWebhookSecret`."""

    endpoint: WebhookEndpoint | None = subject(_ENDPOINT, "webhook_endpoint")
    secret: str | None = column(_SHOWN_ONCE)


@payload()
class DeleteWebhookEndpointPayload:
    """For `deleteWebhookEndpoint`."""

    deleted_id: strawberry.ID | None = identity_of(
        "Global ID of the deleted endpoint. Null if the mutation was refused or a dry run.",
        type_name="WebhookEndpoint",
        attribute="deleted_webhook_endpoint_id",
    )


_NOT_SENT = "Null if the mutation was refused or a dry run."


@payload()
class TestWebhookEndpointPayload:
    """For `testWebhookEndpoint`."""

    endpoint: WebhookEndpoint | None = subject("The endpoint. Null if the mutation was refused.", "webhook_endpoint")
    is_delivered: bool | None = column(f"Whether the endpoint answered with a 2xx status. {_NOT_SENT}")
    response_status: int | None = column("HTTP status of the answer. Null without an answer.")
    latency_ms: int | None = column(f"Milliseconds until the answer, or until the request was given up. {_NOT_SENT}")
    error: str | None = column("Why there was no answer, such as a time-out. Null if there was one.")
    response_body: str | None = column("First kilobyte of the answer.")


@payload(changes=CHANGES)
class RedeliverWebhookPayload:
    """For `redeliverWebhook`."""

    delivery: WebhookDelivery | None = subject(
        "The delivery after the mutation. Null if the mutation was refused.", "webhook_delivery"
    )


@payload()
class ReplayWebhookEventsPayload:
    """For `replayWebhookEvents`."""

    endpoint: WebhookEndpoint | None = subject("The endpoint. Null if the mutation was refused.", "webhook_endpoint")
    queued: int | None = column("Number of events that are delivered again. Null if the mutation was refused.")
    has_more: bool | None = column("Whether there are more events in the range. Null if the mutation was refused.")
    next_since: DateTime | None = column(
        "Time of the first event that was not queued: `since` of the next call. Null if there are no more."
    )
