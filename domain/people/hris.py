"""Data of HR systems and the resulting changes of employees: who joined, moved and left (docs/domain.md#hr-sync).

Adapters read HR systems; `person_drafts.py` parses the record of one person; `domain/use_cases/people/hris.py` stores
the result.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from domain.people.employees import Employee, EmployeeStatus
from domain.people.person_drafts import PersonDraft
from domain.shared.events import EventType, StatusChange, status_change

# Fields whose change is a move within the company; a change of other fields is a correction.
PLACE = ("country", "department", "job_title")


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that could not be read. The employee stays unchanged; `hris_id` is empty if the record does not say
    who it is about."""

    hris_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The changes in an HR system: current people, ids of removed people, unreadable records, and the cursor for the
    next reading. With `whole`, `people` is complete and everyone else has left. `notes` are for the operator, such
    as fields that the HR system does not provide."""

    people: Sequence[PersonDraft]
    gone: Sequence[str] = ()
    cursor: str | None = None
    whole: bool = False
    unread: Sequence[Unread] = ()
    notes: Sequence[str] = ()


class SyncedUntil(NamedTuple):
    """Where an earlier reading ended: its cursor, and the ids of people who could not be imported."""

    cursor: str
    again: tuple[str, ...] = ()


class Directory(Protocol):
    """An HR system. `provider` is its name in our data."""

    provider: str

    async def read(self, since: SyncedUntil | None) -> Reading:
        """The changes since an earlier reading, including people to read again, or everything. Raises:
        OutboundFailure."""


class Merged(NamedTuple):
    """An employee after a reading, and the event type; None if nothing changed."""

    employee: Employee
    happened: EventType | None
    changes: tuple[StatusChange, ...] = ()


def merged(before: Employee | None, now: Employee) -> Merged:
    """The employee with the values of a reading: joined, moved, left, corrected or unchanged.

    A person who left before the first reading did not join.
    """
    if before is None:
        working = now.status == EmployeeStatus.ACTIVE
        return Merged(now, EventType.EMPLOYEE_JOINED if working else EventType.EMPLOYEE_UPDATED)
    if now == before:
        return Merged(before, None)
    if now.status != before.status:
        left = now.status == EmployeeStatus.INACTIVE
        return Merged(now, EventType.EMPLOYEE_LEFT if left else EventType.EMPLOYEE_JOINED, status_change(before, now))
    moved = any(getattr(now, name) != getattr(before, name) for name in PLACE)
    return Merged(now, EventType.EMPLOYEE_MOVED if moved else EventType.EMPLOYEE_UPDATED)


def departed(before: Employee) -> Merged:
    """The change for an employee whom the HR system has removed."""
    return merged(before, before._replace(status=EmployeeStatus.INACTIVE))


def absent(reading: Reading, known: Collection[Employee]) -> list[Employee]:
    """The employees whom the HR system has removed, or who are missing from a complete reading."""
    gone = set(reading.gone)
    if not reading.whole or not is_complete(reading, known):
        return [it for it in known if it.hris_id in gone]
    there = {draft.hris_id.strip() for draft in reading.people} | {it.hris_id for it in reading.unread}
    return [it for it in known if it.hris_id in gone or it.hris_id not in there]


def is_complete(reading: Reading, known: Collection[Employee]) -> bool:
    """Whether a reading certainly covers everyone: a record without a known id may be about anyone."""
    ids = {it.hris_id for it in known}
    placed = all(it.hris_id in ids for it in reading.unread)
    return placed and all(draft.hris_id.strip() for draft in reading.people)
