"""Choices of webhook endpoints, and where their deliveries stand."""

from domain.webhooks.deliveries import DeliveryStatus
from domain.webhooks.endpoints import DisabledReason, EndpointStatus, WebhookFormat
from schema.shared.enums import describe

__all__ = [
    "DeliveryStatus",
    "DisabledReason",
    "EndpointStatus",
    "WebhookFormat",
]

describe(
    DeliveryStatus,
    "Status of a webhook delivery.",
    name="WebhookDeliveryStatus",
    PENDING="It will be attempted, for the first time or again.",
    SUCCESS="The endpoint answered with a 2xx status.",
    FAILED="All attempts failed, or the endpoint was disabled.",
)
describe(
    WebhookFormat,
    "Format of the bodies that a webhook endpoint receives.",
    QUIPTEAMS="`id` of the event, `type`, `created_at`, `sequence` and `data`.",
    STANDARD="As Standard Webhooks recommends: `type`, `timestamp`, `sequence` and `data`.",
)
describe(
    DisabledReason,
    "Why quotegraph disabled a webhook endpoint.",
    name="WebhookDisabledReason",
    GONE="The endpoint answered with status 410.",
    FAILING="All deliveries failed for five days.",
)
describe(
    EndpointStatus,
    "Whether deliveries are sent to a webhook endpoint.",
    ACTIVE="Deliveries are sent.",
    DISABLED="No deliveries are sent.",
)
