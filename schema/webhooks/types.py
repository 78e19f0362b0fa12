"""Webhook endpoints, their deliveries, and the attempts to deliver."""

from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.webhooks.deliveries import WebhookAttempt as WebhookAttemptRow
from domain.webhooks.deliveries import WebhookDelivery as WebhookDeliveryRow
from domain.webhooks.endpoints import WebhookEndpoint as WebhookEndpointRow
from resolvers.webhooks import deliveries
from schema.companies.types import Company
from schema.declare import Info, column, edge, identity, paged, type_of
from schema.history.types import Event, history_of
from schema.shared.actors import Actor
from schema.shared.connections import Connection
from schema.shared.lazy import LazyEventConnection, LazyWebhookDeliveryConnection
from schema.shared.nodes import Node
from schema.shared.scalars import JSON, URL, DateTime
from schema.shared.statuses import HasStatus
from schema.webhooks.enums import DeliveryStatus, DisabledReason, WebhookFormat
from schema.webhooks.lists import WEBHOOK_DELIVERIES


@type_of(WebhookEndpointRow)
class WebhookEndpoint(Node):
    """A URL of a company to which events are sent."""

    id: strawberry.ID = identity("WebhookEndpoint")
    url: URL = column("URL that the events are sent to.")
    events: list[str] = column("Names of the events that are sent, such as `quote.pending`, `quote.*` or `*`.")
    description: str | None = column("Description, for the people who manage the endpoint.")
    format: WebhookFormat = column("Format of the bodies.")
    query: str | None = column(
        "The endpoint's own selection: a subscription of `events`, whose result is the `data` of each delivery. Null "
        "for the documented data."
    )
    scopes: list[str] = column(
        "Scopes of the API key that last changed the URL, the events or the query. Only what they permit is sent."
    )
    secret_prefix: str = column("First characters of the secret that deliveries are signed with.")
    is_active: bool = column("Whether deliveries are sent.")
    disabled_reason: DisabledReason | None = column(
        "Why quotegraph disabled the endpoint. Null if it is active, or was disabled with `updateWebhookEndpoint`."
    )
    failing_since: DateTime | None = column("Date and time of the first failure since the last success.")
    paused_until: DateTime | None = column("Date and time until which nothing is sent because deliveries fail.")
    created_by: Actor = column("The person or program that created the endpoint.")
    company: Company = edge("The company that the endpoint belongs to.", loader="company_by_tenant", key="tenant_id")
    deliveries: LazyWebhookDeliveryConnection = paged(
        "Deliveries to the endpoint, by default newest first.",
        loader="webhook_deliveries_by_endpoint",
        key="id",
        of=WEBHOOK_DELIVERIES,
        scope=Scope.WEBHOOKS_MANAGE,
    )
    history: LazyEventConnection = history_of(Scope.WEBHOOKS_MANAGE)
    created_at: DateTime = column("Date and time when the endpoint was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of webhook endpoints.")
class WebhookEndpointConnection(Connection[WebhookEndpoint]):
    pass


@type_of(WebhookAttemptRow)
class WebhookAttempt:
    """One attempt of a webhook delivery."""

    number: int = column("Number of the attempt, from 1.")
    at: DateTime = column("Date and time when the request was sent.")
    response_status: int | None = column("HTTP status of the answer. Null without an answer.")
    latency_ms: int = column("Milliseconds until the answer, or until the attempt was given up.")
    error: str | None = column("Why the attempt failed. Null if it succeeded.")
    response_body: str | None = column("First kilobyte of the answer.")


async def _event(root: strawberry.Parent[Any], info: Info) -> Event | None:
    return await deliveries.event(info.context, root)  # type: ignore[return-value]


async def _payload(root: strawberry.Parent[Any], info: Info) -> JSON | None:
    return await deliveries.payload(info.context, root)


@type_of(WebhookDeliveryRow)
class WebhookDelivery(Node, HasStatus):
    """One event for one webhook endpoint, with the attempts to deliver it."""

    id: strawberry.ID = identity("WebhookDelivery")
    event_type: str = column("Name of the event, such as `quote.pending`.")
    sequence: int = column("Number of the event among those of the company, which is also in the body.")
    status: DeliveryStatus = column("Status.")
    attempt_count: int = column("Number of attempts, also before it was delivered again on request.")
    last_response_status: int | None = column("HTTP status of the last answer. Null if there was none.")
    last_error: str | None = column("Why the last attempt failed, or why there are no more attempts.")
    next_attempt_at: DateTime | None = column("Date and time of the next attempt. Null unless the delivery is pending.")
    delivered_at: DateTime | None = column("Date and time when the endpoint accepted it.")
    event: Event | None = strawberry.field(
        resolver=_event, description="The event. Null if it is no longer retained, or the API key may not read it."
    )
    payload: JSON | None = strawberry.field(
        resolver=_payload,
        description="The body of the request, the same for all attempts. Null before the first one, if the API key "
        "lacks a scope that is required to read what is in it, or if the endpoint was saved without its query or with "
        "fewer scopes since.",
    )
    attempts: list[WebhookAttempt] = edge(
        "The attempts, in their order.", loader="attempts_by_webhook_delivery", many=True
    )
    endpoint: WebhookEndpoint = edge("The endpoint.", loader="webhook_endpoint", key="endpoint_id")
    created_at: DateTime = column("Date and time when the delivery was queued.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of webhook deliveries.")
class WebhookDeliveryConnection(Connection[WebhookDelivery]):
    pass
