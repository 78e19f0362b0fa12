"""The store and loaders of webhook endpoints, their deliveries and attempts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from operator import eq
from typing import Any

from sqlalchemy import delete, func, insert, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.core.loader_specs import LoaderSpec, compares, many, one, one_of, paged, times
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, in_scope, row_mapping
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import upsert_into
from adapters.database.history.events import EVENTS
from adapters.database.history.tables import events
from adapters.database.webhooks.tables import webhook_attempts, webhook_deliveries, webhook_endpoints
from domain.shared.access import TenantScope
from domain.shared.events import Event, EventType
from domain.webhooks.deliveries import DeliveryStatus, WebhookAttempt, WebhookDelivery
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint

ENDPOINTS = row_mapping(WebhookEndpoint, webhook_endpoints)
DELIVERIES = row_mapping(WebhookDelivery, webhook_deliveries)
ATTEMPTS = row_mapping(WebhookAttempt, webhook_attempts)

WEBHOOK_LOADERS: dict[str, LoaderSpec] = {
    "webhook_endpoint": one(ENDPOINTS),
    "webhook_delivery": one(DELIVERIES),
    "attempts_by_webhook_delivery": many(ATTEMPTS, key="delivery_id", order=("number",)),
    "webhook_endpoints": paged(
        ENDPOINTS,
        parent="tenant_id",
        orders={"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"},
        filters={
            "is_active": compares(webhook_endpoints.c.is_active, eq),
            **times(webhook_endpoints.c.created_at, webhook_endpoints.c.updated_at),
        },
    ),
    "webhook_deliveries_by_endpoint": paged(
        DELIVERIES,
        parent="endpoint_id",
        orders={"CREATED_AT": "created_at"},
        filters={
            "status": one_of(webhook_deliveries.c.status),
            "event_type": one_of(webhook_deliveries.c.event_type),
            **times(webhook_deliveries.c.created_at, webhook_deliveries.c.updated_at),
        },
    ),
}

# What a delivery keeps when it is queued again.
_KEPT = {"id", "attempt_count", "last_response_status"}


class SqlWebhooks:
    """Implements the `WebhookStore` port in one unit of work. Callers have locked the endpoint before any change."""

    def __init__(self, connection: AsyncConnection | Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def count(self, tenant_id: int) -> int:
        mine = select(func.count()).where(webhook_endpoints.c.tenant_id == tenant_id)
        number: int = (await self._connection.execute(mine)).scalar_one()
        return number

    async def lock(self, endpoint_id: str) -> WebhookEndpoint | None:
        condition = webhook_endpoints.c.id == endpoint_id
        locked: WebhookEndpoint | None = await lock_row(self._connection, ENDPOINTS, condition, self._tenant_scope)
        return locked

    async def secrets(self, endpoint_id: str) -> EndpointSecrets:
        columns = webhook_endpoints.c
        statement = select(*(columns[name] for name in EndpointSecrets._fields)).where(columns.id == endpoint_id)
        return EndpointSecrets._make((await self._connection.execute(statement)).one())

    async def add(self, endpoint: WebhookEndpoint, secrets: EndpointSecrets) -> None:
        row = {**column_values(endpoint, webhook_endpoints), **secrets._asdict()}
        await self._connection.execute(insert(webhook_endpoints), row)

    async def save(self, endpoint: WebhookEndpoint) -> None:
        await self._change(endpoint, column_values(endpoint, webhook_endpoints))

    async def save_secrets(self, endpoint: WebhookEndpoint, secrets: EndpointSecrets) -> None:
        await self._change(endpoint, {"secret_prefix": endpoint.secret_prefix, **secrets._asdict()})

    async def remove(self, endpoint: WebhookEndpoint) -> None:
        await self._connection.execute(delete(webhook_endpoints).where(webhook_endpoints.c.id == endpoint.id))

    async def fail_pending(self, endpoint: WebhookEndpoint, error: str) -> None:
        columns = webhook_deliveries.c
        pending = (columns.endpoint_id == endpoint.id) & (columns.status == str(DeliveryStatus.PENDING))
        failed = {"status": str(DeliveryStatus.FAILED), "last_error": error, "next_attempt_at": null()}
        await self._connection.execute(update(webhook_deliveries).where(pending).values(failed))

    async def drop_payloads(self, endpoint: WebhookEndpoint) -> None:
        columns = webhook_deliveries.c
        written = (columns.endpoint_id == endpoint.id) & columns.payload.is_not(None)
        await self._connection.execute(update(webhook_deliveries).where(written).values(payload=null()))

    async def endpoint_of_delivery(self, delivery_id: str) -> str | None:
        columns = webhook_deliveries.c
        mine = (columns.id == delivery_id, in_scope(columns.tenant_id, self._tenant_scope))
        found: str | None = (
            await self._connection.execute(select(columns.endpoint_id).where(*mine))
        ).scalar_one_or_none()
        return found

    async def lock_delivery(self, delivery_id: str) -> WebhookDelivery | None:
        condition = webhook_deliveries.c.id == delivery_id
        locked: WebhookDelivery | None = await lock_row(self._connection, DELIVERIES, condition, self._tenant_scope)
        return locked

    async def save_delivery(self, delivery: WebhookDelivery) -> None:
        table = webhook_deliveries
        values = column_values(delivery, table)
        await self._connection.execute(update(table).where(table.c.id == delivery.id).values(values))

    async def events(
        self, tenant_id: int, types: Collection[EventType], since: datetime, until: datetime, limit: int
    ) -> Sequence[Event]:
        columns = events.c
        mine = (
            columns.tenant_id == tenant_id,
            columns.type.in_(sorted(types)),
            columns.occurred_at >= since,
            columns.occurred_at <= until,
        )
        statement = EVENTS.select().where(*mine).order_by(columns.occurred_at, columns.number).limit(limit)
        return EVENTS.read(await self._connection.execute(statement))

    async def queue(self, deliveries: Sequence[WebhookDelivery]) -> None:
        if deliveries:
            rows = [column_values(it, webhook_deliveries) for it in deliveries]
            await self._connection.execute(_queueing(self._connection.dialect.name), rows)

    async def _change(self, endpoint: WebhookEndpoint, values: dict[str, Any]) -> None:
        table = webhook_endpoints
        await self._connection.execute(update(table).where(table.c.id == endpoint.id).values(values))


@cache
def _queueing(dialect: str) -> Any:
    """Inserts deliveries, or resets those of the same event."""
    statement = upsert_into(webhook_deliveries, dialect)
    names = [name for name in WebhookDelivery._fields if name not in _KEPT | {"created_at"}]
    reset = {name: statement.excluded[name] for name in names}
    return statement.on_conflict_do_update(index_elements=["endpoint_id", "event_id"], set_=reset)
