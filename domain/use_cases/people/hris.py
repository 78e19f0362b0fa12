"""Putting what an HR system tells into our employees, as often as anyone likes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from domain.history.field_changes import field_changes
from domain.people.employees import Employee, EmployeeStatus, person_key
from domain.people.hris import Directory, Merged, Reading, SyncedUntil, absent, departed, merged, tells_of_everyone
from domain.people.person_drafts import PersonDraft, Told, applied, lacking, read_person
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import SYSTEM, TenantScope
from domain.shared.events import EventType, NewEvent
from domain.shared.parsers import fold
from domain.shared.search import search_words
from domain.shared.wording import counted

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


class Stopped(Exception):
    """Someone has asked to stop; what was committed until then stays."""


class TooManyLeft(Exception):
    """Most of a company would leave at once, which rather means that the reading is not whole."""

    def __init__(self, leavers: int, of: int) -> None:
        super().__init__(f"{leavers:,} of {counted(of, 'person', 'people')} would have left")


@dataclass(frozen=True, slots=True)
class Held:
    """Someone whom another's address keeps from being taken over, for now, and who they are so far."""

    told: Told
    before: Employee | None
    holder: Employee

    @property
    def reason(self) -> str:
        return f"email: {self.holder.name} ({self.holder.hris_id or 'known here before'}) has this address."

    @property
    def without_address(self) -> Told:
        """Whoever leaves needs no address to do so."""
        return self.told.without_email(f"{self.holder.name} has this address.") if self.told.leaves else self.told


@dataclass(slots=True)
class Synced:
    """What became of a reading: how often what happened, how many were as they had been, who was left out, what of
    others was left as it was, and what else is to be told. `committed` is what will stay if no more follows."""

    happened: Counter[EventType] = field(default_factory=Counter)
    unchanged: int = 0
    rejected: list[RejectedPerson] = field(default_factory=list)
    warnings: list[RejectedPerson] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    committed: Counter[EventType] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Sync:
    """One reading of one HR system on its way into a company's employees."""

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

    def reject(self, told: Told, reason: str) -> None:
        self.synced.rejected.append(RejectedPerson(told.hris_id, told.name, reason))

    def warn(self, told: Told) -> None:
        for name, reason in told.unread.items():
            self.synced.warnings.append(
                RejectedPerson(told.hris_id, told.name, f"{name}: {reason} It is left as it was.")
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
    """Take over what changed in an HR system since the last time (docs/domain.md#hr-sync).

    Each part is committed by itself, and the place to read on from after all of them: what is interrupted is done
    again, and what was done changes nothing then. People who exchange addresses are one part. Who could not be read or
    taken over is asked for again the next time, and keeps nobody else. Unless `force`d, a reading that makes most
    people leavers is taken for a mistake. `synced` is counted up on the way; `stopped` is asked between the parts.
    Raises: OutboundFailure, NobodyLeft, TooManyLeft, with nothing done; Stopped, with `synced.committed` done.
    """
    sync = _Sync(deps, tenant_scope, directory.provider, dry_run, stopped, synced if synced is not None else Synced())
    async with deps.unit_of_work(tenant_scope) as work:
        since = await work.employees.synced_until(sync.tenant_id, directory.provider)
    reading = await directory.read(since)
    sync.check_stopped()
    known = await _check_plausible(sync, reading, force)
    sync.synced.notes += reading.notes
    sync.synced.rejected += [RejectedPerson(it.hris_id, "", it.reason) for it in reading.unread]
    # Who is known by id comes first, so that nobody new takes over the record of one who is told of later.
    good = sorted(_good(sync, reading.people), key=lambda it: it.hris_id not in known)
    await _take_over_all(sync, reading, good)
    if not dry_run and reading.cursor is not None:
        again = tuple(dict.fromkeys(it.hris_id for it in sync.synced.rejected if it.hris_id))
        async with deps.unit_of_work(tenant_scope) as work:
            until = SyncedUntil(reading.cursor, again)
            await work.employees.note_synced(sync.tenant_id, directory.provider, until, deps.now())
            await work.commit()
    return sync.synced


async def _check_plausible(sync: _Sync, reading: Reading, force: bool) -> set[str | None]:
    """The ids of those who are known. Raises: NobodyLeft, TooManyLeft."""
    if not force and reading.whole and not reading.people:
        raise NobodyLeft
    async with sync.deps.unit_of_work(sync.tenant_scope) as work:
        known = await work.employees.lock_of_provider(sync.tenant_id, sync.provider)
    if reading.whole and not tells_of_everyone(reading, known):
        sync.synced.notes.append(
            "Some records could not be told whose they are, so nobody who is missing was taken for a leaver."
        )
    working = sum(it.status == EmployeeStatus.ACTIVE for it in known)
    leavers = sum(it.status == EmployeeStatus.ACTIVE for it in absent(reading, known))
    if not force and leavers >= SUSPICIOUS and leavers * 2 > working:
        raise TooManyLeft(leavers, working)
    return {it.hris_id for it in known}


async def _take_over_all(sync: _Sync, reading: Reading, good: Sequence[Told]) -> None:
    """Part by part, and whom someone else's address kept back all together: an address goes from one to another who may
    be in another part. Those who are gone go first, because others may have their addresses."""
    at_once = max(len(good), 1) if sync.dry_run else AT_ONCE
    held: list[Held] = []
    for start in range(0, max(len(good), 1), at_once):
        sync.check_stopped()
        part = good[start : start + at_once]
        held += await _take_over(sync, part, reading if not start else None, whole=len(good) <= at_once)
    if len(good) > at_once and held:
        sync.check_stopped()
        held = await _take_over(sync, [it.told for it in held], None, whole=True)
    for it in held:
        sync.reject(it.told, it.reason)


def _good(sync: _Sync, people: Sequence[PersonDraft]) -> Iterator[Told]:
    """Those who can be meant; of several with one id, and of several who work there with one address, the first."""
    addresses: dict[str, str] = {}
    ids: set[str] = set()
    for draft in people:
        told = read_person(draft)
        if told.hris_id and told.hris_id in ids:
            sync.reject(told, "hris_id: someone before has the same.")
            continue
        ids.add(told.hris_id)
        key = fold(told.email or "")
        if key and not told.leaves and (other := addresses.setdefault(key, told.hris_id)) != told.hris_id:
            sync.reject(told, f"email: {other} has the same.")
            continue
        yield told


async def _take_over(sync: _Sync, people: Sequence[Told], first: Reading | None, whole: bool) -> list[Held]:
    """Write some people in one unit of work, after those who are gone of a reading that is given; who waits for an
    address that another has. With `whole`, nobody comes later who could make one free."""
    async with sync.deps.unit_of_work(sync.tenant_scope) as work:
        await work.employees.lock_syncs(sync.tenant_id)
        if first is not None:
            await _let_go(sync, work, first)
        keys = [person_key(sync.tenant_id, it.email) for it in people if it.email]
        found = await work.employees.lock_known(sync.tenant_id, sync.provider, [it.hris_id for it in people], keys)
        known = KnownEmployees(sync.provider, sync.tenant_id, found)
        held = await _settle(sync, work, known, people)
        if whole:
            held = await _settle(sync, work, known, [it.without_address for it in held])
            while left := {it.holder.id: it.holder for it in held if it.holder.status == EmployeeStatus.INACTIVE}:
                await _give_up(work, known, left.values())
                held = await _settle(sync, work, known, [it.told for it in held])
        await sync.keep(work)
        return held


async def _settle(sync: _Sync, work: UnitOfWork, known: "KnownEmployees", people: Sequence[Told]) -> list[Held]:
    """Write people as long as that makes addresses free for others; who waits."""
    waiting, held = list(people), list[Held]()
    while waiting:
        held = []
        for told in waiting:
            held += await _take_over_one(sync, work, known, told)
        circle = circular(held)
        await _exchange(sync, work, known, circle)
        held = [it for it in held if it not in circle]
        if len(held) == len(waiting):
            break
        waiting = [it.told for it in held]
    return held


async def _take_over_one(sync: _Sync, work: UnitOfWork, known: "KnownEmployees", told: Told) -> list[Held]:
    """Write one person, unless they lack something or have to wait."""
    before = known.earlier(told)
    holder = known.holder(told)
    taken = holder is not None and (before is None or holder.id != before.id)
    lacks = lacking(told, before)
    if taken and holder is not None and (told.leaves or not lacks):
        return [Held(told, before, holder)]
    if lacks and told.leaves and "hris_id" not in lacks:
        sync.synced.warnings.append(RejectedPerson(told.hris_id, told.name, "has left, and was never known here."))
    elif lacks:
        sync.reject(told, " ".join(f"{name}: {reason}" for name, reason in lacks.items()))
    else:
        sync.warn(told)
        now = applied(told, before, sync.provider, sync.tenant_id, sync.deps.new_id())
        after = merged(before, now)
        await _write(work, sync, before, after)
        known.note(before, after.employee)
    return []


async def _exchange(sync: _Sync, work: UnitOfWork, known: "KnownEmployees", circle: Sequence[Held]) -> None:
    """Let people have each other's addresses: all give theirs up before any takes another."""
    pairs = [(it.told, it.before) for it in circle if it.before is not None]
    given_up = [without_key(before) for _, before in pairs]
    for (_, before), parked in zip(pairs, given_up, strict=True):
        await work.employees.save(parked)
        await work.employees.move_belongings(before, parked)
    for (told, before), parked in zip(pairs, given_up, strict=True):
        sync.warn(told)
        after = merged(before, applied(told, before, sync.provider, sync.tenant_id, before.id))
        await _write(work, sync, before, after, parked)
    known.forget([before for _, before in pairs])
    for told, before in pairs:
        known.note(None, applied(told, before, sync.provider, sync.tenant_id, before.id))


async def _give_up(work: UnitOfWork, known: "KnownEmployees", left: Iterable[Employee]) -> None:
    """Let the addresses of people who have left be others': they stand in their records, and find them no more."""
    for before in left:
        after = without_key(before)
        await work.employees.save(after)
        await work.employees.move_belongings(before, after)
        known.note(before, after)


def without_key(person: Employee) -> Employee:
    """Someone whom no address finds."""
    return person._replace(email_key=f"{person.email_key} {person.id}")


def circular(held: Sequence[Held]) -> list[Held]:
    """Those who wait for one another only: each has what another of them is to have."""
    left = {it.before.id: it for it in held if it.before is not None}
    while True:
        stuck = [key for key, it in left.items() if it.holder.id not in left]
        if not stuck:
            return list(left.values())
        for key in stuck:
            del left[key]


class KnownEmployees:
    """People as they are written, found by what an HR system tells of them."""

    def __init__(self, provider: str, tenant_id: int, found: Sequence[Employee]) -> None:
        self._provider = provider
        self._tenant_id = tenant_id
        self._by_id = {it.hris_id: it for it in found if it.hris_provider == provider}
        self._by_address = {it.email_key: it for it in found}

    def earlier(self, told: Told) -> Employee | None:
        """Who this was until now, if anyone: by id, or by the address of someone who was known before the HR system
        was, or who has left under another id and has the same name."""
        before = self._by_id.get(told.hris_id)
        if before is not None or (holder := self.holder(told)) is None:
            return before
        ours = holder.hris_provider in (None, self._provider)
        back = holder.status == EmployeeStatus.INACTIVE and not told.leaves and _same_name(holder.name, told.name)
        return holder if ours and (back or holder.hris_id in (None, told.hris_id)) else None

    def holder(self, told: Told) -> Employee | None:
        """Who has the address that is told."""
        return self._by_address.get(person_key(self._tenant_id, told.email)) if told.email else None

    def note(self, before: Employee | None, after: Employee) -> None:
        """What became of someone, so that the next is compared with that."""
        self.forget([before] if before is not None else [])
        self._by_address[after.email_key] = self._by_id[after.hris_id] = after

    def forget(self, people: Sequence[Employee]) -> None:
        for it in people:
            self._by_address.pop(it.email_key, None)
            self._by_id.pop(it.hris_id, None)


def _same_name(one: str, other: str) -> bool:
    return set(search_words(one)) == set(search_words(other))


async def _let_go(sync: _Sync, work: UnitOfWork, reading: Reading) -> None:
    """Those whom the HR system has no more, or does not tell of where it tells of everyone."""
    if not reading.gone and not reading.whole:
        return
    known = await work.employees.lock_of_provider(sync.tenant_id, sync.provider)
    for before in absent(reading, known):
        await _write(work, sync, before, departed(before))


async def _write(
    work: UnitOfWork, sync: _Sync, before: Employee | None, after: Merged, parked: Employee | None = None
) -> None:
    """Write what became of someone; `parked` is who they are in the database while addresses are exchanged."""
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
