"""The job queue, in a table of our own: no library enqueues in our transaction and survives a killed worker on both
databases."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from operator import ge
from typing import Any

from sqlalchemy import Select, case, func, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import LoaderSpec, compares, one, one_of, paged, times
from adapters.database.core.row_mapping import in_scope, row_mapping
from adapters.database.core.write_statements import upsert_into
from adapters.database.jobs import tables
from domain.shared.access import TenantScope
from domain.shared.ids import new_id
from domain.shared.jobs import URGENT, Again, Job, JobStatus, JobType, LeaseLost, NewJob

LONGEST_ERROR = 2000

JOBS = row_mapping(
    Job,
    tables.jobs,
    source=tables.jobs.join(tenants),
    environment=tenants.c.environment,
)

_URGENT = tables.jobs.c.kind.in_([str(kind) for kind in sorted(URGENT)])

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


async def enqueue(connection: AsyncConnection, jobs: Sequence[tuple[int, NewJob]], at: datetime) -> None:
    """Writes jobs of tenants. A job with an existing dedupe key is skipped, or the existing one is woken."""
    for wakes in (False, True):
        if values := [_values(tenant_id, job, at) for tenant_id, job in jobs if job.wakes == wakes]:
            await connection.execute(_enqueuing(connection.dialect.name, wakes), values)


@cache
def _enqueuing(dialect: str, wakes: bool) -> Any:
    jobs, found = upsert_into(tables.jobs, dialect), ["dedupe_key"]
    if not wakes:
        return jobs.on_conflict_do_nothing(index_elements=found)
    return jobs.on_conflict_do_update(index_elements=found, set_=_woken(jobs.excluded.run_at))


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


async def find(connection: AsyncConnection, job_id: str, tenant_scope: TenantScope) -> Job | None:
    """A job in the tenant scope."""
    mine = JOBS.select().where(tables.jobs.c.id == job_id, in_scope(tables.jobs.c.tenant_id, tenant_scope))
    row = (await connection.execute(mine)).one_or_none()
    return None if row is None else Job._make(row)


async def retry(connection: AsyncConnection, job_id: str, at: datetime, tenant_scope: TenantScope) -> Job | None:
    """Makes a dead job due as if it had not been tried, except for a call with unknown outcome. Returns None if it is
    not dead."""
    table = tables.jobs
    dead = (table.c.id == job_id) & (table.c.status == str(JobStatus.DEAD)) & in_scope(table.c.tenant_id, tenant_scope)
    # One attempt stays counted, so that the next one searches for effects of earlier attempts.
    woken = {"status": str(JobStatus.WAITING), "attempts": 1, "run_at": at, "finished_at": None, "lease_until": None}
    if not (await connection.execute(update(table).where(dead).values(woken))).rowcount:
        return None
    return Job._make((await connection.execute(JOBS.select().where(table.c.id == job_id))).one())


async def give_up(connection: AsyncConnection, job: Job, error: str, at: datetime) -> None:
    """Finishes a job of this attempt. Raises: LeaseLost."""
    dead = {"status": str(JobStatus.DEAD), "finished_at": at, "last_error": error[:LONGEST_ERROR]}
    failed = {"failures": tables.jobs.c.failures + 1}
    await _change(connection, job, {**dead, **failed, "lease_owner": None, "lease_until": None})


async def withdraw(connection: AsyncConnection, dedupe_key: str, at: datetime) -> bool:
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

    async def claim(self, owner: str, now: datetime, urgent: bool = False) -> Job | None:
        table = tables.jobs
        order = (case((_URGENT, 0), else_=1), table.c.run_at, table.c.id)
        first = _due(now, urgent).order_by(*order).limit(1).with_for_update(skip_locked=True).scalar_subquery()
        claimed = {"attempts": table.c.attempts + 1, "lease_owner": owner, "lease_until": now + self._lease}
        async with self._database.write.begin() as connection:
            taken = update(table).where(table.c.id == first).values(claimed).returning(table.c.id)
            job_id = (await connection.execute(taken)).scalar_one_or_none()
            if job_id is None:
                return None
            return Job._make((await connection.execute(JOBS.select().where(table.c.id == job_id))).one())

    async def failing(self) -> dict[JobType, int]:
        """Returns the number of failing jobs of each kind."""
        columns = tables.jobs.c
        failing = select(columns.kind, func.count()).where(
            columns.status == str(JobStatus.WAITING), columns.failures > 0
        )
        async with self._database.read.connect() as connection:
            return {JobType(kind): count for kind, count in await connection.execute(failing.group_by(columns.kind))}

    async def idle(self, now: datetime, urgent: bool = False) -> bool:
        """Whether no job is due. Checked before claiming, which takes the write lock on SQLite."""
        async with self._database.read.connect() as connection:
            return (await connection.execute(_due(now, urgent).limit(1))).first() is None

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


def _due(now: datetime, urgent: bool) -> Select[Any]:
    columns = tables.jobs.c
    free = or_(columns.lease_until.is_(None), columns.lease_until <= now)
    due = select(columns.id).where(columns.status == str(JobStatus.WAITING), columns.run_at <= now, free)
    return due.where(_URGENT) if urgent else due


async def _change(connection: AsyncConnection, job: Job, values: dict[str, Any]) -> None:
    """Updates a job of this attempt. Raises: LeaseLost."""
    table = tables.jobs
    mine = (table.c.id == job.id) & (table.c.lease_owner == job.lease_owner) & (table.c.attempts == job.attempts)
    if not (await connection.execute(update(table).where(mine).values(values))).rowcount:
        raise LeaseLost(f"job {job.id} was taken over")
