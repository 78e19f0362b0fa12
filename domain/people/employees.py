"""Employees, as the company's HR system knows them. Read-only here (docs/domain.md#employees)."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.shared.errors import NodeRef
from domain.shared.parsers import fold


class EmployeeStatus(StrEnum):
    """Whether someone works at the company today (docs/domain.md#employees)."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class EmployeeProperty(NamedTuple):
    """Something else that the HR system knows of a person, as text."""

    name: str
    value: str


class Employee(NamedTuple):
    """One person. `email_key` (see `person_key`) is how recipients find their employee."""

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
    metadata: tuple[EmployeeProperty, ...] = ()

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Employee", self.id)


def person_key(tenant_id: int, email: str) -> str:
    """What is one person's: an address in any case, within one tenant. Companies may employ namesakes."""
    return f"{tenant_id}:{fold(email)}"
