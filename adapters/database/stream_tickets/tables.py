"""The table of stream tickets."""

from sqlalchemy import Column, Index, String, Table

from adapters.database.core.column_types import UtcDateTime
from adapters.database.core.columns import Uuid, metadata
from adapters.database.stream_tickets.callers import CallerColumn

# One row for each ticket that was not used; only its hash is stored.
stream_tickets = Table(
    "stream_tickets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("api_key_id", Uuid, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    # Null in a ticket that a process of an earlier version made.
    Column("caller", CallerColumn),
    Index(None, "expires_at"),
)
