"""The table of what a database says of itself."""

from sqlalchemy import Column, Table, Text

from adapters.database.core.columns import metadata

# The purpose of this database: `quotegraph demo` marks the one it creates, and changes no other.
notes = Table(
    "notes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
