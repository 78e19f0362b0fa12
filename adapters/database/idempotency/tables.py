"""The table of idempotency keys."""

from sqlalchemy import Column, Index, String, Table, Text

from adapters.database.core.column_types import Json, UtcDateTime
from adapters.database.core.columns import Uuid, metadata

# One row for each idempotency key of a caller.
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
