"""The tables of companies, their tenants and API keys, their customers and custom fields."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adapters.database.companies.column_types import AddressColumn
from adapters.database.core.column_types import TextTuple, UtcDateTime, Word
from adapters.database.core.columns import Key, Uuid, identity, metadata, tenant, updated_at
from adapters.database.node_metadata.columns import metadata_column
from domain.companies.company import TaxRounding
from domain.companies.custom_fields import FieldType
from domain.shared.access import ActorType, Environment

companies = Table(
    "companies",
    metadata,
    identity(),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    updated_at(),
    Column("api_enabled", Boolean, nullable=False),
    Column("country", String(2)),
    Column("legal_number", Text),
    Column("contact_email", Text),
    Column("phone", Text),
    Column("tax_rounding", Word(TaxRounding, 8), nullable=False, server_default="PER_RATE"),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("vendor_margin", Text),
)

# `last_event` and `last_order_id` are counters: incrementing one locks the row until the transaction ends.
tenants = Table(
    "tenants",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("company_id", Uuid, ForeignKey("companies.id"), nullable=False),
    Column("environment", Word(Environment, 4), nullable=False),
    Column("last_event", BigInteger, nullable=False, server_default=text("0")),
    Column("last_order_id", BigInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("company_id", "environment"),
)

api_keys = Table(
    "api_keys",
    metadata,
    identity(),
    Column("name", Text, nullable=False),
    Column("prefix", String(16), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("company_id", Uuid, ForeignKey("companies.id")),
    Column("environment", Word(Environment, 4), nullable=False),
    Column("scopes", TextTuple, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    # Of the company in the key's environment; a platform key has none. SQLite cannot add a foreign key to a table.
    Column("tenant_id", Integer),
    Column("allowed_addresses", TextTuple, nullable=False, server_default="[]"),
    Column("allowed_origins", TextTuple, nullable=False, server_default="[]"),
    # The secret before the last rotation.
    Column("previous_hash", String(64)),
    Column("previous_until", UtcDateTime),
    # Who made it; nobody is known of one that was made on the command line.
    Column("actor_kind", Word(ActorType, 10)),
    Column("actor_id", Text),
    Column("actor_name", Text),
    updated_at(),
    # The position in PostgreSQL's log after the last commit of this key, if there are replicas (write_positions.py).
    Column("last_write", BigInteger),
    # A bucket of its own, and how many points of it are restored in a second; null: that of the setting.
    Column("rate_limit_points", Integer),
    Column("rate_limit_restore", Integer),
    Index(None, "previous_hash"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
)

customers = Table(
    "customers",
    metadata,
    identity(),
    tenant(),
    Column("name", Text, nullable=False),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("company_name", Text),
    Column("email", Text),
    Column("phone_number", Text),
    Column("address", AddressColumn),
    Column("external_id", Key),
    metadata_column(),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("search", Key, nullable=False),
    UniqueConstraint("tenant_id", "external_id"),
    Index(None, "tenant_id", "search", "id"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "search", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "external_id"),
)

custom_fields = Table(
    "custom_fields",
    metadata,
    identity(),
    tenant(),
    Column("name", Text, nullable=False),
    Column("kind", Word(FieldType, 10), nullable=False),
    Column("options", TextTuple, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("customer_sees", Boolean, nullable=False),
    Column("customer_edits", Boolean, nullable=False, server_default=text("false")),
    Column("archived_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("name_key", Key, nullable=False),
    UniqueConstraint("tenant_id", "name_key"),
    Index(None, "tenant_id", "name_key", "id"),
    Index(None, "name_key", "id"),
)
