"""The job queue, in a table of our own: no library enqueues in our transaction and survives a killed worker on both
databases."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import ge
from typing import Any

from sqlalchemy import ColumnElement, case, literal, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import LoaderSpec, compares, one, one_of, paged, times
from adapters.database.core.row_mapping import in_scope, row_mapping
from adapters.database.core.set_writes import InsertRows
from adapters.database.core.transactions import Transaction
from adapters.database.jobs import tables
from adapters.database.jobs.claiming import FIRST_DUE, LEASE_FIRST, turns_of
from adapters.database.jobs.tables import IS_WAITING
from domain.shared.access import TenantScope
from domain.shared.ids import new_id
from domain.shared.jobs import Again, Job, JobStatus, LeaseLost, NewJob
from domain.shared.lanes import LANES, Service, Turn, service_of, shares

LONGEST_ERROR = 2000

JOBS = row_mapping(
    Job,
    tables.jobs,
    source=tables.jobs.join(tenants),
    environment=tenants.c.environment,
)

JOB_LOADERS: dict[str, LoaderSpec] = {
    "job": one(JOBS),
    "jobs": paged(
        JOBS,
        parent="tenant_id",
        orders={"FINISHED_AT": "finished_at", "RUN_AT": "run_at", "CREATED_AT": "created_at"},
        filters={
            "status": one_of(tables.jobs.c.status),
            "failures": compares(tables.jobs.c.failures, ge),
            "type": one_of(tables.jobs.c.kind),
            **times(tables.jobs.c.created_at, tables.jobs.c.updated_at),
        },
    ),
}


async def enqueue(transaction: Transaction, jobs: Sequence[tuple[int, NewJob]], at: datetime) -> None:
    """Writes jobs of tenants. A job with an existing dedupe key is skipped, or the existing one is woken."""
    found: dict[bool, dict[str, dict[str, Any]]] = {False: {}, True: {}}
    for tenant_id, job in jobs:
        values = _values(tenant_id, job, at)
        first = found[job.wakes].setdefault(job.dedupe_key, values)
        if job.wakes:
            # The later of two jobs wakes the earlier one.
            first["run_at"] = values["run_at"]
    await transaction.write(_ADD, list(found[False].values()))
    await transaction.write(_ADD_OR_WAKE, list(found[True].values()))


def _skip(insert: Any) -> Any:
    return insert.on_conflict_do_nothing(index_elements=["dedupe_key"])


def _wake(insert: Any) -> Any:
    return insert.on_conflict_do_update(index_elements=["dedupe_key"], set_=_woken(insert.excluded.run_at))


_COLUMNS = ("id", "tenant_id", "kind", "dedupe_key", "payload", "status", "attempts", "run_at", "created_at")
_ADD = InsertRows(tables.jobs, _COLUMNS, _skip, key=("dedupe_key",))
_ADD_OR_WAKE = InsertRows(tables.jobs, _COLUMNS, _wake, key=("dedupe_key",))


def _values(tenant_id: int, job: NewJob, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "tenant_id": tenant_id,
        "kind": str(job.kind),
        "dedupe_key": job.dedupe_key,
        "payload": job.payload,
        "status": str(JobStatus.WAITING),
        "attempts": 0,
        "run_at": at + job.delay,
        "created_at": at,
    }


def _woken(run_at: Any) -> dict[str, Any]:
    """Returns the values of a job that is due again. A running one stays with its worker until its lease ends."""
    columns = tables.jobs.c
    waits = columns.status == str(JobStatus.WAITING)
    return {
        "status": str(JobStatus.WAITING),
        "run_at": run_at,
        # One attempt stays counted, so that the next one searches for effects of earlier attempts.
        "attempts": case((waits, columns.attempts), else_=1),
        "lease_until": case((waits, columns.lease_until), else_=null()),
        "finished_at": None,
    }


async def find(connection: Transaction, job_id: str, tenant_scope: TenantScope) -> Job | None:
    """A job in the tenant scope."""
    return await _find(connection, tables.jobs.c.id == job_id, tenant_scope)


async def find_by_key(connection: Transaction, dedupe_key: str, tenant_scope: TenantScope) -> Job | None:
    """The job with this key, in the tenant scope."""
    return await _find(connection, tables.jobs.c.dedupe_key == dedupe_key, tenant_scope)


async def _find(connection: Transaction, which: ColumnElement[bool], tenant_scope: TenantScope) -> Job | None:
    mine = JOBS.select().where(which, in_scope(tables.jobs.c.tenant_id, tenant_scope))
    row = (await connection.execute(mine)).one_or_none()
    return None if row is None else Job._make(row)


async def retry(connection: Transaction, job_id: str, at: datetime, tenant_scope: TenantScope) -> Job | None:
    """Makes a dead job due as if it had not been tried, except for a call with unknown outcome. Returns None if it is
    not dead."""
    table, dead = tables.jobs, _is_dead(job_id, tenant_scope)
    # One attempt stays counted, so that the next one searches for effects of earlier attempts.
    woken = {"status": str(JobStatus.WAITING), "attempts": 1, "run_at": at, "finished_at": None, "lease_until": None}
    if not (await connection.execute(update(table).where(dead).values(woken))).rowcount:
        return None
    return Job._make((await connection.execute(JOBS.select().where(table.c.id == job_id))).one())


async def discard(connection: Transaction, job_id: str, at: datetime, tenant_scope: TenantScope) -> bool:
    """Discards a dead job. Returns whether it was dead."""
    discarded = {"status": str(JobStatus.DISCARDED), "finished_at": at}
    changed = update(tables.jobs).where(_is_dead(job_id, tenant_scope)).values(discarded)
    return bool((await connection.execute(changed)).rowcount)


def _is_dead(job_id: str, tenant_scope: TenantScope) -> ColumnElement[bool]:
    of = tables.jobs.c
    return (of.id == job_id) & (of.status == str(JobStatus.DEAD)) & in_scope(of.tenant_id, tenant_scope)


async def give_up(connection: Transaction, job: Job, error: str, at: datetime) -> None:
    """Finishes a job of this attempt. Raises: LeaseLost."""
    dead = {"status": str(JobStatus.DEAD), "finished_at": at, "last_error": error[:LONGEST_ERROR]}
    failed = {"failures": tables.jobs.c.failures + 1}
    await _change(connection, job, {**dead, **failed, "lease_owner": None, "lease_until": None})


async def withdraw(connection: Transaction, dedupe_key: str, at: datetime) -> bool:
    """Finishes a job that is not claimed. If a worker claims it at the same time, the worker keeps it."""
    table = tables.jobs
    untouched = (
        (table.c.dedupe_key == dedupe_key) & (table.c.status == str(JobStatus.WAITING)) & (table.c.attempts == 0)
    )
    ended = {"status": str(JobStatus.DONE), "finished_at": at, "last_error": "withdrawn before it was begun"}
    return bool((await connection.execute(update(table).where(untouched).values(ended))).rowcount)


class SqlJobQueue:
    """Implements the `JobQueue` port. Every change checks that the job still belongs to the attempt."""

    def __init__(self, database: Database, lease: timedelta) -> None:
        self._database = database
        self._lease = lease
        # The tenant of each service that was served last.
        self._served: dict[Service, int] = {}

    async def claim(self, owner: str, now: datetime, free: Mapping[Service, int]) -> list[Job]:
        turns = await self._turns(now, free)
        if not turns:
            return []
        # Only now, because writing takes the lock of the whole database on SQLite.
        async with self._database.write.begin() as connection:
            found: list[str] = []
            for turn, number in self._shared(turns, free).items():
                given = {"of_kind": str(turn.kind), "of_tenant": turn.tenant_id, "number": number}
                lease = {"owner": owner, "now": now, "until": now + self._lease}
                found += (await connection.execute(LEASE_FIRST, {**given, **lease})).scalars()
            return await _jobs_by_id(connection, found)

    async def _turns(self, now: datetime, free: Mapping[Service, int]) -> list[Turn]:
        """The turns of the services that have free slots."""
        kinds = [str(kind) for kind, lane in LANES.items() if any(it.lane == lane for it in free)]
        async with self._database.read.connect() as connection:
            if (await connection.execute(FIRST_DUE, {"now": now})).first() is None:
                return []
            turns = await connection.execute(turns_of(self._database.dialect), {"keys": kinds, "now": now})
            return [Turn._make(it) for it in turns]

    def _shared(self, turns: Sequence[Turn], free: Mapping[Service, int]) -> dict[Turn, int]:
        """How many jobs to take of which turn. Remembers the last tenant of each service, after which others come."""
        taken: dict[Turn, int] = {}
        for service, number in free.items():
            mine = (it for it in turns if service_of(it.kind, it.environment) == service)
            if found := shares(mine, number, self._served.get(service, 0)):
                self._served[service] = list(found)[-1].tenant_id
                taken |= found
        return taken

    async def renew(self, jobs: Sequence[Job], now: datetime) -> list[Job]:
        columns = tables.jobs.c
        ids = [it.id for it in jobs]
        # A job that has ended and was woken still names its last owner, but has no lease.
        leased = (IS_WAITING, columns.lease_owner == jobs[0].lease_owner, columns.lease_until.is_not(None))
        renewed = update(tables.jobs).where(columns.id.in_(ids), *leased)
        async with self._database.write.begin() as connection:
            kept = await connection.execute(renewed.values(lease_until=now + self._lease).returning(columns.id))
            if len(kept.all()) == len(jobs):
                return []
            named = select(columns.id, columns.attempts, columns.lease_owner).where(columns.id.in_(ids))
            found = {job_id: (attempts, owner) for job_id, attempts, owner in await connection.execute(named)}
        return [it for it in jobs if _is_lost(it, found.get(it.id))]

    async def mark_sent(self, job: Job, at: datetime | None) -> None:
        await self._change(job, {"sent_at": at})

    async def finish(self, job: Job, now: datetime) -> None:
        woken, waiting = tables.jobs.c.run_at != job.run_at, str(JobStatus.WAITING)
        values = {
            "status": case((woken, waiting), else_=str(JobStatus.DONE)),
            "finished_at": case((woken, null()), else_=literal(now, tables.jobs.c.finished_at.type)),
            "last_error": None,
            "failures": 0,
            "lease_owner": None,
            "lease_until": None,
        }
        await self._change(job, values)

    async def repeat(self, job: Job, again: Again) -> None:
        columns = tables.jobs.c
        woken = columns.run_at != job.run_at
        message = again.error or again.waits
        # A waiting job has neither failed nor made progress.
        failures = columns.failures if again.waits else literal(0)
        values = {
            "run_at": case((woken, columns.run_at), else_=literal(again.at, columns.run_at.type)),
            "last_error": message[:LONGEST_ERROR] if message else None,
            "failures": columns.failures + 1 if again.error else failures,
            "lease_owner": None,
            "lease_until": None,
        }
        await self._change(job, values)

    async def postpone(self, job: Job, error: str, until: datetime) -> None:
        freed = {"lease_owner": None, "lease_until": None}
        failures = tables.jobs.c.failures + 1
        await self._change(job, {"last_error": error[:LONGEST_ERROR], "failures": failures, "run_at": until, **freed})

    async def _change(self, job: Job, values: dict[str, Any]) -> None:
        async with self._database.write.begin() as connection:
            await _change(connection, job, values)


async def _jobs_by_id(connection: AsyncConnection, ids: Sequence[str]) -> list[Job]:
    """The jobs, the longest due first."""
    if not ids:
        return []
    mine = JOBS.select().where(tables.jobs.c.id.in_(ids)).order_by(tables.jobs.c.run_at, tables.jobs.c.id)
    return [Job._make(row) for row in await connection.execute(mine)]


def _is_lost(job: Job, found: tuple[int, str | None] | None) -> bool:
    """Whether another attempt has taken over a job. One that has ended, or was put off, by its own attempt is not
    lost, though it has no lease."""
    if found is None:
        return True
    attempts, owner = found
    return attempts != job.attempts or owner not in (None, job.lease_owner)


async def _change(connection: AsyncConnection | Transaction, job: Job, values: dict[str, Any]) -> None:
    """Updates a job of this attempt. Raises: LeaseLost."""
    table = tables.jobs
    mine = (table.c.id == job.id) & (table.c.lease_owner == job.lease_owner) & (table.c.attempts == job.attempts)
    if not (await connection.execute(update(table).where(mine).values(values))).rowcount:
        raise LeaseLost(f"job {job.id} was taken over")
