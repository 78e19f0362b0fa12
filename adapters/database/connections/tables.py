"""The tables of connections, of where objects come from, and of what of the records could not be used."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from adapters.database.connections.column_types import OriginFiles
from adapters.database.core.column_types import Json, UtcDateTime, Word
from adapters.database.core.columns import Key, Uuid, created_at, identity, metadata, part_of, tenant, updated_at
from adapters.database.node_metadata.columns import metadata_column
from domain.connections.changes import OriginChangeStatus, OriginChangeType
from domain.connections.connections import ConnectionStatus, SyncPhase
from domain.connections.systems import Collection, System
from domain.shared.access import ActorType

connections = Table(
    "connections",
    metadata,
    identity(),
    tenant(),
    Column("system", Word(System, 20), nullable=False),
    Column("name", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("status", Word(ConnectionStatus, 20), nullable=False),
    # Encrypted.
    Column("sealed_credentials", Text, nullable=False),
    Column("hook_token_hash", String(64), nullable=False, unique=True),
    Column("hook_token_sealed", Text, nullable=False),
    Column("last_synced_at", UtcDateTime),
    Column("sync_phase", Word(SyncPhase, 20), nullable=False),
    Column("sync_full", Boolean, nullable=False),
    Column("sync_collection", Word(Collection, 20)),
    Column("sync_cursor", Text),
    Column("sync_marks", Json, nullable=False, server_default=text("'{}'")),
    Column("sync_highest", UtcDateTime),
    Column("sync_collection_at", UtcDateTime),
    Column("sync_read", Integer, nullable=False),
    Column("sync_total", Integer),
    Column("sync_changed", Integer, nullable=False),
    Column("sync_started_at", UtcDateTime),
    Column("sync_error", Text),
    Column("sync_failures", Integer, nullable=False),
    created_at(),
    updated_at(),
    Index(None, "tenant_id", "id"),
)

origins = Table(
    "origins",
    metadata,
    Column("connection_id", Uuid, ForeignKey("connections.id", ondelete="CASCADE"), primary_key=True),
    Column("record_id", Key, primary_key=True),
    Column("node_type", String(20), primary_key=True),
    Column("parent_id", Key, primary_key=True),
    Column("external_id", Key, primary_key=True),
    tenant(),
    Column("system", Word(System, 20), nullable=False),
    Column("node_id", Uuid, nullable=False),
    # System, type and external id: by what objects are looked up.
    Column("lookup", Key, nullable=False),
    Column("url", Text),
    Column("last_synced_at", UtcDateTime, nullable=False),
    Column("is_stale", Boolean, nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("status_word", Text),
    metadata_column(),
    Column("files", OriginFiles, nullable=False, server_default=text("'[]'")),
    # An employee or a product may come from several connections.
    UniqueConstraint("node_id", "connection_id"),
    Index(None, "lookup", "tenant_id"),
    Index(None, "connection_id", "node_type", "last_synced_at"),
)

connection_problems = Table(
    "connection_problems",
    metadata,
    identity(),
    tenant(),
    part_of("connections", "connection_id"),
    Column("collection", Word(Collection, 20), nullable=False),
    Column("external_id", Key, nullable=False),
    Column("path", Key, nullable=False),
    Column("value", Text, nullable=False),
    Column("reason", Key, nullable=False),
    Column("raw", Text),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("occurrences", Integer, nullable=False),
    Column("resolved_at", UtcDateTime),
    created_at(),
    updated_at(),
    # The name of all columns would be too long.
    UniqueConstraint(
        "connection_id", "collection", "external_id", "path", "reason", name="uq_connection_problems_of_a_record"
    ),
    Index(None, "connection_id", "created_at", "id"),
    Index(None, "connection_id", "updated_at", "id"),
)

origin_changes = Table(
    "origin_changes",
    metadata,
    identity(),
    tenant(),
    # Without a foreign key: its check would wait for the page of records that is just being saved.
    Column("connection_id", Uuid, nullable=False),
    part_of("quotes", "quote_id"),
    Column("type", Word(OriginChangeType, 20), nullable=False),
    Column("request", Json, nullable=False),
    Column("status", Word(OriginChangeStatus, 20), nullable=False),
    Column("actor_kind", Word(ActorType, 10), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    updated_at(),
    Column("reason", Text),
    Column("sent_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Index(None, "quote_id", "id"),
    Index(None, "connection_id"),
)

device_action_changes = Table(
    "device_action_changes",
    metadata,
    # That of the device action.
    Column("id", Uuid, ForeignKey("device_actions.id", ondelete="CASCADE"), primary_key=True),
    tenant(),
    # Without a foreign key: its check would wait for the page of records that is just being saved.
    Column("connection_id", Uuid, nullable=False),
    Column("type", Word(OriginChangeType, 20), nullable=False),
    Column("status", Word(OriginChangeStatus, 20), nullable=False),
    Column("actor_kind", Word(ActorType, 10), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    updated_at(),
    Column("reason", Text),
    Column("sent_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
)

connection_notices = Table(
    "connection_notices",
    metadata,
    identity(),
    tenant(),
    # Without a foreign key: its check would wait for the page of records that is just being saved.
    Column("connection_id", Uuid, nullable=False),
    Column("delivery_id", Key, nullable=False),
    Column("event", Text, nullable=False),
    Column("collection", Word(Collection, 20), nullable=False),
    Column("external_id", Key, nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("worked_at", UtcDateTime),
    UniqueConstraint("connection_id", "delivery_id"),
    Index(None, "received_at"),
)
