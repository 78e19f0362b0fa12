"""What is to be delivered is found, locked and recorded, on both databases."""

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import update

from adapters.database.core.engine import Database
from adapters.database.jobs.tables import jobs
from adapters.database.webhooks.deliveries import SqlWebhookBacklog
from domain.ports.webhooks import Webhooks
from domain.shared.access import Environment, TenantScope
from domain.shared.errors import NodeRef
from domain.shared.events import EventType as E
from domain.shared.events import NewEvent
from domain.shared.ids import new_id
from domain.shared.jobs import Job, LeaseLost
from domain.use_cases.webhooks.fan_out import fan_out
from domain.webhooks.deliveries import DISABLED_ERROR, DeliveryStatus, WebhookAttempt
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint
from tests.builders import ANA, LATER, NOW, a_delivery, an_endpoint
from tests.databases import LIVE, a_company, dependencies_on, rows_of

SECRETS = EndpointSecrets("sealed", "older", LATER)
PENDING, SUCCESS = DeliveryStatus.PENDING, DeliveryStatus.SUCCESS


async def stored(database: Database, **given) -> WebhookEndpoint:
    """An endpoint of a new company."""
    endpoint = an_endpoint(tenant_id=(await a_company(database, new_id())).live, **given)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhooks.add(endpoint, SECRETS)
        await work.commit()
    return endpoint


async def happen(database: Database, tenant_id: int, *types: E) -> None:
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        for type_ in types:
            work.record(NewEvent(type_, tenant_id, NodeRef("Quote", new_id()), ANA, NOW))
        await work.commit()


def deps_of(database: Database):
    return replace(dependencies_on(database), webhooks=Webhooks(backlog=SqlWebhookBacklog(database)))


async def numbers(database: Database) -> list[int]:
    return [it for (it,) in await rows_of(database, "SELECT sequence FROM webhook_deliveries ORDER BY sequence")]


async def test_events_become_deliveries_and_wake_the_job_of_the_endpoint(database):
    endpoint = await stored(database)
    await happen(database, endpoint.tenant_id, E.QUOTE_PENDING, E.ASSET_ADDED, E.QUOTE_APPROVED)
    backlog = SqlWebhookBacklog(database)
    scope = TenantScope(Environment.LIVE, endpoint.tenant_id)
    assert await backlog.behind(10) == [(endpoint.id, scope)]
    await fan_out(deps_of(database))
    assert (await backlog.behind(10), await numbers(database)) == ([], [1, 3])
    assert await rows_of(database, "SELECT kind, dedupe_key FROM jobs") == [
        ("DELIVER_WEBHOOKS", f"webhooks:{endpoint.id}")
    ]
    due = await backlog.due(endpoint.id, NOW, 10)
    assert [(it.sequence, it.event_type, it.status, it.attempts_left) for it in due] == [
        (1, "quote.pending", PENDING, 8),
        (3, "quote.approved", PENDING, 8),
    ]
    found = await backlog.events([it.event_id for it in due])
    assert [found[it.event_id].number for it in due] == [1, 3]


async def test_every_endpoint_that_is_behind_has_its_turn_beside_those_that_always_are(database):
    endpoints = [await stored(database) for _ in range(3)]
    for it in endpoints:
        await happen(database, it.tenant_id, E.QUOTE_PENDING)
    backlog, found = SqlWebhookBacklog(database), set[str]()
    for _ in range(100):
        found |= {it.endpoint_id for it in await backlog.behind(1)}
    assert found == {it.id for it in endpoints}


async def test_considering_events_does_not_count_as_a_change_of_the_endpoint(database):
    endpoint = await stored(database)
    before = await rows_of(database, "SELECT updated_at FROM webhook_endpoints")
    await happen(database, endpoint.tenant_id, E.ASSET_ADDED)
    await fan_out(deps_of(database))
    assert await rows_of(database, "SELECT last_event FROM webhook_endpoints") == [(1,)]
    assert await rows_of(database, "SELECT updated_at FROM webhook_endpoints") == before


async def test_workers_that_fan_out_at_the_same_time_add_each_delivery_once(database):
    endpoints = [await stored(database) for _ in range(4)]
    for endpoint in endpoints:
        await happen(database, endpoint.tenant_id, *[E.QUOTE_PENDING] * 5)
    await asyncio.gather(*(fan_out(deps_of(database)) for _ in range(4)))
    await fan_out(deps_of(database))
    assert await numbers(database) == sorted([1, 2, 3, 4, 5] * 4)


async def test_an_endpoint_that_another_worker_has_locked_is_passed_over(database):
    endpoint = await stored(database)
    await happen(database, endpoint.tenant_id, E.QUOTE_PENDING)
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer")
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhooks.lock(endpoint.id)
        async with asyncio.timeout(10):
            await fan_out(deps_of(database))
    assert await numbers(database) == []


async def test_an_endpoint_comes_with_its_sealed_secrets(database):
    endpoint = await stored(database)
    found = await SqlWebhookBacklog(database).endpoint(endpoint.id)
    assert found is not None
    assert (found[0].id, found[0].events, found[1]) == (endpoint.id, endpoint.events, SECRETS)
    assert await SqlWebhookBacklog(database).endpoint(new_id()) is None


async def test_only_pending_deliveries_that_are_due_are_sent_in_the_order_of_their_events(database):
    endpoint, backlog = await stored(database), SqlWebhookBacklog(database)
    mine = {"endpoint_id": endpoint.id, "tenant_id": endpoint.tenant_id}
    given = [
        a_delivery(sequence=3, **mine),
        a_delivery(sequence=1, next_attempt_at=LATER, **mine),
        a_delivery(sequence=2, **mine),
        a_delivery(sequence=4, status=SUCCESS, next_attempt_at=None, **mine),
    ]
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhook_deliveries.add(given)
        await work.commit()
    assert [it.sequence for it in await backlog.due(endpoint.id, NOW, 10)] == [2, 3]
    assert [it.sequence for it in await backlog.due(endpoint.id, LATER, 2)] == [1, 2]
    assert await backlog.next_due(endpoint.id) == NOW
    assert await backlog.next_due(new_id()) is None


async def test_attempts_and_what_they_change_come_back_as_they_were_recorded(database):
    endpoint, backlog = await stored(database), SqlWebhookBacklog(database)
    delivery = a_delivery(endpoint_id=endpoint.id, tenant_id=endpoint.tenant_id)
    attempt = WebhookAttempt(delivery.tenant_id, delivery.id, 1, NOW, 503, 12, "The endpoint answered 503.", "busy")
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhook_deliveries.add([delivery])
        await work.webhook_deliveries.keep_payloads({delivery.id: "{}"})
        changed: dict[str, Any] = {
            "attempt_count": 1,
            "attempts_left": 7,
            "last_response_status": 503,
            "next_attempt_at": LATER,
        }
        await work.webhook_deliveries.save(
            [delivery._replace(last_error="The endpoint answered 503.", **changed)], [attempt]
        )
        await work.commit()
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        found = (await work.webhook_deliveries.lock([delivery.id, new_id()]))[delivery.id]
        await work.webhooks.fail_pending(endpoint, DISABLED_ERROR)
        await work.commit()
    assert (found.payload, found.last_error) == ("{}", attempt.error)
    assert {name: getattr(found, name) for name in changed} == changed
    stored_attempts = await rows_of(database, "SELECT number, response_status, latency_ms, error FROM webhook_attempts")
    assert stored_attempts == [(1, 503, 12, "The endpoint answered 503.")]
    assert await backlog.next_due(endpoint.id) is None


async def test_what_another_attempt_has_taken_over_is_not_recorded(database):
    endpoint = await stored(database)
    await happen(database, endpoint.tenant_id, E.QUOTE_PENDING)
    await fan_out(deps_of(database))
    [(job_id,)] = await rows_of(database, "SELECT id FROM jobs")
    for owner in ("w", "v"):
        async with database.write.begin() as connection:
            await connection.execute(update(jobs).values(lease_owner=owner, attempts=jobs.c.attempts + 1))
        async with dependencies_on(database).unit_of_work(LIVE) as work:
            if owner == "w":
                first = cast("Job", await work.job(job_id))
                await work.webhook_deliveries.hold(first)
            else:
                with pytest.raises(LeaseLost):
                    await work.webhook_deliveries.hold(first)
