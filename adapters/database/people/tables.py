"""The tables of employees and of the synchronisation state of their HR systems."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from adapters.database.core.column_types import TextTuple, UtcDateTime, Word
from adapters.database.core.columns import Key, created_at, identity, metadata, tenant, updated_at
from adapters.database.people.column_types import Properties
from domain.people.employees import EmployeeStatus

# `name_key` is casefolded and `search` is in the form of searches (`domain/shared/search.py`), in Python, so that both
# databases find the same.
employees = Table(
    "employees",
    metadata,
    identity(),
    tenant(),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("email_key", Key, nullable=False),
    Column("status", Word(EmployeeStatus, 10), nullable=False),
    Column("country", String(2)),
    Column("department", Text),
    Column("job_title", Text),
    Column("hire_date", Date),
    Column("termination_date", Date),
    Column("hris_id", Text),
    Column("hris_provider", Text),
    Column("metadata", Properties, nullable=False, server_default="[]"),
    Column("search", Key, nullable=False),
    Column("name_key", Key, nullable=False),
    created_at(),
    updated_at(),
    UniqueConstraint("tenant_id", "email_key"),
    Index(None, "tenant_id", "search", "id"),
    Index(None, "tenant_id", "hris_provider", "hris_id"),
    Index(None, "search", "id"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "tenant_id", "name_key"),
)

# Where the next synchronisation of each HR system continues.
hris_syncs = Table(
    "hris_syncs",
    metadata,
    Column("tenant_id", Integer, ForeignKey("tenants.id"), primary_key=True),
    Column("provider", String(20), primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("again", TextTuple, nullable=False),
    Column("synced_at", UtcDateTime, nullable=False),
)
