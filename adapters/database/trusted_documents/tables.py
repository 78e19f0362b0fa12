"""The table of trusted documents."""

from sqlalchemy import Column, String, Table, Text

from adapters.database.core.column_types import UtcDateTime
from adapters.database.core.columns import Key, metadata

# The documents of each client, by the identifier that its manifest gives them. They belong to no tenant.
trusted_documents = Table(
    "trusted_documents",
    metadata,
    Column("client", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("pushed_at", UtcDateTime, nullable=False),
)
