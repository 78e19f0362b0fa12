"""What is kept only for a time is deleted when that is over, in slices, and nothing else is."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from adapters.database.history.events import SqlEventLog
from adapters.database.history.tables import events
from adapters.database.jobs.tables import jobs as jobs_table
from adapters.database.retention import RetentionPeriods, SqlRetention
from domain.ports.unit_of_work import Outcome
from domain.shared.access import Environment, IdempotencyKey, TenantScope
from domain.shared.ids import new_id
from domain.stream_tickets.tickets import new_ticket, stored_ticket
from domain.webhooks.deliveries import DeliveryStatus, WebhookAttempt
from domain.webhooks.endpoints import EndpointSecrets
from tests.adapters.database.history.test_events import an_event, recorded
from tests.builders import NOW, a_caller, a_delivery, an_endpoint
from tests.databases import LIVE, a_company, dependencies_on, rows_of

DAY = timedelta(days=1)
FOR_A_DAY = RetentionPeriods(DAY, DAY, DAY)


async def purge(database, now, retention_periods=FOR_A_DAY, size=1_000):
    pauses = []

    async def pause():
        pauses.append(True)

    return await SqlRetention(database, retention_periods, size).purge(now, pause), len(pauses)


async def write_jobs(database, tenant_id, *jobs):
    async with database.write.begin() as connection:
        for status, finished_at in jobs:
            given = {
                "id": new_id(),
                "tenant_id": tenant_id,
                "kind": "CREATE_TASK",
                "dedupe_key": new_id(),
                "payload": {},
                "status": status,
                "attempts": 1,
                "run_at": NOW,
                "created_at": NOW,
                "finished_at": finished_at,
            }
            await connection.execute(insert(jobs_table), given)


async def statuses(database):
    return sorted(status for (status,) in await rows_of(database, "SELECT status FROM jobs"))


async def test_jobs_that_are_done_or_discarded_go_and_all_others_stay(database):
    company = await a_company(database)
    await write_jobs(database, company.live, ("DONE", NOW), ("DEAD", NOW), ("WAITING", None), ("DONE", NOW + 2 * DAY))
    await write_jobs(database, company.live, ("DISCARDED", NOW), ("DISCARDED", NOW + 2 * DAY))
    assert (await purge(database, NOW + 1.5 * DAY))[0]["jobs"] == 2
    assert await statuses(database) == ["DEAD", "DISCARDED", "DONE", "WAITING"]


async def test_many_rows_go_in_slices_with_a_pause_after_each(database):
    company = await a_company(database)
    await write_jobs(database, company.live, *[("DONE", NOW)] * 7)
    found, pauses = await purge(database, NOW + 2 * DAY, size=3)
    assert (found["jobs"], pauses) == (7, 3)


async def test_a_key_is_forgotten_after_a_day_and_then_good_for_something_else(database):
    company = await a_company(database)
    tenant_scope, deps = TenantScope(Environment.LIVE, company.live), dependencies_on(database)
    for _ in range(2):
        async with deps.unit_of_work(tenant_scope, "a-key", IdempotencyKey("once", "createKit", "a" * 64)) as work:
            if await work.replayed() is None:
                await work.commit(Outcome())
    assert (await purge(database, NOW + 0.9 * DAY))[0]["idempotency_keys"] == 0
    assert (await purge(database, NOW + 1.1 * DAY))[0]["idempotency_keys"] == 1
    async with deps.unit_of_work(tenant_scope, "a-key", IdempotencyKey("once", "createKit", "b" * 64)) as work:
        assert await work.replayed() is None


@pytest.mark.parametrize("size", [2, 1_000])
async def test_the_oldest_events_go_and_what_is_left_has_no_gap(database, size):
    company, log = await a_company(database), SqlEventLog(database)
    await recorded(database, *[an_event(company.live) for _ in range(5)])
    late = {"occurred_at": NOW + 2 * DAY}
    async with database.write.begin() as connection:
        # Nobody's clock goes by the numbers: one that is newer than those after it keeps them all.
        await connection.execute(update(events).where(events.c.number == 4).values(late))
    assert (await purge(database, NOW + 1.5 * DAY, size=size))[0]["events"] == 3
    assert [it.number for it in await log.after(company.live, 0, None, 10)] == [4, 5]
    assert await log.first_number(company.live) == 4
    await recorded(database, an_event(company.live))
    assert await log.last_number(company.live) == 6


async def test_of_a_tenant_without_events_the_next_is_the_first(database):
    company, log = await a_company(database), SqlEventLog(database)
    assert await log.first_number(company.live) == 1
    await recorded(database, an_event(company.live), an_event(company.live))
    assert (await purge(database, NOW + 2 * DAY))[0]["events"] == 2
    assert await log.first_number(company.live) == 3


async def test_what_is_kept_for_ever_is_never_deleted(database):
    company = await a_company(database)
    await write_jobs(database, company.live, ("DONE", NOW))
    await recorded(database, an_event(company.live))
    for_ever = RetentionPeriods(None, None, None, None, None)
    nothing = dict.fromkeys(("access_tokens", "stream_tickets", "rate_limits", "connection_notices"), 0)
    assert await purge(database, NOW + 10_000 * DAY, for_ever) == (nothing, 0)
    assert len(await rows_of(database, "SELECT id FROM events")) == 1
    assert await statuses(database) == ["DONE"]


async def test_stream_tickets_that_nobody_used_go_once_they_have_expired(database):
    made = [stored_ticket(new_ticket(), a_caller(), NOW + number * timedelta(hours=1)) for number in range(3)]
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        for ticket in made:
            await work.stream_tickets.add(ticket)
        await work.commit()
    found, _ = await purge(database, made[1].expires_at + timedelta(seconds=1))
    assert found["stream_tickets"] == 2
    assert await rows_of(database, "SELECT hash FROM stream_tickets") == [(made[2].hash,)]


async def test_deliveries_that_have_ended_go_with_their_attempts_and_pending_ones_stay(database):
    company = await a_company(database)
    endpoint = an_endpoint(tenant_id=company.live)
    mine = {"endpoint_id": endpoint.id, "tenant_id": company.live}
    deliveries = [a_delivery(status=status, **mine) for status in DeliveryStatus for _ in range(2)]
    attempts = [WebhookAttempt(it.tenant_id, it.id, 1, NOW, 204, 1, None, None) for it in deliveries]
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.webhooks.add(endpoint, EndpointSecrets("sealed"))
        await work.webhook_deliveries.add(deliveries)
        await work.webhook_deliveries.save((), attempts)
        await work.commit()
    assert (await purge(database, NOW + 29 * DAY, RetentionPeriods()))[0]["webhook_deliveries"] == 0
    found, pauses = await purge(database, NOW + 31 * DAY, RetentionPeriods(), size=3)
    assert (found["webhook_deliveries"], pauses) == (4, 2)
    assert await rows_of(database, "SELECT status FROM webhook_deliveries") == [("PENDING",)] * 2
    assert await rows_of(database, "SELECT count(*) FROM webhook_attempts") == [(2,)]
