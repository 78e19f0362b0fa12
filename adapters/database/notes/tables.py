"""The table of what a database says of itself."""

from sqlalchemy import Column, Table, Text

from adapters.database.core.columns import metadata

# What this database is for: one made by `quotegraph demo` says so, and demo touches no other.
notes = Table(
    "notes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
