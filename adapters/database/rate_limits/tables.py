"""The table of buckets."""

from sqlalchemy import BigInteger, Column, Table, Text

from adapters.database.core.columns import metadata

# One row for each payer that has used something; none on SQLite, where one process has all buckets in memory. On
# PostgreSQL it is unlogged: after a crash all buckets are full. Times are in microseconds of PostgreSQL's clock.
rate_limits = Table(
    "rate_limits",
    metadata,
    Column("payer", Text, primary_key=True),
    Column("full_at", BigInteger, nullable=False),
    # What the last statement got, and when it was.
    Column("granted", BigInteger, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
)
