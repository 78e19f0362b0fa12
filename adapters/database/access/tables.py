"""The table of access tokens. API keys are among the tables of companies."""

from sqlalchemy import Column, Index, String, Table, Text

from adapters.database.core.column_types import TextTuple, UtcDateTime
from adapters.database.core.columns import created_at, identity, metadata, part_of, tenant, updated_at

access_tokens = Table(
    "access_tokens",
    metadata,
    identity(),
    tenant(),
    part_of("api_keys", "api_key_id"),
    Column("hash", String(64), nullable=False, unique=True),
    Column("prefix", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("scopes", TextTuple, nullable=False),
    created_at(),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    updated_at(),
    Index(None, "api_key_id", "created_at", "id"),
    Index(None, "api_key_id", "updated_at", "id"),
    Index(None, "expires_at"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
)
