"""The table of what is still to be done."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from adapters.database.core.column_types import Json, UtcDateTime, Word
from adapters.database.core.columns import identity, metadata, tenant, updated_at
from domain.shared.jobs import JobStatus, JobType

jobs = Table(
    "jobs",
    metadata,
    identity(),
    tenant(),
    Column("kind", Word(JobType, 30), nullable=False),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("payload", Json, nullable=False),
    Column("status", Word(JobStatus, 10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("run_at", UtcDateTime, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    updated_at(),
    Column("finished_at", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Index(None, "status", "run_at"),
    Index(None, "tenant_id", "status", "finished_at", "id"),
)
