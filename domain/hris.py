"""What HR systems tell of people, and what it means here: who joined, moved and left (domain-facts A.8).

Reading an HR system is an adapter's work; putting what it told into our employees is `domain/use_cases/hris.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from domain.employees import Employee, EmployeeProperty, EmployeeStatus, person_key
from domain.errors import ErrorCode, Invalid, Problems
from domain.events import EventType, StatusChange
from domain.values import NAME_LENGTH, country, email, optional_date, optional_text, text

WORKING = frozenset({"active", "working", "employed", "onboarding"})
GONE = frozenset({"inactive", "terminated", "left", "former"})
# What moves with a person's place in the company; a change of the rest is a correction.
PLACE = ("country", "department", "job_title")


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as an HR system or a file names one, all as text; what is empty is not known."""

    hris_id: str
    name: str
    email: str
    status: str
    country: str = ""
    department: str = ""
    job_title: str = ""
    hire_date: str = ""
    termination_date: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What changed in an HR system: people as they are now, the ids of those it has no more, and from where to read
    on the next time. With `whole`, it has nobody else, and who is missing has left."""

    people: Sequence[PersonDraft]
    gone: Sequence[str] = ()
    cursor: str | None = None
    whole: bool = False


class SyncedUntil(NamedTuple):
    """Where an earlier reading ended: the cursor it gave, and the ids of those who could not be taken over."""

    cursor: str
    again: tuple[str, ...] = ()


class Directory(Protocol):
    """An HR system that tells of people. `provider` names it in our data."""

    provider: str

    async def read(self, since: SyncedUntil | None) -> Reading:
        """What changed since an earlier reading and who is to be read again, or everything. Raises: OutboundFailure."""


class Merged(NamedTuple):
    """An employee as told, and what happened: nothing where it is as it was."""

    employee: Employee
    happened: EventType | None
    changes: tuple[StatusChange, ...] = ()


def build_employee(draft: PersonDraft, provider: str, tenant_id: int, new_id: str, problems: Problems) -> Employee:
    """The employee that a draft describes. What is wrong is noted; then it is not to be used."""
    address = problems.check(("email",), email, draft.email) or ""
    hris_id = problems.check(("hris_id",), text, draft.hris_id, NAME_LENGTH) or ""
    return Employee(
        id=new_id,
        tenant_id=tenant_id,
        name=problems.check(("name",), text, draft.name, NAME_LENGTH) or "",
        email=address,
        email_key=person_key(tenant_id, address),
        status=problems.check(("status",), _status, draft.status) or EmployeeStatus.ACTIVE,
        country=problems.check(("country",), country, draft.country) if draft.country.strip() else None,
        department=problems.check(("department",), optional_text, draft.department, NAME_LENGTH),
        job_title=problems.check(("job_title",), optional_text, draft.job_title, NAME_LENGTH),
        hire_date=problems.check(("hire_date",), optional_date, draft.hire_date or None),
        termination_date=problems.check(("termination_date",), optional_date, draft.termination_date or None),
        hris_id=hris_id,
        hris_provider=provider,
        metadata=tuple(EmployeeProperty(name, value) for name, value in sorted(draft.metadata.items()) if value),
    )


def merged(before: Employee | None, told: Employee) -> Merged:
    """What becomes of an employee who is told of: joined, moved, left, corrected, or nothing at all.

    Who had left before anyone told of them did not join.
    """
    if before is None:
        working = told.status == EmployeeStatus.ACTIVE
        return Merged(told, EventType.EMPLOYEE_JOINED if working else EventType.EMPLOYEE_UPDATED)
    now = told._replace(id=before.id)
    if now == before:
        return Merged(before, None)
    if now.status != before.status:
        left = now.status == EmployeeStatus.INACTIVE
        change = StatusChange(before.ref, before.status, now.status)
        return Merged(now, EventType.EMPLOYEE_LEFT if left else EventType.EMPLOYEE_JOINED, (change,))
    moved = any(getattr(now, name) != getattr(before, name) for name in PLACE)
    return Merged(now, EventType.EMPLOYEE_MOVED if moved else EventType.EMPLOYEE_UPDATED)


def departed(before: Employee) -> Merged:
    """What becomes of an employee whom the HR system has no more."""
    return merged(before, before._replace(status=EmployeeStatus.INACTIVE))


def _status(given: str) -> EmployeeStatus:
    word = given.strip().lower()
    if word in WORKING:
        return EmployeeStatus.ACTIVE
    if word in GONE:
        return EmployeeStatus.INACTIVE
    raise Invalid(ErrorCode.INVALID_TEXT, f"Send Active or Inactive, not {given[:40]!r}.")
