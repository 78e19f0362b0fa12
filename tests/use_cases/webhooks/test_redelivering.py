"""Deliveries are sent again, one by one or as a range of time (docs/domain.md#webhook-endpoints)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.shared.access import Scope
from domain.shared.errors import ErrorCode, InvalidInput, NodeRef, NotFound
from domain.shared.events import EventType, NewEvent
from domain.use_cases.webhooks import redelivering
from domain.use_cases.webhooks.redelivering import (
    RedeliverWebhook,
    ReplayWebhookEvents,
    redeliver_webhook,
    replay_webhook_events,
)
from domain.webhooks.deliveries import MAX_ATTEMPTS, DeliveryStatus, WebhookDelivery
from domain.webhooks.endpoints import EndpointDisabled
from tests.builders import ANA, LATER, NOW, TENANT, a_caller, a_delivery
from tests.use_cases.webhooks.support import CUSTOMER, WebhookWorld

QUOTE = NodeRef("Quote", "0190a5b0-0000-7000-8000-00000000b0b0")
HOUR = timedelta(hours=1)


def happened(world: WebhookWorld, kind: EventType, hours: int, tenant_id: int = TENANT) -> None:
    """An event so many hours ago."""
    world.memory.events.append(NewEvent(kind, tenant_id, QUOTE, ANA, NOW - hours * HOUR))


async def a_world(*events: tuple[EventType, int], **given) -> tuple[WebhookWorld, str]:
    """An installation in which these have happened, with an endpoint."""
    world = WebhookWorld()
    for kind, hours in events:
        happened(world, kind, hours)
    return world, await world.endpoint(**given)


def kept(world: WebhookWorld, endpoint: str, **given) -> WebhookDelivery:
    delivery = a_delivery(endpoint_id=world.stored(endpoint).id, **given)
    world.memory.webhook_deliveries[delivery.id] = delivery
    return delivery


async def replay(world: WebhookWorld, endpoint: str, since: str = "2026-01-01", *more) -> int:
    """How many events a replay has queued."""
    outcome = await replay_webhook_events(world.deps, CUSTOMER, ReplayWebhookEvents(endpoint, since, *more))
    queued: int = outcome.details["queued"]
    return queued


# ---- one delivery


@pytest.mark.parametrize("status", DeliveryStatus)
async def test_a_delivery_is_pending_again_with_the_same_id_and_payload(status):
    world, endpoint = await a_world()
    sent = kept(world, endpoint, status=status, payload="{}", attempt_count=8, attempts_left=0, last_error="500")
    outcome = await redeliver_webhook(world.deps, CUSTOMER, RedeliverWebhook(f"WebhookDelivery_{sent.id}"))
    again = world.memory.webhook_deliveries[sent.id]
    assert (again.status, again.next_attempt_at, again.payload) == (DeliveryStatus.PENDING, NOW, "{}")
    assert (again.attempt_count, again.attempts_left, again.last_error) == (8, MAX_ATTEMPTS, None)
    moved = [] if status == DeliveryStatus.PENDING else [(status, "PENDING")]
    assert [(it.from_status, it.to_status) for it in outcome.changes] == moved
    assert world.memory.job_keys == [f"webhooks:{sent.endpoint_id}"]


async def test_a_redelivery_is_tried_at_once_also_if_the_endpoint_is_paused():
    world, endpoint = await a_world()
    row = world.stored(endpoint)
    world.memory.webhook_endpoints[row.id] = row._replace(paused_until=LATER, failing_since=NOW, consecutive_failures=5)
    sent = kept(world, endpoint)
    await redeliver_webhook(world.deps, CUSTOMER, RedeliverWebhook(sent.id))
    after = world.stored(endpoint)
    assert (after.paused_until, after.failing_since, after.consecutive_failures) == (None, NOW, 5)


async def test_to_a_disabled_endpoint_nothing_is_delivered_again():
    world, endpoint = await a_world()
    sent = kept(world, endpoint, status=DeliveryStatus.FAILED)
    await world.update(endpoint, is_active=False)
    with pytest.raises(EndpointDisabled) as refused:
        await redeliver_webhook(world.deps, CUSTOMER, RedeliverWebhook(sent.id))
    conflict = refused.value
    assert (conflict.code, conflict.node.type) == (ErrorCode.ENDPOINT_DISABLED, "WebhookEndpoint")
    assert (conflict.current_status, conflict.attempted_status) == ("DISABLED", "ACTIVE")
    with pytest.raises(EndpointDisabled):
        await replay(world, endpoint)
    assert world.memory.job_keys == []


async def test_another_companys_delivery_is_as_one_that_does_not_exist():
    world, endpoint = await a_world()
    sent, stranger = kept(world, endpoint), a_caller(TENANT + 1)
    with pytest.raises(NotFound):
        await redeliver_webhook(world.deps, stranger, RedeliverWebhook(sent.id))
    with pytest.raises(NotFound):
        await replay_webhook_events(world.deps, stranger, ReplayWebhookEvents(endpoint, "2026-01-01"))


# ---- a range of time


async def test_a_replay_queues_the_events_that_the_endpoint_wants_in_their_order():
    world, endpoint = await a_world(
        (EventType.QUOTE_CREATED, 3),
        (EventType.ASSET_ADDED, 3),
        (EventType.QUOTE_UPDATED, 2),
        (EventType.QUOTE_PENDING, 1),
    )
    assert await replay(world, endpoint) == 2
    queued = list(world.memory.webhook_deliveries.values())
    assert [(it.sequence, it.event_type) for it in queued] == [(1, "quote.created"), (4, "quote.pending")]
    assert {(it.status, it.next_attempt_at, it.payload) for it in queued} == {(DeliveryStatus.PENDING, NOW, None)}
    assert world.memory.job_keys == [f"webhooks:{world.stored(endpoint).id}"]


async def test_a_replay_repeated_queues_the_same_deliveries():
    world, endpoint = await a_world((EventType.QUOTE_CREATED, 3))
    assert await replay(world, endpoint) == 1
    [first] = world.memory.webhook_deliveries.values()
    world.memory.webhook_deliveries[first.id] = first._replace(status=DeliveryStatus.SUCCESS, attempt_count=2)
    assert await replay(world, endpoint) == 1
    [again] = world.memory.webhook_deliveries.values()
    assert (again.id, again.status, again.attempt_count) == (first.id, DeliveryStatus.PENDING, 2)


async def test_both_ends_of_the_range_are_included():
    world, endpoint = await a_world(*((EventType.QUOTE_CREATED, hours) for hours in (3, 2, 1)))
    at = [(NOW - hours * HOUR).isoformat() for hours in (3, 2, 1)]
    assert await replay(world, endpoint, at[0], at[1]) == 2
    assert await replay(world, endpoint, at[1], at[1]) == 1
    assert await replay(world, endpoint, at[2]) == 1
    assert await replay(world, endpoint, "2026-11-22", "2026-11-22") == 3
    assert await replay(world, endpoint, "2026-11-21", "2026-11-21") == 0


async def test_types_narrow_a_replay_to_some_of_what_the_endpoint_receives():
    world, endpoint = await a_world(
        (EventType.QUOTE_CREATED, 3), (EventType.QUOTE_SENT, 2), events=["quote.created", "quote.sent"]
    )
    assert await replay(world, endpoint, "2026-01-01", None, ("quote.sent",)) == 1
    assert await replay(world, endpoint, "2026-01-01", None, ("quote.*", "quote.sent")) == 2
    assert await replay(world, endpoint, "2026-01-01", None, ("*",)) == 2


async def test_a_replay_sends_nothing_that_the_endpoint_may_not_be_sent():
    reader = a_caller(scopes=frozenset({Scope.WEBHOOKS_MANAGE, Scope.ASSETS_READ}))
    world, endpoint = await a_world(
        (EventType.QUOTE_CREATED, 3), (EventType.ASSET_ADDED, 2), caller=reader, events=["*"]
    )
    assert await replay(world, endpoint) == 1
    [queued] = world.memory.webhook_deliveries.values()
    assert queued.event_type == "asset.added"


async def test_a_replay_of_more_than_its_limit_says_where_to_go_on(monkeypatch):
    monkeypatch.setattr(redelivering, "MAX_REPLAYED", 2)
    world, endpoint = await a_world(*((EventType.QUOTE_CREATED, hours) for hours in (5, 4, 3, 2, 1)))
    command, asked = ReplayWebhookEvents(endpoint, "2026-01-01"), []
    while True:
        outcome = await replay_webhook_events(world.deps, CUSTOMER, command)
        asked.append(outcome.details["queued"])
        if (following := outcome.details["next_since"]) is None:
            break
        command = replace(command, since=following)
    assert asked == [2, 2, 1]
    assert sorted(it.sequence for it in world.memory.webhook_deliveries.values()) == [1, 2, 3, 4, 5]


async def test_parts_of_a_replay_lose_no_event_that_is_numbered_after_a_later_one(monkeypatch):
    monkeypatch.setattr(redelivering, "MAX_REPLAYED", 2)
    world, endpoint = await a_world(*((EventType.QUOTE_CREATED, hours) for hours in (5, 4, 2, 3)))
    first = await replay_webhook_events(world.deps, CUSTOMER, ReplayWebhookEvents(endpoint, "2026-01-01"))
    await replay_webhook_events(world.deps, CUSTOMER, ReplayWebhookEvents(endpoint, first.details["next_since"]))
    assert sorted(it.sequence for it in world.memory.webhook_deliveries.values()) == [1, 2, 3, 4]


async def test_a_dry_run_says_how_many_and_queues_none():
    world, endpoint = await a_world((EventType.QUOTE_CREATED, 3))
    command = ReplayWebhookEvents(endpoint, "2026-01-01", dry_run=True)
    outcome = await replay_webhook_events(world.deps, CUSTOMER, command)
    assert outcome.details["queued"] == 1
    assert (world.memory.webhook_deliveries, world.memory.job_keys) == ({}, [])


@pytest.mark.parametrize(
    ("asked", "path", "code"),
    [
        (("yesterday",), "since", ErrorCode.INVALID_DATE),
        (("2026-11-23",), "since", ErrorCode.OUT_OF_RANGE),
        (("2026-11-02", "2026-11-01"), "until", ErrorCode.OUT_OF_RANGE),
        (("2026-11-02", "soon"), "until", ErrorCode.INVALID_DATE),
        (("2026-11-02", None, ()), "types", ErrorCode.REQUIRED),
        (("2026-11-02", None, ("quote.paid",)), "types.0", ErrorCode.UNKNOWN_OPTION),
        (("2026-11-02", None, ("quote.sent", "asset.added")), "types.1", ErrorCode.NOT_ALLOWED),
    ],
)
async def test_a_wrong_range_is_refused_at_its_place(asked, path, code):
    world, endpoint = await a_world()
    with pytest.raises(InvalidInput) as refused:
        await replay(world, endpoint, *asked)
    assert [(".".join(it.path), it.code) for it in refused.value.problems] == [(path, code)]
