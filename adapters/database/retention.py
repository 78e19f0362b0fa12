"""Deletes expired data: finished jobs, ended deliveries of webhooks, outcomes of idempotent mutations, usage of the
schema, stream tickets that nobody used, notices of connected systems, access tokens that ended long ago, buckets that
are full, and events if set.

Rows are deleted in batches, each a short transaction, so that other transactions do not wait. Dead jobs are kept:
operators have to handle them, and they record calls with an unknown outcome.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.access.tables import access_tokens
from adapters.database.companies.tables import tenants
from adapters.database.connections.tables import connection_notices
from adapters.database.core.engine import Database
from adapters.database.history.tables import events
from adapters.database.idempotency.tables import idempotency_keys
from adapters.database.jobs import tables
from adapters.database.rate_limits.tables import rate_limits
from adapters.database.stream_tickets.tables import stream_tickets
from adapters.database.usage.tables import schema_usage
from adapters.database.webhooks.tables import webhook_deliveries
from domain.access.access_tokens import KEPT_DAYS
from domain.connections.notices import NOTICE_DAYS
from domain.rate_limits.buckets import SECOND
from domain.shared.jobs import JobStatus
from domain.webhooks.deliveries import DeliveryStatus

SLICE = 1_000


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long data is kept; None: forever."""

    jobs: timedelta | None = timedelta(days=30)
    idempotency_keys: timedelta | None = timedelta(hours=24)
    events: timedelta | None = None
    usage: timedelta | None = timedelta(days=400)
    webhook_deliveries: timedelta | None = timedelta(days=30)


class SqlRetention:
    """Deletes expired data."""

    def __init__(self, database: Database, retention_periods: RetentionPeriods, slice_size: int = SLICE) -> None:
        self._database = database
        self._retention_periods = retention_periods
        self._size = slice_size

    async def purge(self, now: datetime, pause: Callable[[], Awaitable[None]]) -> dict[str, int]:
        """Deletes expired data, with a pause after each batch. Returns the number of rows by table."""
        kept, found = self._retention_periods, dict[str, int]()
        if kept.jobs is not None:
            jobs = [_jobs(status, now - kept.jobs, self._size) for status in (JobStatus.DONE, JobStatus.DISCARDED)]
            found["jobs"] = sum([await self._all(it, pause) for it in jobs])
        if kept.idempotency_keys is not None:
            found["idempotency_keys"] = await self._all(_used_keys(now - kept.idempotency_keys, self._size), pause)
        found["stream_tickets"] = await self._all(_expired_tickets(now, self._size), pause)
        found["rate_limits"] = await self._all(_full_buckets(now, self._size), pause)
        ended_tokens = _ended_tokens(now - timedelta(days=KEPT_DAYS), self._size)
        found["access_tokens"] = await self._all(ended_tokens, pause)
        notices = _old_notices(now - timedelta(days=NOTICE_DAYS), self._size)
        found["connection_notices"] = await self._all(notices, pause)
        if kept.usage is not None:
            found["schema_usage"] = await self._all(_old_usage(now - kept.usage, self._size), pause)
        if kept.webhook_deliveries is not None:
            ended = _ended_deliveries(now - kept.webhook_deliveries, self._size)
            found["webhook_deliveries"] = await self._all(ended, pause)
        if kept.events is not None:
            found["events"] = 0
            for tenant_id in await self._tenants():
                found["events"] += await self._events(tenant_id, now - kept.events, pause)
        return found

    async def _all(self, statement: Any, pause: Callable[[], Awaitable[None]]) -> int:
        total = 0
        while deleted := await self._slice(statement):
            total += deleted
            await pause()
            if deleted < self._size:
                break
        return total

    async def _slice(self, statement: Any) -> int:
        async with self._database.write.begin() as connection:
            return int((await connection.execute(statement)).rowcount)

    async def _events(self, tenant_id: int, before: datetime, pause: Callable[[], Awaitable[None]]) -> int:
        """Selects a tenant's oldest events, without gaps, so that subscriptions can resume from the remaining ones."""
        last = await self._last_before(tenant_id, before)
        return 0 if last is None else await self._all(_oldest_events(tenant_id, last, self._size), pause)

    async def _last_before(self, tenant_id: int, before: datetime) -> int | None:
        columns = events.c
        async with self._database.read.connect() as connection:
            first_kept = await _number(
                connection, func.min(columns.number), columns.tenant_id == tenant_id, columns.occurred_at >= before
            )
            if first_kept is not None:
                return first_kept - 1
            return await _number(connection, func.max(columns.number), columns.tenant_id == tenant_id)

    async def _tenants(self) -> list[int]:
        async with self._database.read.connect() as connection:
            return list((await connection.execute(select(tenants.c.id))).scalars())


async def _number(connection: AsyncConnection, which: Any, *where: Any) -> int | None:
    found: int | None = (await connection.execute(select(which).where(*where))).scalar_one()
    return found


def _jobs(status: JobStatus, before: datetime, size: int) -> Any:
    table = tables.jobs
    # By the time they ran, which has an index.
    ended = (table.c.status == str(status)) & (table.c.run_at < before) & (table.c.finished_at < before)
    return delete(table).where(table.c.id.in_(_first(select(table.c.id).where(ended).order_by(table.c.run_at), size)))


def _ended_deliveries(before: datetime, size: int) -> Any:
    """Those that have succeeded or failed; their attempts go with them."""
    table = webhook_deliveries
    ended = (table.c.status != str(DeliveryStatus.PENDING)) & (table.c.created_at < before)
    first = _first(select(table.c.id).where(ended).order_by(table.c.created_at), size)
    return delete(table).where(table.c.id.in_(first))


def _used_keys(before: datetime, size: int) -> Any:
    table = idempotency_keys
    mine = select(table.c.api_key_id, table.c.key).where(table.c.created_at < before).order_by(table.c.created_at)
    return delete(table).where(tuple_(table.c.api_key_id, table.c.key).in_(_first(mine, size)))


def _expired_tickets(now: datetime, size: int) -> Any:
    table = stream_tickets
    first = _first(select(table.c.hash).where(table.c.expires_at < now).order_by(table.c.expires_at), size)
    return delete(table).where(table.c.hash.in_(first))


def _old_notices(before: datetime, size: int) -> Any:
    table = connection_notices
    first = _first(select(table.c.id).where(table.c.received_at < before).order_by(table.c.received_at), size)
    return delete(table).where(table.c.id.in_(first))


def _full_buckets(now: datetime, size: int) -> Any:
    """Those that have been full for an hour, whatever the clocks say: they are as if nothing was ever taken."""
    table = rate_limits
    full = table.c.full_at < int((now - timedelta(hours=1)).timestamp()) * SECOND
    return delete(table).where(table.c.payer.in_(_first(select(table.c.payer).where(full), size)))


def _ended_tokens(before: datetime, size: int) -> Any:
    table = access_tokens
    first = _first(select(table.c.id).where(table.c.expires_at < before).order_by(table.c.expires_at), size)
    return delete(table).where(table.c.id.in_(first))


def _old_usage(before: datetime, size: int) -> Any:
    table = schema_usage
    key = (table.c.day, table.c.field, table.c.client, table.c.client_version)
    mine = select(*key).where(table.c.day < before.astimezone(UTC).date().isoformat()).order_by(table.c.day)
    return delete(table).where(tuple_(*key).in_(_first(mine, size)))


def _oldest_events(tenant_id: int, last: int, size: int) -> Any:
    table = events
    mine = (table.c.tenant_id == tenant_id) & (table.c.number <= last)
    first = _first(select(table.c.number).where(mine).order_by(table.c.number), size)
    return delete(table).where(table.c.tenant_id == tenant_id, table.c.number.in_(first))


def _first(statement: Select[Any], size: int) -> Select[Any]:
    return statement.limit(size)
