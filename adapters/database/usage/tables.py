"""The table of which clients select which fields of the schema."""

from sqlalchemy import BigInteger, Column, String, Table

from adapters.database.core.columns import Key, metadata

# The number of operations of a day that select a field, such as `Quote.status`, by the client that sent them. The
# schema is the same for all, so they belong to no tenant. The day is in UTC, as `2026-11-27`.
schema_usage = Table(
    "schema_usage",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("field", Key, primary_key=True),
    Column("client", Key, primary_key=True),
    Column("client_version", Key, primary_key=True),
    Column("operations", BigInteger, nullable=False),
)
