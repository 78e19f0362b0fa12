"""Which endpoints are told of which events, from the log alone."""

from datetime import timedelta

import pytest

from domain.shared.access import Scope
from domain.shared.events import EventType as E
from domain.use_cases.webhooks import fan_out as module
from domain.use_cases.webhooks.fan_out import fan_out
from tests.builders import NOW, TENANT
from tests.delivering import deliveries_of, happen, with_endpoint
from tests.fakes.storage import World


async def test_an_endpoint_gets_the_events_that_it_wants_in_their_order():
    world = World()
    endpoint = with_endpoint(world, events=("quote.pending", "asset.*"))
    happen(world, E.QUOTE_CREATED, E.QUOTE_PENDING, E.ASSET_ADDED)
    await fan_out(world.deps)
    found = [(it.sequence, it.event_type, it.next_attempt_at) for it in deliveries_of(world)]
    assert found == [(2, "quote.pending", NOW), (3, "asset.added", NOW)]
    assert world.memory.webhook_endpoints[endpoint.id].last_event == 3
    assert world.memory.job_keys == [f"webhooks:{endpoint.id}"]


async def test_an_endpoint_is_not_told_what_its_key_may_not_read():
    world = World()
    with_endpoint(world, events=("*",), scopes=(Scope.ASSETS_READ,))
    happen(world, E.QUOTE_PENDING, E.ASSET_ADDED)
    await fan_out(world.deps)
    assert [it.event_type for it in deliveries_of(world)] == ["asset.added"]


async def test_events_of_another_company_are_nobody_elses():
    world = World()
    mine, other = with_endpoint(world), with_endpoint(world, tenant_id=TENANT + 1)
    happen(world, E.QUOTE_PENDING, tenant_id=TENANT + 1)
    await fan_out(world.deps)
    assert (len(deliveries_of(world, mine)), len(deliveries_of(world, other))) == (0, 1)


async def test_events_that_nobody_wants_are_considered_once_and_wake_no_job():
    world = World()
    endpoint = with_endpoint(world, events=("employee.*",))
    happen(world, E.QUOTE_PENDING)
    await fan_out(world.deps)
    commits = world.memory.commits
    await fan_out(world.deps)
    assert (world.memory.jobs, world.memory.commits) == ({}, commits)
    assert world.memory.webhook_endpoints[endpoint.id].last_event == 1


async def test_an_event_is_delivered_once_however_often_it_is_considered():
    world = World()
    endpoint = with_endpoint(world)
    happen(world, E.QUOTE_PENDING)
    await fan_out(world.deps)
    world.memory.webhook_endpoints[endpoint.id] = endpoint
    await fan_out(world.deps)
    assert len(deliveries_of(world)) == 1


async def test_a_disabled_endpoint_gets_nothing():
    world = World()
    with_endpoint(world, is_active=False)
    happen(world, E.QUOTE_PENDING)
    await fan_out(world.deps)
    assert deliveries_of(world) == []


async def test_many_events_are_considered_in_parts(monkeypatch):
    monkeypatch.setattr(module, "EVENTS", 2)
    world = World()
    with_endpoint(world)
    happen(world, E.QUOTE_CREATED, E.ASSET_ADDED, E.QUOTE_PENDING, E.QUOTE_APPROVED, E.ASSET_ADDED)
    found = []
    for _ in range(3):
        await fan_out(world.deps)
        found.append([it.sequence for it in deliveries_of(world)])
    assert found == [[1, 3], [1, 3, 4], [1, 3, 4]]
    assert await world.webhooks.backlog.behind(1) == []


async def test_the_job_of_an_endpoint_that_rests_is_not_woken_before_it_has_rested():
    world = World()
    with_endpoint(world, paused_until=NOW + timedelta(minutes=1))
    happen(world, E.QUOTE_PENDING)
    await fan_out(world.deps)
    [job] = world.memory.jobs.values()
    assert job.run_at == NOW + timedelta(minutes=1)


async def test_an_endpoint_that_cannot_be_told_delays_no_other():
    world = World()
    broken, other = with_endpoint(world, scopes=None), with_endpoint(world)
    happen(world, E.QUOTE_PENDING)
    with pytest.raises(ExceptionGroup):
        await fan_out(world.deps)
    assert (len(deliveries_of(world, broken)), len(deliveries_of(world, other))) == (0, 1)
