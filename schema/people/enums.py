"""Statuses of employees."""

from domain.people.employees import EmployeeStatus
from schema.shared.enums import describe

__all__ = [
    "EmployeeStatus",
]

describe(
    EmployeeStatus,
    "Employment status.",
    ACTIVE="The person works at the company.",
    INACTIVE="The person has left the company.",
)
