"""Putting what an HR system tells into our employees, as often as anyone likes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from domain.access import SYSTEM, Reach
from domain.employees import Employee, EmployeeStatus
from domain.errors import Problems
from domain.events import EventType, NewEvent
from domain.hris import Directory, Merged, PersonDraft, Reading, build_employee, departed, merged
from domain.ports import House, UnitOfWork

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RejectedPerson:
    """Someone who could not be taken over, and why."""

    hris_id: str
    name: str
    reason: str


class NobodyLeft(Exception):
    """A reading that is to tell of everybody tells of nobody, which would make everybody a leaver."""


@dataclass(slots=True)
class Synced:
    """What became of a reading: how often what happened, how many were as they had been, and who was left out."""

    happened: Counter[EventType] = field(default_factory=Counter)
    unchanged: int = 0
    rejected: list[RejectedPerson] = field(default_factory=list)


async def sync_employees(house: House, reach: Reach, directory: Directory, dry_run: bool = False) -> Synced:
    """Take over what changed in an HR system since the last time (domain-facts A.8).

    Each part is committed by itself, and the place to read on from after all of them: what is interrupted is done
    again, and what was done changes nothing then. Raises: OutboundFailure, NobodyLeft, with nothing done.
    """
    async with house.begin(reach) as work:
        since = await work.employees.synced_until(_tenant(reach), directory.provider)
    reading = await directory.read(since)
    if reading.whole and not reading.people:
        raise NobodyLeft
    synced = Synced()
    good = list(_good(house, reach, directory.provider, reading.people, synced))
    for start in range(0, len(good), AT_ONCE):
        part = good[start : start + AT_ONCE]
        await _take_over(house, reach, directory.provider, part, synced, dry_run)
    await _let_go(house, reach, directory.provider, reading, synced, dry_run)
    if not dry_run and reading.cursor is not None:
        async with house.begin(reach) as work:
            await work.employees.note_synced(_tenant(reach), directory.provider, reading.cursor, house.now())
            await work.commit()
    return synced


def _good(
    house: House, reach: Reach, provider: str, people: Sequence[PersonDraft], synced: Synced
) -> Iterator[Employee]:
    """Those who can be taken over; of several with one address or one id the first."""
    addresses: dict[str, str] = {}
    ids: set[str] = set()
    for draft in people:
        problems = Problems()
        employee = build_employee(draft, provider, _tenant(reach), house.new_id(), problems)
        reason = " ".join(f"{problem.path[-1]}: {problem.message}" for problem in problems.found)
        if not reason and employee.hris_id in ids:
            reason = "hris_id: someone before has the same."
        if not reason and (other := addresses.setdefault(employee.email_key, draft.hris_id)) != draft.hris_id:
            reason = f"email: {other} has the same."
        if reason:
            synced.rejected.append(RejectedPerson(draft.hris_id, draft.name, reason))
            continue
        ids.add(employee.hris_id or "")
        yield employee


async def _take_over(
    house: House, reach: Reach, provider: str, told: Sequence[Employee], synced: Synced, dry_run: bool
) -> None:
    async with house.begin(reach) as work:
        known = await work.employees.lock_known(
            _tenant(reach), provider, [it.hris_id or "" for it in told], [it.email_key for it in told]
        )
        by_id = {it.hris_id: it for it in known if it.hris_provider == provider}
        by_address = {it.email_key: it for it in known}
        for employee in told:
            before = by_id.get(employee.hris_id)
            holder = by_address.get(employee.email_key)
            if before is None and holder is not None and holder.hris_provider in (None, provider):
                # Known by address before the HR system was, or under an id that it gave up.
                before = holder if holder.hris_id in (None, employee.hris_id) or holder.status != _WORKING else None
            if holder is not None and (before is None or holder.id != before.id):
                reason = f"email: {holder.name} ({holder.hris_id or 'known here before'}) has this address."
                synced.rejected.append(RejectedPerson(employee.hris_id or "", employee.name, reason))
                continue
            await _write(work, house, before, merged(before, employee), synced)
        if not dry_run:
            await work.commit()


async def _let_go(house: House, reach: Reach, provider: str, reading: Reading, synced: Synced, dry_run: bool) -> None:
    """Those whom the HR system has no more, or does not tell of where it tells of everyone."""
    if not reading.gone and not reading.whole:
        return
    async with house.begin(reach) as work:
        told = {draft.hris_id.strip() for draft in reading.people}
        for before in await work.employees.lock_of_provider(_tenant(reach), provider):
            if before.hris_id in reading.gone or (reading.whole and before.hris_id not in told):
                await _write(work, house, before, departed(before), synced)
        if not dry_run:
            await work.commit()


async def _write(work: UnitOfWork, house: House, before: Employee | None, after: Merged, synced: Synced) -> None:
    if after.happened is None:
        synced.unchanged += 1
        return
    if before is None:
        await work.employees.add(after.employee)
    else:
        await work.employees.save(after.employee)
        if (before.email_key, before.name) != (after.employee.email_key, after.employee.name):
            await work.employees.move_belongings(before, after.employee)
    synced.happened[after.happened] += 1
    employee = after.employee
    work.record(NewEvent(after.happened, employee.tenant_id, employee.ref, SYSTEM, house.now(), after.changes))


def _tenant(reach: Reach) -> int:
    assert reach.tenant_id is not None, "an HR system is of one company"
    return reach.tenant_id


_WORKING = EmployeeStatus.ACTIVE
