"""Putting what an HR system tells into our employees, as often as anyone likes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from domain.access import SYSTEM, Reach
from domain.employees import Employee, EmployeeStatus
from domain.errors import Problems
from domain.events import EventType, NewEvent
from domain.field_changes import field_changes
from domain.hris import Directory, Merged, PersonDraft, Reading, SyncedUntil, build_employee, departed, merged
from domain.ports import House, UnitOfWork

AT_ONCE = 500
# Fewer leavers at once are nothing to wonder about, whatever part of a company they are.
SUSPICIOUS = 10


@dataclass(frozen=True, slots=True)
class RejectedPerson:
    """Someone who could not be taken over, and why."""

    hris_id: str
    name: str
    reason: str


class NobodyLeft(Exception):
    """A reading that is to tell of everybody tells of nobody, which would make everybody a leaver."""


class TooManyLeft(Exception):
    """Most of a company would leave at once, which rather means that the reading is not whole."""

    def __init__(self, leavers: int, of: int) -> None:
        super().__init__(f"{leavers:,} of {of:,} people would have left")


@dataclass(frozen=True, slots=True)
class Held:
    """Someone whom another's address keeps from being taken over, for now."""

    employee: Employee
    reason: str


@dataclass(slots=True)
class Synced:
    """What became of a reading: how often what happened, how many were as they had been, and who was left out."""

    happened: Counter[EventType] = field(default_factory=Counter)
    unchanged: int = 0
    rejected: list[RejectedPerson] = field(default_factory=list)


async def sync_employees(
    house: House, reach: Reach, directory: Directory, dry_run: bool = False, force: bool = False
) -> Synced:
    """Take over what changed in an HR system since the last time (domain-facts A.8).

    Each part is committed by itself, and the place to read on from after all of them: what is interrupted is done
    again, and what was done changes nothing then. Who could not be taken over is asked for again the next time.
    Unless `force`d, a reading that makes most people leavers is taken for a mistake.
    Raises: OutboundFailure, NobodyLeft, TooManyLeft, with nothing done.
    """
    async with house.begin(reach) as work:
        since = await work.employees.synced_until(_tenant(reach), directory.provider)
    reading = await directory.read(since)
    if not force:
        await _check_plausible(house, reach, directory.provider, reading)
    synced = Synced()
    good = list(_good(house, reach, directory.provider, reading.people, synced))
    await _take_over_all(house, reach, directory.provider, good, synced, dry_run)
    await _let_go(house, reach, directory.provider, reading, synced, dry_run)
    if not dry_run and reading.cursor is not None:
        until = SyncedUntil(reading.cursor, tuple(it.hris_id for it in synced.rejected if it.hris_id))
        async with house.begin(reach) as work:
            await work.employees.note_synced(_tenant(reach), directory.provider, until, house.now())
            await work.commit()
    return synced


async def _check_plausible(house: House, reach: Reach, provider: str, reading: Reading) -> None:
    """Raises: NobodyLeft, TooManyLeft."""
    if reading.whole and not reading.people:
        raise NobodyLeft
    told = {draft.hris_id.strip() for draft in reading.people}
    async with house.begin(reach) as work:
        working = [
            it for it in await work.employees.lock_of_provider(_tenant(reach), provider) if it.status == _WORKING
        ]
    leavers = sum(it.hris_id in reading.gone or (reading.whole and it.hris_id not in told) for it in working)
    if leavers >= SUSPICIOUS and leavers * 2 > len(working):
        raise TooManyLeft(leavers, len(working))


async def _take_over_all(
    house: House, reach: Reach, provider: str, good: Sequence[Employee], synced: Synced, dry_run: bool
) -> None:
    """Part by part, and whom someone else's address kept back once more, as long as that brings anyone further: an
    address goes from one to another who may have been told of earlier."""
    at_once = max(len(good), 1) if dry_run else AT_ONCE
    held: list[Held] = []
    while good:
        held = []
        for start in range(0, len(good), at_once):
            held += await _take_over(house, reach, provider, good[start : start + at_once], synced, dry_run)
        if len(held) == len(good):
            break
        good = [it.employee for it in held]
    synced.rejected += [RejectedPerson(it.employee.hris_id or "", it.employee.name, it.reason) for it in held]


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
) -> list[Held]:
    """Write some people in one unit of work; who waits for an address that another has."""
    async with house.begin(reach) as work:
        await work.employees.lock_syncs(_tenant(reach))
        found = await work.employees.lock_known(
            _tenant(reach), provider, [it.hris_id or "" for it in told], [it.email_key for it in told]
        )
        known, waiting, held = Known(provider, found), list(told), list[Held]()
        while waiting:
            held = []
            for employee in waiting:
                before = known.earlier(employee)
                if isinstance(before, Held):
                    held.append(before)
                    continue
                after = merged(before, employee)
                await _write(work, house, before, after, synced)
                known.note(before, after.employee)
            if len(held) == len(waiting):
                break
            waiting = [it.employee for it in held]
        if not dry_run:
            await work.commit()
        return held


class Known:
    """People as they are written, found by what an HR system tells of them."""

    def __init__(self, provider: str, found: Sequence[Employee]) -> None:
        self._provider = provider
        self._by_id = {it.hris_id: it for it in found if it.hris_provider == provider}
        self._by_address = {it.email_key: it for it in found}

    def earlier(self, told: Employee) -> Employee | Held | None:
        """Who this was until now, if anyone; `Held` where another has the address."""
        before, holder = self._by_id.get(told.hris_id), self._by_address.get(told.email_key)
        if before is None and holder is not None and holder.hris_provider in (None, self._provider):
            # Known by address before the HR system was, or under an id that it gave up.
            before = holder if holder.hris_id in (None, told.hris_id) or holder.status != _WORKING else None
        if holder is not None and (before is None or holder.id != before.id):
            reason = f"email: {holder.name} ({holder.hris_id or 'known here before'}) has this address."
            return Held(told, reason)
        return before

    def note(self, before: Employee | None, after: Employee) -> None:
        """What became of someone, so that the next is compared with that."""
        if before is not None:
            self._by_address.pop(before.email_key, None)
            self._by_id.pop(before.hris_id, None)
        self._by_address[after.email_key] = self._by_id[after.hris_id] = after


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
    fields = field_changes([before], [employee]) if before is not None else ()
    work.record(
        NewEvent(
            after.happened, employee.tenant_id, employee.ref, SYSTEM, house.now(), after.changes, field_changes=fields
        )
    )


def _tenant(reach: Reach) -> int:
    assert reach.tenant_id is not None, "an HR system is of one company"
    return reach.tenant_id


_WORKING = EmployeeStatus.ACTIVE
