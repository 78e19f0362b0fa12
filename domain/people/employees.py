"""Employees, as the company's HR system describes them. Read-only here (docs/domain.md#employees)."""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.shared.errors import NodeRef
from domain.shared.metadata import MetadataEntry
from domain.shared.parsers import fold


class EmployeeStatus(StrEnum):
    """Whether the person works at the company today (docs/domain.md#employees)."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class Employee(NamedTuple):
    """One person. Recipients are matched to employees by `email_key` (see `person_key`)."""

    id: str
    tenant_id: int
    name: str
    email: str
    email_key: str
    status: EmployeeStatus
    country: str | None
    department: str | None
    job_title: str | None
    hire_date: date | None
    termination_date: date | None
    hris_id: str | None
    hris_provider: str | None
    metadata: tuple[MetadataEntry, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Employee", self.id)


def person_key(tenant_id: int, email: str) -> str:
    """The key of a person: the case-folded e-mail address within a tenant. Names are not unique."""
    return f"{tenant_id}:{fold(email)}"
