"""Saves records that were read from a connected system (docs/domain.md#incoming-records).

A record is known by its id in the system. One that is as it was when it was last read writes nothing and causes no
event; so it may be read any number of times.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from domain.connections.connections import Connection, ConnectionStatus
from domain.connections.incoming_lines import Surroundings
from domain.connections.origins import ID_LENGTH, NODE_TYPES, Origin, fingerprint_of
from domain.connections.problems import RAW_LENGTH, VALUE_LENGTH, NewProblem
from domain.connections.records import Flaw, ForeignRecord, Unread
from domain.connections.systems import Collection
from domain.connections.values import storable
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.use_cases.connections.saved_parts import SavedRecord
from domain.use_cases.connections.saving_kits import save_kits
from domain.use_cases.connections.saving_quotes import save_quotes
from domain.use_cases.connections.saving_things import save_actions, save_assets, save_employees, save_products

Result = TypeVar("Result")

Save = Callable[
    [UnitOfWork, Surroundings, Sequence[Any], Mapping[str, list[Origin]], datetime],
    Coroutine[Any, Any, list[SavedRecord]],
]
SAVERS: Mapping[Collection, Save] = {
    Collection.QUOTES: save_quotes,
    Collection.ASSETS: save_assets,
    Collection.DEVICE_ACTIONS: save_actions,
    Collection.EMPLOYEES: save_employees,
    Collection.PRODUCTS: save_products,
    Collection.KITS: save_kits,
}


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of records: how many there were, how many of them were new or had changed, how many were new, and
    what could not be used."""

    read: int
    changed: int
    new: int = 0
    problems: Sequence[NewProblem] = ()

    def with_more(self, more: "Saved") -> "Saved":
        problems = (*self.problems, *more.problems)
        return Saved(self.read + more.read, self.changed + more.changed, self.new + more.new, problems)


NOTHING = Saved(0, 0)


async def save_records(
    work: UnitOfWork,
    deps: Dependencies,
    connection: Connection,
    collection: Collection,
    records: Sequence[ForeignRecord | Unread],
    asked_at: datetime,
) -> Saved:
    """Save records for which the system was asked at a time. What was read later than that stays as it is. The
    connection is locked; if it ended meanwhile, nothing is saved: its quotes may have been deleted."""
    if connection.status == ConnectionStatus.DISCONNECTED:
        return NOTHING
    good, problems = _usable(collection, records)
    types = NODE_TYPES[collection]
    known: dict[str, list[Origin]] = {}
    # What cannot be read, or could not be saved, is there all the same.
    there = {its_id for it in records if isinstance(it, Unread) and (its_id := storable(it.external_id))} - good.keys()
    for origin in await work.origins.of_records(connection.id, types, [*good, *sorted(there)]):
        known.setdefault(origin.record_id, []).append(origin)
    same, changed = list[str](), list[ForeignRecord]()
    for record_id, record in good.items():
        head = _head(known.get(record_id, ()), types[0])
        if head is not None and head.last_synced_at > asked_at:
            continue
        if head is not None and head.fingerprint == fingerprint_of(record, connection.currency):
            same.append(record_id)
        else:
            changed.append(record)
    await work.origins.seen(connection.id, types, same, asked_at)
    tenant = await work.tenants.by_id(connection.tenant_id)
    around = Surroundings(connection, deps.now(), deps.new_id, tenant.tax_rounding)
    saved = await SAVERS[collection](work, around, changed, known, asked_at) if changed else []
    left = there | {it.external_id for it in changed} - {it.record_id for it in saved if it.origins}
    stay = [_as_left(it, asked_at) for record_id in sorted(left) for it in known.get(record_id, ())]
    await work.origins.put([it for record in saved for it in record.origins] + stay)
    problems += [problem for it in saved for problem in _problems(collection, good[it.record_id], it.flaws)]
    await work.connection_problems.note(connection.tenant_id, connection.id, problems, around.now)
    ids = [it.record_id for it in saved]
    await work.connection_problems.resolve(connection.id, collection, ids, around.now, around.now)
    new = sum(it.is_changed and _head(known.get(it.record_id, ()), types[0]) is None for it in saved)
    return Saved(len(records), sum(it.is_changed for it in saved), new, problems)


async def save_each(
    deps: Dependencies,
    records: Sequence[ForeignRecord | Unread],
    save: Callable[[ForeignRecord | Unread], Awaitable[Saved]],
) -> Saved:
    """Save records one by one, after saving all of them together has failed: one that cannot be saved is kept as a
    problem of the connection, and keeps no other. Raises: the failure, if it is one of the storage."""
    saved = NOTHING
    for record in records:
        saved = saved.with_more(await save_one(deps, record, save))
    return saved


async def save_one(
    deps: Dependencies,
    record: ForeignRecord | Unread,
    save: Callable[[ForeignRecord | Unread], Awaitable[Result]],
) -> Result:
    """Save a record, each time in a unit of work of its own; if it cannot be saved, as a problem of the connection.
    Raises: the failure, if it is one of the storage."""
    try:
        return await save(record)
    except Exception as failure:
        if deps.connecting.is_outage(failure):
            raise
        unsaved = _unsaved(record, failure)
    return await save(unsaved)


def _unsaved(record: ForeignRecord | Unread, failure: Exception) -> Unread:
    # The text of an exception may contain values of a statement, so it is only logged.
    reason = f"The record could not be saved here ({type(failure).__name__})."
    return Unread(record.external_id, reason, record.raw)


def _as_left(origin: Origin, asked_at: datetime) -> Origin:
    """The origin of what stays as it is because its record was left out. The record is there, so it is not stale; and
    it is looked at again even if it is next as it was when it was last used, for its problems are over then."""
    return origin._replace(last_synced_at=max(origin.last_synced_at, asked_at), is_stale=False, fingerprint="")


def _head(origins: Sequence[Origin], node_type: str) -> Origin | None:
    return next((it for it in origins if it.node_type == node_type), None)


def _usable(
    collection: Collection, records: Sequence[ForeignRecord | Unread]
) -> tuple[dict[str, ForeignRecord], list[NewProblem]]:
    """The records by their ids, the last one of each, and the problems of those that cannot be used."""
    good, problems = dict[str, ForeignRecord](), list[NewProblem]()
    for record in records:
        external_id = storable(record.external_id) or ""
        if isinstance(record, Unread):
            problems.append(
                NewProblem(collection, external_id[:ID_LENGTH], "", "", _reason(record.reason), _raw(record))
            )
        elif not external_id or len(external_id) > ID_LENGTH or external_id != record.external_id:
            reason = "The record has no id that can be used."
            problems.append(NewProblem(collection, external_id[:ID_LENGTH], "id", "", reason, _raw(record)))
        else:
            good[external_id] = record
    return good, problems


def _raw(record: ForeignRecord | Unread) -> str:
    return (storable(record.raw) or "")[:RAW_LENGTH]


def _problems(collection: Collection, record: ForeignRecord, flaws: Sequence[Flaw]) -> list[NewProblem]:
    return [
        NewProblem(
            collection,
            record.external_id,
            (storable(it.path) or "")[:VALUE_LENGTH],
            (storable(it.value) or "")[:VALUE_LENGTH],
            _reason(it.reason),
            _raw(record),
        )
        for it in flaws
    ]


def _reason(given: str) -> str:
    return (storable(given) or "")[:VALUE_LENGTH]
