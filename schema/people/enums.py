"""Statuses of employees."""

from domain.people.employees import EmployeeStatus
from schema.shared.enums import describe

__all__ = [
    "EmployeeStatus",
]

describe(
    EmployeeStatus,
    "Whether someone works at the company today.",
    ACTIVE="Works there.",
    INACTIVE="Has left.",
)
