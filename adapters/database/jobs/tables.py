"""The table of what is still to be done."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from adapters.database.core.column_types import Json, UtcDateTime, Word
from adapters.database.core.columns import identity, metadata, tenant, updated_at
from domain.shared.jobs import JobStatus, JobType

# Written out, because only then does PostgreSQL use an index of the waiting jobs.
IS_WAITING = text(f"jobs.status = '{JobStatus.WAITING}'")
_WAITING = text(f"status = '{JobStatus.WAITING}'")

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
    # What the tenants take turns by (claiming.py).
    Index("ix_jobs_waiting", "kind", "tenant_id", "run_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index(None, "tenant_id", "status", "finished_at", "id"),
)

# The kinds of jobs that have nothing but failures, of which operators are told (alarms.py).
job_alarms = Table(
    "job_alarms",
    metadata,
    Column("kind", Word(JobType, 30), primary_key=True),
    Column("failing_since", UtcDateTime, nullable=False),
    Column("last_failed_at", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("mailed_at", UtcDateTime),
)
