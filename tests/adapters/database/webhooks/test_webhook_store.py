"""Webhook endpoints and deliveries come back as they were stored, on both databases."""

from dataclasses import replace
from datetime import timedelta

from adapters.database.core.engine import Database
from domain.shared.access import Environment, TenantScope
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import RowId, new_id
from domain.webhooks.deliveries import DISABLED_ERROR, DeliveryStatus, WebhookDelivery
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint
from tests.builders import ANA, LATER, NOW, a_delivery, an_endpoint
from tests.databases import LIVE, a_company, dependencies_on, rows_of

SECRETS = EndpointSecrets("sealed")


async def stored(database: Database, *deliveries: WebhookDelivery) -> WebhookEndpoint:
    """An endpoint of a new company, with these deliveries."""
    endpoint = an_endpoint(tenant_id=(await a_company(database)).live)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhooks.add(endpoint, SECRETS)
        mine = [it._replace(endpoint_id=endpoint.id, tenant_id=endpoint.tenant_id) for it in deliveries]
        await work.webhooks.queue(mine)
        await work.commit()
    return endpoint


def without_times(row):
    """A row without the times that are noted where it is written."""
    return row._replace(created_at=None, updated_at=None)


async def test_an_endpoint_comes_back_as_it_was_stored_and_its_secrets_apart(database):
    endpoint = await stored(database)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        assert without_times(await work.webhooks.lock(endpoint.id)) == without_times(endpoint)
        assert await work.webhooks.secrets(endpoint.id) == SECRETS
        assert (await work.webhooks.count(endpoint.tenant_id), await work.webhooks.count(0)) == (1, 0)
        rotated = EndpointSecrets("new", "sealed", LATER)
        await work.webhooks.save(endpoint._replace(url="https://other.example/", is_active=False))
        await work.webhooks.save_secrets(endpoint._replace(secret_prefix="12345678"), rotated)
        saved = await work.webhooks.lock(endpoint.id)
        assert saved is not None
        assert (saved.url, saved.is_active, saved.secret_prefix) == ("https://other.example/", False, "12345678")
        assert await work.webhooks.secrets(endpoint.id) == rotated


async def test_another_tenant_has_neither_the_endpoint_nor_its_deliveries(database):
    endpoint = await stored(database, delivery := a_delivery())
    other = TenantScope(Environment.LIVE, endpoint.tenant_id + 1)
    async with dependencies_on(database).unit_of_work(other) as work:
        assert await work.webhooks.lock(endpoint.id) is None
        assert await work.webhooks.endpoint_of_delivery(RowId(delivery.id)) is None
        assert await work.webhooks.lock_delivery(delivery.id) is None


async def test_a_delivery_that_is_queued_again_keeps_its_id_and_its_attempts(database):
    done = a_delivery(status=DeliveryStatus.SUCCESS, attempt_count=3, attempts_left=0, payload="{}", delivered_at=NOW)
    endpoint = await stored(database, done)
    again = a_delivery(event_id=done.event_id, endpoint_id=endpoint.id, tenant_id=endpoint.tenant_id)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhooks.queue([again])
        await work.commit()
        now = await work.webhooks.lock_delivery(done.id)
    assert without_times(now) == without_times(again._replace(id=done.id, attempt_count=3))


async def test_the_pending_deliveries_of_an_endpoint_fail_together(database):
    pending, done = a_delivery(), a_delivery(status=DeliveryStatus.SUCCESS, next_attempt_at=None)
    endpoint = await stored(database, pending, done)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhooks.fail_pending(endpoint, DISABLED_ERROR)
        failed, other = [await work.webhooks.lock_delivery(it.id) for it in (pending, done)]
    assert failed is not None
    assert (failed.status, failed.last_error) == (DeliveryStatus.FAILED, DISABLED_ERROR)
    assert failed.next_attempt_at is None
    assert other is not None
    assert other.status == DeliveryStatus.SUCCESS


async def test_the_bodies_of_an_endpoint_are_forgotten_and_those_of_another_kept(database):
    endpoint = await stored(database, a_delivery(payload="{}"))
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        other = an_endpoint(tenant_id=endpoint.tenant_id)
        await work.webhooks.add(other, SECRETS)
        await work.webhooks.queue(
            [a_delivery(endpoint_id=other.id, tenant_id=other.tenant_id, payload="{}", sequence=2)]
        )
        await work.webhooks.drop_payloads(endpoint)
        await work.commit()
    found = await rows_of(database, "SELECT payload FROM webhook_deliveries ORDER BY sequence")
    assert [it for (it,) in found] == [None, "{}"]


async def test_an_endpoint_goes_with_its_deliveries_and_attempts(database):
    endpoint = await stored(database, delivery := a_delivery())
    async with database.write.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO webhook_attempts (tenant_id, delivery_id, number, at, latency_ms) "
            f"SELECT tenant_id, id, 1, created_at, 5 FROM webhook_deliveries WHERE id = '{delivery.id}'"
        )
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhooks.remove(endpoint)
        await work.commit()
    for table in ("webhook_endpoints", "webhook_deliveries", "webhook_attempts"):
        assert await rows_of(database, f"SELECT * FROM {table}") == []


async def test_events_are_read_by_type_and_time_in_order(database):
    endpoint = await stored(database)
    tenant_id = endpoint.tenant_id
    event = NewEvent(EventType.QUOTE_PENDING, tenant_id, endpoint.ref, ANA, NOW)
    others = replace(event, type=EventType.QUOTE_VIEWED), replace(event, occurred_at=LATER)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        assert await work.tenants.lock(tenant_id) == 0
        for it in (event, *others):
            work.record(it)
        await work.commit()
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        assert await work.tenants.lock(tenant_id) == 3
        types = {EventType.QUOTE_PENDING}
        found = await work.webhooks.events(tenant_id, types, NOW, LATER, 10)
        assert [(it.number, it.type, it.occurred_at) for it in found] == [
            (1, EventType.QUOTE_PENDING, NOW),
            (3, EventType.QUOTE_PENDING, LATER),
        ]
        assert await work.webhooks.events(tenant_id, types, NOW, LATER - timedelta(microseconds=1), 10) == found[:1]
        assert await work.webhooks.events(tenant_id, types, NOW, LATER, 1) == found[:1]
        assert await work.webhooks.events(tenant_id + 1, types, NOW, LATER, 10) == []


async def test_the_earliest_events_come_first_whatever_their_numbers(database):
    endpoint = await stored(database)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        for at in (LATER, NOW, LATER):
            work.record(NewEvent(EventType.QUOTE_PENDING, endpoint.tenant_id, endpoint.ref, ANA, at))
        await work.commit()
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        found = await work.webhooks.events(endpoint.tenant_id, {EventType.QUOTE_PENDING}, NOW, LATER, 2)
    assert [it.number for it in found] == [2, 1]


async def test_a_delivery_is_saved_whole(database):
    endpoint = await stored(database, delivery := a_delivery())
    changed = delivery._replace(
        tenant_id=endpoint.tenant_id,
        endpoint_id=endpoint.id,
        status=DeliveryStatus.FAILED,
        attempt_count=8,
        attempts_left=0,
        last_response_status=500,
        last_error="The endpoint answered with status 500.",
        next_attempt_at=None,
        payload='{"id":"' + new_id() + '"}',
    )
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhooks.save_delivery(changed)
        assert without_times(await work.webhooks.lock_delivery(delivery.id)) == without_times(changed)
