"""Synchronise the employees of a company with its HR system. Repeatable at any time."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from domain.history.field_changes import field_changes
from domain.people.employees import Employee, EmployeeStatus, person_key
from domain.people.hris import Directory, Merged, Reading, SyncedUntil, absent, departed, is_complete, merged
from domain.people.person_drafts import ParsedPerson, PersonDraft, applied, missing_fields, read_person
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import SYSTEM, TenantScope
from domain.shared.events import EventType, NewEvent
from domain.shared.parsers import fold
from domain.shared.search import search_words
from domain.shared.wording import counted

AT_ONCE = 500
# Fewer leavers than this are always plausible.
SUSPICIOUS = 10


@dataclass(frozen=True, slots=True)
class RejectedPerson:
    """A person who was not imported, or only in part, and why."""

    hris_id: str
    name: str
    reason: str


class NobodyLeft(Exception):
    """A complete reading contains nobody, so that every employee would leave."""


class Stopped(Exception):
    """The synchronisation was interrupted. What was committed before stays."""


class TooManyLeft(Exception):
    """Most employees would leave at once, which suggests that the reading is incomplete."""

    def __init__(self, leavers: int, of: int) -> None:
        super().__init__(f"{leavers:,} of {counted(of, 'person', 'people')} would have left")


@dataclass(frozen=True, slots=True)
class Held:
    """A person who has to wait because another employee has the same e-mail address."""

    person: ParsedPerson
    before: Employee | None
    holder: Employee

    @property
    def reason(self) -> str:
        return f"email: {self.holder.name} ({self.holder.hris_id or 'known here before'}) has this address."

    @property
    def without_address(self) -> ParsedPerson:
        """The person without the address if they leave, which requires none."""
        return self.person.without_email(f"{self.holder.name} has this address.") if self.person.leaves else self.person


@dataclass(slots=True)
class Synced:
    """The result of a synchronisation: counts by event type, unchanged employees, rejected people, warnings about
    fields left unchanged, and notes. `committed` are the counts that are stored so far."""

    happened: Counter[EventType] = field(default_factory=Counter)
    unchanged: int = 0
    rejected: list[RejectedPerson] = field(default_factory=list)
    warnings: list[RejectedPerson] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    committed: Counter[EventType] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Sync:
    """The state of one synchronisation."""

    deps: Dependencies
    tenant_scope: TenantScope
    provider: str
    dry_run: bool
    stopped: Callable[[], bool]
    synced: Synced

    @property
    def tenant_id(self) -> int:
        assert self.tenant_scope.tenant_id is not None, "an HR system is of one company"
        return self.tenant_scope.tenant_id

    async def keep(self, work: UnitOfWork) -> None:
        if not self.dry_run:
            await work.commit()
            self.synced.committed = self.synced.happened.copy()

    def check_stopped(self) -> None:
        """Raises: Stopped."""
        if self.stopped():
            raise Stopped

    def reject(self, person: ParsedPerson, reason: str) -> None:
        self.synced.rejected.append(RejectedPerson(person.hris_id, person.name, reason))

    def warn(self, person: ParsedPerson) -> None:
        for name, reason in person.unread.items():
            self.synced.warnings.append(
                RejectedPerson(person.hris_id, person.name, f"{name}: {reason} It is left as it was.")
            )


async def sync_employees(
    deps: Dependencies,
    tenant_scope: TenantScope,
    directory: Directory,
    dry_run: bool = False,
    force: bool = False,
    synced: Synced | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Synced:
    """Import what changed in an HR system since the last time (docs/domain.md#hr-sync).

    Parts are committed one by one, and the cursor after all of them, so that an interrupted synchronisation can be
    repeated. People who exchange addresses are in one part. People who could not be read or imported are requested
    again the next time. Unless `force`, a reading in which most employees leave is refused. `synced` is updated on the
    way; `stopped` is checked between parts. Raises: OutboundFailure, NobodyLeft and TooManyLeft, with no change;
    Stopped, with the changes in `synced.committed`.
    """
    sync = _Sync(deps, tenant_scope, directory.provider, dry_run, stopped, synced if synced is not None else Synced())
    async with deps.unit_of_work(tenant_scope) as work:
        since = await work.employees.synced_until(sync.tenant_id, directory.provider)
    reading = await directory.read(since)
    sync.check_stopped()
    known = await _check_plausible(sync, reading, force)
    sync.synced.notes += reading.notes
    sync.synced.rejected += [RejectedPerson(it.hris_id, "", it.reason) for it in reading.unread]
    # People with known ids come first, so that a new person does not take over the record of a known one.
    good = sorted(_importable(sync, reading.people), key=lambda it: it.hris_id not in known)
    await _import_all(sync, reading, good)
    if not dry_run and reading.cursor is not None:
        again = tuple(dict.fromkeys(it.hris_id for it in sync.synced.rejected if it.hris_id))
        async with deps.unit_of_work(tenant_scope) as work:
            until = SyncedUntil(reading.cursor, again)
            await work.employees.note_synced(sync.tenant_id, directory.provider, until, deps.now())
            await work.commit()
    return sync.synced


async def _check_plausible(sync: _Sync, reading: Reading, force: bool) -> set[str | None]:
    """The ids of known people. Raises: NobodyLeft, TooManyLeft."""
    if not force and reading.whole and not reading.people:
        raise NobodyLeft
    async with sync.deps.unit_of_work(sync.tenant_scope) as work:
        known = await work.employees.lock_of_provider(sync.tenant_id, sync.provider)
    if reading.whole and not is_complete(reading, known):
        sync.synced.notes.append(
            "Some records do not say who they are about, so missing people were not marked as having left."
        )
    working = sum(it.status == EmployeeStatus.ACTIVE for it in known)
    leavers = sum(it.status == EmployeeStatus.ACTIVE for it in absent(reading, known))
    if not force and leavers >= SUSPICIOUS and leavers * 2 > working:
        raise TooManyLeft(leavers, working)
    return {it.hris_id for it in known}


async def _import_all(sync: _Sync, reading: Reading, good: Sequence[ParsedPerson]) -> None:
    """Import part by part, and then together those who wait for an address, because its holder may be in another
    part. People who have left come first, because others may have their addresses."""
    at_once = max(len(good), 1) if sync.dry_run else AT_ONCE
    held: list[Held] = []
    for start in range(0, max(len(good), 1), at_once):
        sync.check_stopped()
        part = good[start : start + at_once]
        held += await _import(sync, part, reading if not start else None, whole=len(good) <= at_once)
    if len(good) > at_once and held:
        sync.check_stopped()
        held = await _import(sync, [it.person for it in held], None, whole=True)
    for it in held:
        sync.reject(it.person, it.reason)


def _importable(sync: _Sync, people: Sequence[PersonDraft]) -> Iterator[ParsedPerson]:
    """The people to import. Of several with the same id, or of several active ones with the same address, only the
    first."""
    addresses: dict[str, str] = {}
    ids: set[str] = set()
    for draft in people:
        person = read_person(draft)
        if person.hris_id and person.hris_id in ids:
            sync.reject(person, "hris_id: an earlier record has the same.")
            continue
        ids.add(person.hris_id)
        key = fold(person.email or "")
        if key and not person.leaves and (other := addresses.setdefault(key, person.hris_id)) != person.hris_id:
            sync.reject(person, f"email: {other} has the same.")
            continue
        yield person


async def _import(sync: _Sync, people: Sequence[ParsedPerson], first: Reading | None, whole: bool) -> list[Held]:
    """Import people in one unit of work, after those who left according to `first`. Returns those who wait for an
    address. With `whole`, no later part can free addresses."""
    async with sync.deps.unit_of_work(sync.tenant_scope) as work:
        await work.employees.lock_syncs(sync.tenant_id)
        if first is not None:
            await _mark_leavers(sync, work, first)
        keys = [person_key(sync.tenant_id, it.email) for it in people if it.email]
        found = await work.employees.lock_known(sync.tenant_id, sync.provider, [it.hris_id for it in people], keys)
        known = KnownEmployees(sync.provider, sync.tenant_id, found)
        held = await _import_settled(sync, work, known, people)
        if whole:
            held = await _import_settled(sync, work, known, [it.without_address for it in held])
            while left := {it.holder.id: it.holder for it in held if it.holder.status == EmployeeStatus.INACTIVE}:
                await _release_addresses(work, known, left.values())
                held = await _import_settled(sync, work, known, [it.person for it in held])
        await sync.keep(work)
        return held


async def _import_settled(
    sync: _Sync, work: UnitOfWork, known: "KnownEmployees", people: Sequence[ParsedPerson]
) -> list[Held]:
    """Import people as long as that frees addresses for others. Returns those who still wait."""
    waiting, held = list(people), list[Held]()
    while waiting:
        held = []
        for person in waiting:
            held += await _import_one(sync, work, known, person)
        circle = circular(held)
        await _exchange(sync, work, known, circle)
        held = [it for it in held if it not in circle]
        if len(held) == len(waiting):
            break
        waiting = [it.person for it in held]
    return held


async def _import_one(sync: _Sync, work: UnitOfWork, known: "KnownEmployees", person: ParsedPerson) -> list[Held]:
    """Import one person, unless fields are missing or they have to wait."""
    before = known.earlier(person)
    holder = known.holder(person)
    taken = holder is not None and (before is None or holder.id != before.id)
    lacks = missing_fields(person, before)
    if taken and holder is not None and (person.leaves or not lacks):
        return [Held(person, before, holder)]
    if lacks and person.leaves and "hris_id" not in lacks:
        sync.synced.warnings.append(
            RejectedPerson(person.hris_id, person.name, "has left and was never an employee here.")
        )
    elif lacks:
        sync.reject(person, " ".join(f"{name}: {reason}" for name, reason in lacks.items()))
    else:
        sync.warn(person)
        now = applied(person, before, sync.provider, sync.tenant_id, sync.deps.new_id())
        after = merged(before, now)
        await _write(work, sync, before, after)
        known.note(before, after.employee)
    return []


async def _exchange(sync: _Sync, work: UnitOfWork, known: "KnownEmployees", circle: Sequence[Held]) -> None:
    """Exchange the addresses of people: all are released before any is assigned."""
    pairs = [(it.person, it.before) for it in circle if it.before is not None]
    given_up = [without_key(before) for _, before in pairs]
    for (_, before), parked in zip(pairs, given_up, strict=True):
        await work.employees.save(parked)
        await work.employees.move_belongings(before, parked)
    for (person, before), parked in zip(pairs, given_up, strict=True):
        sync.warn(person)
        after = merged(before, applied(person, before, sync.provider, sync.tenant_id, before.id))
        await _write(work, sync, before, after, parked)
    known.forget([before for _, before in pairs])
    for person, before in pairs:
        known.note(None, applied(person, before, sync.provider, sync.tenant_id, before.id))


async def _release_addresses(work: UnitOfWork, known: "KnownEmployees", left: Iterable[Employee]) -> None:
    """Release the addresses of people who have left: they keep them in their records but are no longer found by
    them."""
    for before in left:
        after = without_key(before)
        await work.employees.save(after)
        await work.employees.move_belongings(before, after)
        known.note(before, after)


def without_key(person: Employee) -> Employee:
    """The employee with a key that no address matches."""
    return person._replace(email_key=f"{person.email_key} {person.id}")


def circular(held: Sequence[Held]) -> list[Held]:
    """The people who wait only for one another: each has the address that another one gets."""
    left = {it.before.id: it for it in held if it.before is not None}
    while True:
        stuck = [key for key, it in left.items() if it.holder.id not in left]
        if not stuck:
            return list(left.values())
        for key in stuck:
            del left[key]


class KnownEmployees:
    """The employees of a unit of work, indexed by HR id and address."""

    def __init__(self, provider: str, tenant_id: int, found: Sequence[Employee]) -> None:
        self._provider = provider
        self._tenant_id = tenant_id
        self._by_id = {it.hris_id: it for it in found if it.hris_provider == provider}
        self._by_address = {it.email_key: it for it in found}

    def earlier(self, person: ParsedPerson) -> Employee | None:
        """The current employee for a person: by id, or by an address of an employee from before the HR system, or of
        one who left under another id with the same name."""
        before = self._by_id.get(person.hris_id)
        if before is not None or (holder := self.holder(person)) is None:
            return before
        ours = holder.hris_provider in (None, self._provider)
        back = holder.status == EmployeeStatus.INACTIVE and not person.leaves and _same_name(holder.name, person.name)
        return holder if ours and (back or holder.hris_id in (None, person.hris_id)) else None

    def holder(self, person: ParsedPerson) -> Employee | None:
        """The employee who has the person's address."""
        return self._by_address.get(person_key(self._tenant_id, person.email)) if person.email else None

    def note(self, before: Employee | None, after: Employee) -> None:
        """Index an employee as changed, so that later people are compared with it."""
        self.forget([before] if before is not None else [])
        self._by_address[after.email_key] = self._by_id[after.hris_id] = after

    def forget(self, people: Sequence[Employee]) -> None:
        for it in people:
            self._by_address.pop(it.email_key, None)
            self._by_id.pop(it.hris_id, None)


def _same_name(one: str, other: str) -> bool:
    return set(search_words(one)) == set(search_words(other))


async def _mark_leavers(sync: _Sync, work: UnitOfWork, reading: Reading) -> None:
    """Mark as left the people whom the HR system removed, or who are missing from a complete reading."""
    if not reading.gone and not reading.whole:
        return
    known = await work.employees.lock_of_provider(sync.tenant_id, sync.provider)
    for before in absent(reading, known):
        await _write(work, sync, before, departed(before))


async def _write(
    work: UnitOfWork, sync: _Sync, before: Employee | None, after: Merged, parked: Employee | None = None
) -> None:
    """Save a change and record its event; `parked` is the stored employee while addresses are exchanged."""
    synced, deps = sync.synced, sync.deps
    if after.happened is None:
        synced.unchanged += 1
        return
    if before is None:
        await work.employees.add(after.employee)
    else:
        await work.employees.save(after.employee)
        there = parked or before
        if (there.email_key, there.name) != (after.employee.email_key, after.employee.name):
            await work.employees.move_belongings(there, after.employee)
    synced.happened[after.happened] += 1
    employee = after.employee
    fields = field_changes([before], [employee]) if before is not None else ()
    work.record(
        NewEvent(
            after.happened, employee.tenant_id, employee.ref, SYSTEM, deps.now(), after.changes, field_changes=fields
        )
    )
