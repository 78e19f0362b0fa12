"""Webhook deliveries: one event on its way to one endpoint, and the attempts to deliver it."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from domain.shared.errors import NodeRef
from domain.shared.events import EventType
from domain.webhooks.endpoints import WebhookEndpoint
from domain.webhooks.event_types import NAMES

# Attempts of a delivery, before and after it is delivered again on request.
MAX_ATTEMPTS = 8
DISABLED_ERROR = "The endpoint was disabled."
NOT_READABLE_ERROR = "The API key that last saved the endpoint may not read the event."
EVENT_DELETED_ERROR = "The event was deleted before it was delivered."


class DeliveryStatus(StrEnum):
    """The status of a delivery."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class WebhookDelivery(NamedTuple):
    """One event for one endpoint. `sequence` is the number of the event in its tenant. `payload` is the body, written
    before the first attempt. `attempts_left` is what remains of the current schedule; `attempt_count` counts all."""

    id: str
    tenant_id: int
    endpoint_id: str
    event_id: str
    event_type: str
    sequence: int
    status: DeliveryStatus
    attempt_count: int
    attempts_left: int
    last_response_status: int | None
    last_error: str | None
    next_attempt_at: datetime | None
    payload: str | None
    delivered_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def ref(self) -> NodeRef:
        return NodeRef("WebhookDelivery", self.id)

    @property
    def body(self) -> Any:
        """The payload as JSON; None before the first attempt."""
        return None if self.payload is None else json.loads(self.payload)

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {"body": ("payload",)}


class WebhookAttempt(NamedTuple):
    """One attempt of a delivery. `response_body` is the first kilobyte of the answer."""

    tenant_id: int
    delivery_id: str
    number: int
    at: datetime
    response_status: int | None
    latency_ms: int
    error: str | None
    response_body: str | None


def due_again(delivery: WebhookDelivery, at: datetime) -> WebhookDelivery:
    """The delivery, pending again with a new schedule and the same payload."""
    return delivery._replace(
        status=DeliveryStatus.PENDING,
        attempts_left=MAX_ATTEMPTS,
        last_error=None,
        next_attempt_at=at,
        delivered_at=None,
        updated_at=at,
    )


class RecordedEvent(Protocol):
    """What a delivery has of an event."""

    @property
    def id(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def type(self) -> EventType: ...


def delivery_of(endpoint: WebhookEndpoint, event: RecordedEvent, delivery_id: str, at: datetime) -> WebhookDelivery:
    """A new delivery of an event to an endpoint, due at once."""
    return WebhookDelivery(
        id=delivery_id,
        tenant_id=endpoint.tenant_id,
        endpoint_id=endpoint.id,
        event_id=event.id,
        event_type=NAMES[event.type],
        sequence=event.number,
        status=DeliveryStatus.PENDING,
        attempt_count=0,
        attempts_left=MAX_ATTEMPTS,
        last_response_status=None,
        last_error=None,
        next_attempt_at=at,
        payload=None,
        delivered_at=None,
        created_at=at,
        updated_at=at,
    )
