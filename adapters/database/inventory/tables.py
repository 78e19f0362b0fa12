"""The tables of assets and device actions."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from adapters.database.core.column_types import TextTuple, UtcDateTime, Word
from adapters.database.core.columns import Key, Uuid, identity, metadata, part_of, tenant, updated_at
from adapters.database.node_metadata.columns import external_id_columns
from domain.catalogue.products import ProductType
from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import ACTIVE, DeviceActionStatus, DeviceActionType
from domain.inventory.movements import MovementStatus, MovementType

# `serial` and `place` are casefolded and `search` is a search text (`domain/shared/search.py`), computed in Python, so
# that both databases match the same rows.
assets = Table(
    "assets",
    metadata,
    identity(),
    tenant(),
    Column("serial_number", Text, nullable=False),
    Column("serial_key", Key, nullable=False, unique=True),
    Column("status", Word(AssetStatus, 10), nullable=False),
    Column("device_type", Word(ProductType, 20)),
    Column("country", String(2), nullable=False),
    Column("description", Text),
    Column("employee_name", Text),
    Column("employee_email", Text),
    Column("employee_key", Key),
    Column("condition", Text),
    Column("price_minor", BigInteger),
    Column("price_currency", String(3)),
    Column("purchase_source", Text),
    Column("purchase_order", Text),
    Column("assigned_date", Date),
    Column("completion_date", UtcDateTime),
    Column("recipient_id", Uuid, ForeignKey("recipients.id", ondelete="SET NULL")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("place_name", Text),
    *external_id_columns("tenant_id"),
    Column("serial", Key, nullable=False),
    Column("search", Key, nullable=False),
    Column("place", Key),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "tenant_id", "status", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "employee_key", "created_at", "id"),
    Index(None, "employee_key", "updated_at", "id"),
    Index(None, "place", "created_at", "id"),
    Index(None, "serial"),
    Index(None, "recipient_id"),
)

# Literals instead of parameters, so that the database can use the partial index.
_ACTIVE_WORDS = f"({', '.join(repr(str(status)) for status in ACTIVE)})"
IS_ACTIVE = text(f"status IN {_ACTIVE_WORDS}")


def _person(prefix: str, nullable: bool) -> list[Column[str]]:
    return [
        Column(f"{prefix}_name", Text, nullable=nullable),
        Column(f"{prefix}_email", Text, nullable=nullable),
        Column(f"{prefix}_country", String(2)),
        Column(f"{prefix}_address", Text),
        Column(f"{prefix}_phone", Text),
        Column(f"{prefix}_key", Key, nullable=nullable),
    ]


device_actions = Table(
    "device_actions",
    metadata,
    identity(),
    tenant(),
    Column("action_id", Key, nullable=False),
    Column("action_type", Word(DeviceActionType, 10), nullable=False),
    Column("status", Word(DeviceActionStatus, 12), nullable=False),
    Column("external", Boolean, nullable=False),
    Column("serial_number", Text, nullable=False),
    Column("serial_key", Key, nullable=False),
    Column("model", Text),
    Column("device_type", Word(ProductType, 20)),
    Column("country", String(2), nullable=False),
    *_person("current", nullable=False),
    *_person("new", nullable=True),
    Column("wipe", Boolean, nullable=False),
    Column("wipe_completed", Boolean, nullable=False),
    Column("tracking_code", Text),
    Column("tracking_link", Text),
    Column("notes", Text),
    Column("notification_emails", TextTuple, nullable=False),
    Column("batch_id", Key),
    Column("requested_by", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("override_reason", Text),
    Column("connection_id", Uuid),
    Column("serial", Key, nullable=False),
    UniqueConstraint("tenant_id", "action_id"),
    # At most one active action for each device, also with concurrent requests.
    Index("uq_device_actions_active", "serial_key", unique=True, sqlite_where=IS_ACTIVE, postgresql_where=IS_ACTIVE),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "tenant_id", "status", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "serial_key", "created_at", "id"),
    Index(None, "batch_id", "created_at", "id"),
    Index(None, "action_id"),
)

IS_ACTIVE_ACTION = device_actions.c.status.op("IN", return_type=Boolean())(literal_column(_ACTIVE_WORDS))

# The people of an action, for filters: its current user, and the new one.
device_action_people = Table(
    "device_action_people",
    metadata,
    tenant(),
    Column("person_key", Key, primary_key=True),
    Column("device_action_id", Uuid, ForeignKey("device_actions.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "device_action_id"),
)

device_action_comments = Table(
    "device_action_comments",
    metadata,
    identity(),
    tenant(),
    part_of("device_actions", "device_action_id"),
    Column("user_name", Text, nullable=False),
    Column("user_email", Text),
    Column("message", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    updated_at(),
    Index(None, "device_action_id", "created_at", "id"),
)

# Counters, outside of the tenant's row, so that incrementing one does not block recording events.
device_action_numbers = Table(
    "device_action_numbers",
    metadata,
    Column("tenant_id", Integer, ForeignKey("tenants.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

movements = Table(
    "movements",
    metadata,
    identity(),
    tenant(),
    Column("device_action_id", Uuid, ForeignKey("device_actions.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("kind", Word(MovementType, 12), nullable=False),
    Column("status", Word(MovementStatus, 14), nullable=False),
    Column("serial_number", Text, nullable=False),
    Column("country", String(2), nullable=False),
    Column("employee_email", Text, nullable=False),
    Column("employee_key", Key, nullable=False),
    Column("factory_reset", Boolean, nullable=False),
    Column("vendor_movement_id", Text),
    Column("movement_number", Text),
    Column("tracking_link", Text),
    Column("problem", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    # A movement of the vendor belongs to one request only.
    UniqueConstraint("tenant_id", "vendor_movement_id"),
    Index(None, "employee_key", "id"),
)
