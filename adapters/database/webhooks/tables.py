"""The tables of webhook endpoints, their deliveries and the attempts to deliver."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from adapters.database.core.column_types import TextTuple, UtcDateTime, Word
from adapters.database.core.columns import Uuid, created_at, identity, metadata, part_of, tenant, updated_at
from domain.shared.access import ActorType
from domain.webhooks.deliveries import DeliveryStatus
from domain.webhooks.endpoints import DisabledReason, WebhookFormat

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    identity(),
    tenant(),
    Column("url", Text, nullable=False),
    Column("events", TextTuple, nullable=False),
    Column("description", Text),
    Column("format", Word(WebhookFormat, 20), nullable=False),
    Column("query", Text),
    Column("scopes", TextTuple, nullable=False),
    # Encrypted.
    Column("secret", Text, nullable=False),
    Column("secret_prefix", String(16), nullable=False),
    Column("previous_secret", Text),
    Column("previous_secret_until", UtcDateTime),
    Column("is_active", Boolean, nullable=False),
    Column("disabled_reason", Word(DisabledReason, 20)),
    Column("actor_kind", Word(ActorType, 10), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("last_event", BigInteger, nullable=False),
    Column("consecutive_failures", Integer, nullable=False),
    Column("failing_since", UtcDateTime),
    Column("paused_until", UtcDateTime),
    created_at(),
    updated_at(),
    Index(None, "tenant_id", "id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    identity(),
    tenant(),
    part_of("webhook_endpoints", "endpoint_id"),
    # Events can be deleted before their deliveries.
    Column("event_id", Uuid, nullable=False),
    Column("event_type", String(40), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("status", Word(DeliveryStatus, 10), nullable=False),
    Column("attempt_count", Integer, nullable=False),
    Column("attempts_left", Integer, nullable=False),
    Column("last_response_status", Integer),
    Column("last_error", Text),
    Column("next_attempt_at", UtcDateTime),
    Column("payload", Text),
    Column("delivered_at", UtcDateTime),
    created_at(),
    updated_at(),
    UniqueConstraint("endpoint_id", "event_id"),
    Index(None, "endpoint_id", "status", "sequence"),
    Index(None, "endpoint_id", "created_at", "id"),
    Index(None, "created_at"),
)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    tenant(),
    Column("delivery_id", Uuid, ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("response_status", Integer),
    Column("latency_ms", Integer, nullable=False),
    Column("error", Text),
    Column("response_body", Text),
)
