"""Webhook endpoints with deliveries and attempts, for the demo data, which has none."""

from sqlalchemy import insert, select, update

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import Database
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from adapters.database.webhooks.tables import webhook_attempts, webhook_deliveries
from app.external import NoExternalServices
from app.wiring import utc_now
from domain.ports.dependencies import Dependencies
from domain.shared.access import Caller, Environment, Scope
from domain.shared.ids import new_id
from domain.shared.jobs import DEFAULT_RETRY_POLICY
from domain.use_cases.webhooks.endpoints import CreateWebhookEndpoint, create_webhook_endpoint
from domain.use_cases.webhooks.redelivering import ReplayWebhookEvents, replay_webhook_events
from domain.webhooks.endpoints import WebhookFormat
from tests.fakes.webhooks import PlainSecretBox

EVENTS = (["*"], ["quote.*", "asset.added"])
EVER = "2000-01-01"
DELIVERED = 40


async def add_webhooks(database: Database) -> None:
    """Give each company two endpoints with all that has happened, and record attempts of some deliveries."""
    ledger = SqlUnitOfWorkFactory(database, lambda _: [], utc_now)
    queue = SqlJobQueue(database, DEFAULT_RETRY_POLICY.lease)
    deps = Dependencies(ledger.begin, queue, NoExternalServices(), utc_now, new_id, secret_box=PlainSecretBox())
    async with database.read.connect() as connection:
        live = select(tenants.c.id).where(tenants.c.environment == str(Environment.LIVE))
        tenant_ids = list((await connection.execute(live)).scalars())
    for tenant_id in tenant_ids:
        caller = Caller(new_id(), "A test's key", Environment.LIVE, None, tenant_id, frozenset(map(str, Scope)))
        for events in EVENTS:
            details = {"url": "https://hooks.example/", "events": events}
            made = await create_webhook_endpoint(deps, caller, CreateWebhookEndpoint(details, WebhookFormat.STANDARD))
            endpoint_id = made.id_of("WebhookEndpoint")
            assert endpoint_id is not None
            await replay_webhook_events(deps, caller, ReplayWebhookEvents(endpoint_id, EVER))
    await _deliver_some(database)


async def _deliver_some(database: Database) -> None:
    of = webhook_deliveries.c
    async with database.write.begin() as connection:
        some = await connection.execute(select(of.id, of.tenant_id).order_by(of.sequence, of.id).limit(DELIVERED))
        for number, (delivery_id, tenant_id) in enumerate(some.all()):
            done = {"status": "SUCCESS", "payload": f'{{"data":{{"n":{number}}}}}', "delivered_at": utc_now()}
            await connection.execute(update(webhook_deliveries).where(of.id == delivery_id).values(**done))
            for attempt in range(1, 1 + number % 3):
                row = {"delivery_id": delivery_id, "number": attempt, "at": utc_now(), "latency_ms": number}
                await connection.execute(insert(webhook_attempts), {**row, "tenant_id": tenant_id})
