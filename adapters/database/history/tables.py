"""The tables of what happened: events, and when each node first reached each status."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from adapters.database.core.column_types import UtcDateTime, Word
from adapters.database.core.columns import Uuid, metadata, tenant
from adapters.database.history.column_types import Changes, FieldChanges
from domain.shared.access import ActorType
from domain.shared.events import EventType

events = Table(
    "events",
    metadata,
    Column("tenant_id", Integer, ForeignKey("tenants.id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("type", Word(EventType, 40), nullable=False),
    Column("node_type", String(20), nullable=False),
    Column("node_id", Uuid, nullable=False),
    Column("actor_kind", Word(ActorType, 10), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("changes", Changes, nullable=False),
    Column("field_changes", FieldChanges, nullable=False, server_default="[]"),
    Column("cause_id", Uuid),
    Column("subject_id", Uuid),
    Index(None, "node_id", "number"),
)

# A projection of the changes in `events`.
status_times = Table(
    "status_times",
    metadata,
    tenant(),
    Column("node_id", Uuid, primary_key=True),
    Column("status", String(20), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
