"""The kinds of jobs that have nothing but failures, one row each, shared by all workers and kept over restarts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import Database
from adapters.database.core.write_statements import upsert_into
from adapters.database.jobs.tables import IS_WAITING, job_alarms, jobs
from domain.shared.access import Environment
from domain.shared.job_health import JobAlarm, KindHealth
from domain.shared.jobs import JobType

# How long a worker has to send the e-mail of an alarm.
LEASE = timedelta(minutes=1)

_RETRIED = (
    exists()
    .where(IS_WAITING, jobs.c.kind == job_alarms.c.kind, jobs.c.failures > 0)
    .where(tenants.c.id == jobs.c.tenant_id, tenants.c.environment == str(Environment.LIVE))
    .correlate(job_alarms)
)
_ALARMS = select(*(job_alarms.c[it] for it in JobAlarm._fields if it != "is_retried"), _RETRIED)


class SqlJobAlarms:
    """Implements the `JobAlarms` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, health: Mapping[JobType, KindHealth]) -> None:
        if not health:
            return
        async with self._database.read.connect() as connection:
            stored = set((await connection.execute(select(job_alarms.c.kind))).scalars())
        changed = {kind: it for kind, it in health.items() if it.failures or kind in stored}
        if not changed:
            return
        async with self._database.write.begin() as connection:
            for kind, it in sorted(changed.items()):
                await self._write(connection, kind, it)

    async def _write(self, connection: AsyncConnection, kind: JobType, health: KindHealth) -> None:
        if health.succeeded_at is not None:
            recovered = (job_alarms.c.kind == str(kind), job_alarms.c.failing_since <= health.succeeded_at)
            await connection.execute(delete(job_alarms).where(*recovered))
        if not health.failures:
            return
        error = (await connection.execute(select(jobs.c.last_error).where(jobs.c.id == health.job_id))).scalar()
        latest: dict[str, Any] = {"last_failed_at": health.last_failed_at, "last_error": error or ""}
        first = {"kind": str(kind), "failing_since": health.failing_since, "failures": health.failures}
        more = {"failures": job_alarms.c.failures + health.failures}
        added = upsert_into(job_alarms, self._database.dialect).values(**first, **latest)
        await connection.execute(added.on_conflict_do_update(index_elements=["kind"], set_={**latest, **more}))

    async def claim_due(self, now: datetime) -> list[JobAlarm]:
        unsent = (job_alarms.c.mailed_at.is_(None), _is_free(now))
        async with self._database.read.connect() as connection:
            due = [
                it
                for row in await connection.execute(_ALARMS.where(*unsent))
                if (it := JobAlarm._make(row)).is_due(now)
            ]
        return [it for it in due if await self._set(it, {"lease_until": now + LEASE}, *unsent)]

    async def mark_mailed(self, alarm: JobAlarm, now: datetime) -> None:
        await self._set(alarm, {"mailed_at": now, "lease_until": None})

    async def _set(self, alarm: JobAlarm, values: Mapping[str, Any], *conditions: Any) -> bool:
        same = (job_alarms.c.kind == str(alarm.kind), job_alarms.c.failing_since == alarm.failing_since)
        async with self._database.write.begin() as connection:
            changed = await connection.execute(update(job_alarms).where(*same, *conditions).values(values))
            return bool(changed.rowcount)


def _is_free(now: datetime) -> Any:
    return or_(job_alarms.c.lease_until.is_(None), job_alarms.c.lease_until <= now)
