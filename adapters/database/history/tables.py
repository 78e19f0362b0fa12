"""What is kept of what happened, and what is still to be done: events, jobs and promises of sameness."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, text

from adapters.database.core.column_types import Changes, FieldChanges, Json, UtcDateTime, Word
from adapters.database.core.columns import Uuid, identity, metadata, tenant
from domain.shared.access import ActorKind
from domain.shared.events import EventType
from domain.shared.jobs import JobKind, JobStatus

status_times = Table(
    "status_times",
    metadata,
    tenant(),
    Column("node_id", Uuid, primary_key=True),
    Column("status", String(20), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("tenant_id", ForeignKey("tenants.id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("type", Word(EventType, 40), nullable=False),
    Column("node_type", String(20), nullable=False),
    Column("node_id", Uuid, nullable=False),
    Column("actor_kind", Word(ActorKind, 10), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("changes", Changes, nullable=False),
    Column("field_changes", FieldChanges, nullable=False, server_default="[]"),
    Column("cause_id", Uuid),
    Index(None, "node_id", "number"),
)

jobs = Table(
    "jobs",
    metadata,
    identity(),
    tenant(),
    Column("kind", Word(JobKind, 30), nullable=False),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("payload", Json, nullable=False),
    Column("status", Word(JobStatus, 10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("run_at", UtcDateTime, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Index(None, "status", "run_at"),
    Index(None, "tenant_id", "status", "finished_at", "id"),
)

# One row for each promise of a caller that a mutation sent again is the same one.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("api_key_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("mutation", Text, nullable=False),
    Column("input_hash", String(64), nullable=False),
    Column("outcome", Json),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "created_at"),
)
