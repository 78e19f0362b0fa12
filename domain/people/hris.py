"""What HR systems tell of people, and what it means here: who joined, moved and left (docs/domain.md#hr-sync).

Reading an HR system is an adapter's work; how one person's record is understood is in `person_drafts.py`; putting it
into our employees is `domain/use_cases/people/hris.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from domain.people.employees import Employee, EmployeeStatus
from domain.people.person_drafts import PersonDraft
from domain.shared.events import EventType, StatusChange, status_change

# What moves with a person's place in the company; a change of the rest is a correction.
PLACE = ("country", "department", "job_title")


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that could not be read. Whoever it is about stays as they are; `hris_id` is empty where nobody knows
    who that is."""

    hris_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What changed in an HR system: people as they are now, the ids of those it has no more, the records that could
    not be read, and from where to read on the next time. With `whole`, it has nobody else, and who is missing has left.
    `notes` are for whoever asked, such as what the HR system does not tell of anyone."""

    people: Sequence[PersonDraft]
    gone: Sequence[str] = ()
    cursor: str | None = None
    whole: bool = False
    unread: Sequence[Unread] = ()
    notes: Sequence[str] = ()


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


def merged(before: Employee | None, now: Employee) -> Merged:
    """What becomes of an employee who is told of: joined, moved, left, corrected, or nothing at all.

    Who had left before anyone told of them did not join.
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
    """What becomes of an employee whom the HR system has no more."""
    return merged(before, before._replace(status=EmployeeStatus.INACTIVE))


def absent(reading: Reading, known: Collection[Employee]) -> list[Employee]:
    """Those of an HR system whom it has no more, or does not tell of where it tells of everyone."""
    gone = set(reading.gone)
    if not reading.whole or not tells_of_everyone(reading, known):
        return [it for it in known if it.hris_id in gone]
    there = {draft.hris_id.strip() for draft in reading.people} | {it.hris_id for it in reading.unread}
    return [it for it in known if it.hris_id in gone or it.hris_id not in there]


def tells_of_everyone(reading: Reading, known: Collection[Employee]) -> bool:
    """Whether it is certain whom a reading does not name: a record that nobody can place may be anyone's."""
    ids = {it.hris_id for it in known}
    placed = all(it.hris_id in ids for it in reading.unread)
    return placed and all(draft.hris_id.strip() for draft in reading.people)
