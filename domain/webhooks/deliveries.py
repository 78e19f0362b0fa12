"""Webhook deliveries: one event on its way to one endpoint, and the attempts to deliver it."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.shared.errors import NodeRef

# Attempts of a delivery, before and after it is delivered again on request.
MAX_ATTEMPTS = 8
DISABLED_ERROR = "The endpoint was disabled."


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


class WebhookAttempt(NamedTuple):
    """One attempt of a delivery. `response_body` is the first kilobyte of the answer."""

    delivery_id: str
    number: int
    at: datetime
    response_status: int | None
    latency_ms: int
    error: str | None
    response_body: str | None
