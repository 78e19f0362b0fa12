"""Webhook deliveries in the database: what is due, and what the attempts to deliver it change."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from adapters.database.companies.tables import tenants
from adapters.database.core.column_types import in_keys
from adapters.database.core.engine import Database
from adapters.database.core.row_mapping import column_values
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import ROW_ID, insert_into, insert_missing, update_by_id
from adapters.database.history.events import EVENTS
from adapters.database.history.tables import events
from adapters.database.jobs.tables import jobs
from adapters.database.webhooks.store import DELIVERIES, ENDPOINTS
from adapters.database.webhooks.tables import webhook_attempts, webhook_deliveries, webhook_endpoints
from domain.ports.webhook_stores import BehindEndpoint, LoggedEvent
from domain.shared.access import Environment, TenantScope
from domain.shared.events import Event, EventType
from domain.shared.jobs import Job, LeaseLost
from domain.webhooks.deliveries import DeliveryStatus, WebhookAttempt, WebhookDelivery
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint

_ENDPOINT, _DELIVERY, _EVENT, _JOB = webhook_endpoints.c, webhook_deliveries.c, events.c, jobs.c
_IS_ITS = _ENDPOINT.id == bindparam("endpoint_id")
_IS_BEHIND = _ENDPOINT.is_active & (tenants.c.last_event > _ENDPOINT.last_event)
_IS_PENDING = (_DELIVERY.endpoint_id == bindparam("endpoint_id")) & (_DELIVERY.status == str(DeliveryStatus.PENDING))
_SECRETS = [_ENDPOINT[name] for name in EndpointSecrets._fields]

_BEHIND = (
    select(_ENDPOINT.id, tenants.c.environment, tenants.c.id)
    .select_from(webhook_endpoints.join(tenants))
    .where(_IS_BEHIND)
    # By chance, so that those with many events leave places for others.
    .order_by(func.random())
    .limit(bindparam("limit"))
)
_WITH_SECRETS = ENDPOINTS.select().add_columns(*_SECRETS).where(_IS_ITS)
_DUE = (
    DELIVERIES.select()
    .where(_IS_PENDING, _DELIVERY.next_attempt_at <= bindparam("now", type_=_DELIVERY.next_attempt_at.type))
    .order_by(_DELIVERY.sequence)
    .limit(bindparam("limit"))
)
_NEXT_DUE = select(func.min(_DELIVERY.next_attempt_at)).where(_IS_PENDING)
_LOCKED_BEHIND = (
    ENDPOINTS.select()
    .add_columns(tenants.c.last_event)
    .join(tenants)
    .where(_IS_ITS, _IS_BEHIND)
    .with_for_update(of=webhook_endpoints, skip_locked=True)
)
_MOVED_ON = (
    update(webhook_endpoints).where(_IS_ITS).values(last_event=bindparam("number"), updated_at=_ENDPOINT.updated_at)
)
_HELD = select(_JOB.id).where(
    _JOB.id == bindparam("job_id"),
    _JOB.lease_owner == bindparam("owner"),
    _JOB.attempts == bindparam("attempts"),
)
# What an attempt changes.
_PROGRESS = (
    "status",
    "attempt_count",
    "attempts_left",
    "last_response_status",
    "last_error",
    "next_attempt_at",
    "delivered_at",
)


class SqlWebhookBacklog:
    """Implements the `WebhookBacklog` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def behind(self, limit: int) -> Sequence[BehindEndpoint]:
        return [
            BehindEndpoint(endpoint_id, TenantScope(Environment(environment), tenant_id))
            for endpoint_id, environment, tenant_id in await self._all(_BEHIND, {"limit": limit})
        ]

    async def endpoint(self, endpoint_id: str) -> tuple[WebhookEndpoint, EndpointSecrets] | None:
        found = await self._all(_WITH_SECRETS, {"endpoint_id": endpoint_id})
        for *endpoint, secret, previous, until in found:
            return WebhookEndpoint._make(endpoint), EndpointSecrets(secret, previous, until)
        return None

    async def due(self, endpoint_id: str, now: datetime, limit: int) -> Sequence[WebhookDelivery]:
        given = {"endpoint_id": endpoint_id, "now": now, "limit": limit}
        return DELIVERIES.read(await self._all(_DUE, given))

    async def next_due(self, endpoint_id: str) -> datetime | None:
        [[at]] = await self._all(_NEXT_DUE, {"endpoint_id": endpoint_id})
        return at  # type: ignore[no-any-return]

    async def events(self, event_ids: Sequence[str]) -> Mapping[str, Event]:
        statement = EVENTS.select().where(in_keys(_EVENT.id, self._database.dialect))
        found = EVENTS.read(await self._all(statement, {"keys": list(event_ids)}))
        return {it.id: it for it in found}

    async def _all(self, statement: Any, given: dict[str, Any]) -> Sequence[Any]:
        async with self._database.read.connect() as connection:
            return (await connection.execute(statement, given)).all()


class SqlWebhookDeliveries:
    """Implements the `WebhookDeliveryStore` port in one unit of work."""

    def __init__(self, connection: Transaction) -> None:
        self._connection = connection

    async def lock_behind(self, endpoint_id: str) -> tuple[WebhookEndpoint, int] | None:
        found = (await self._connection.execute(_LOCKED_BEHIND, {"endpoint_id": endpoint_id})).first()
        return None if found is None else (WebhookEndpoint._make(found[:-1]), found[-1])

    async def events_after(
        self, tenant_id: int, number: int, types: Collection[EventType], limit: int
    ) -> Sequence[LoggedEvent]:
        wanted = in_keys(_EVENT.type, self._connection.dialect.name)
        statement = select(_EVENT.id, _EVENT.number, _EVENT.type).where(
            _EVENT.tenant_id == tenant_id, _EVENT.number > number, wanted
        )
        given = {"keys": sorted(types)}
        found = await self._connection.execute(statement.order_by(_EVENT.number).limit(limit), given)
        return [LoggedEvent(event_id, number, EventType(kind)) for event_id, number, kind in found]

    async def add(self, deliveries: Sequence[WebhookDelivery]) -> None:
        if deliveries:
            rows = [column_values(it, webhook_deliveries) for it in deliveries]
            await self._connection.execute(insert_missing(webhook_deliveries, self._connection.dialect.name), rows)

    async def move_on(self, endpoint_id: str, last_event: int) -> None:
        await self._connection.execute(_MOVED_ON, {"endpoint_id": endpoint_id, "number": last_event})

    async def lock(self, delivery_ids: Sequence[str]) -> Mapping[str, WebhookDelivery]:
        statement = DELIVERIES.select().where(in_keys(_DELIVERY.id, self._connection.dialect.name)).with_for_update()
        found = DELIVERIES.read(await self._connection.execute(statement, {"keys": list(delivery_ids)}))
        return {it.id: it for it in found}

    async def hold(self, job: Job) -> None:
        given = {"job_id": job.id, "owner": job.lease_owner, "attempts": job.attempts}
        if (await self._connection.execute(_HELD, given)).first() is None:
            raise LeaseLost(f"job {job.id} was taken over")

    async def keep_payloads(self, payloads: Mapping[str, str]) -> None:
        if payloads:
            rows = [{ROW_ID: delivery_id, "new_payload": payload} for delivery_id, payload in payloads.items()]
            await self._connection.execute(update_by_id(webhook_deliveries, ("payload",)), rows)

    async def save(self, deliveries: Sequence[WebhookDelivery], attempts: Sequence[WebhookAttempt]) -> None:
        if deliveries:
            rows = [{ROW_ID: it.id} | {f"new_{name}": getattr(it, name) for name in _PROGRESS} for it in deliveries]
            await self._connection.execute(update_by_id(webhook_deliveries, _PROGRESS), rows)
        if attempts:
            await self._connection.execute(insert_into(webhook_attempts), [it._asdict() for it in attempts])
