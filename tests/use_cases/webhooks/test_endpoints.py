"""Webhook endpoints are created, changed, deleted, and get new secrets (docs/domain.md#webhook-endpoints)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.ports.secrets import NoSecretBox
from domain.shared.access import CUSTOMER_SCOPES, Scope
from domain.shared.errors import ErrorCode, InvalidInput, NotFound
from domain.use_cases.webhooks.endpoints import (
    DeleteWebhookEndpoint,
    RotateWebhookSecret,
    create_webhook_endpoint,
    delete_webhook_endpoint,
    rotate_webhook_secret,
)
from domain.webhooks.deliveries import DISABLED_ERROR, DeliveryStatus
from domain.webhooks.drafts import MAX_ENDPOINTS
from domain.webhooks.endpoints import DisabledReason
from tests.builders import LATER, NOW, TENANT, a_caller, a_delivery
from tests.use_cases.webhooks.support import CUSTOMER, URL, WebhookWorld, creation

BARE = a_caller(scopes=frozenset({Scope.WEBHOOKS_MANAGE}))
READER = a_caller(scopes=frozenset({Scope.WEBHOOKS_MANAGE, Scope.QUOTES_READ}))


def problems_of(refused: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, ErrorCode]]:
    return [(".".join(it.path), it.code) for it in refused.value.problems]


async def refusal(world: WebhookWorld, caller=CUSTOMER, **given) -> list[tuple[str, ErrorCode]]:
    """What is wrong with a new endpoint."""
    with pytest.raises(InvalidInput) as refused:
        await create_webhook_endpoint(world.deps, caller, creation(**given))
    assert world.memory.webhook_endpoints == {}
    return problems_of(refused)


async def test_a_new_endpoint_has_the_scopes_of_its_key_and_waits_for_the_events_from_now_on():
    world = WebhookWorld()
    await world.endpoint()
    endpoint = world.stored(await world.endpoint(events=[" quote.pending ", "quote.pending", "asset.*"]))
    assert (endpoint.url, endpoint.events, endpoint.is_active) == (URL, ("quote.pending", "asset.*"), True)
    assert (endpoint.scopes, endpoint.tenant_id) == (tuple(sorted(CUSTOMER_SCOPES)), TENANT)
    assert endpoint.created_by == CUSTOMER.actor
    # The creation of the one before it.
    assert endpoint.last_event == 1
    assert world.memory.event_types == ["WEBHOOK_ENDPOINT_CREATED"] * 2


async def test_the_secret_is_64_hexadecimal_characters_returned_once_and_stored_sealed():
    world = WebhookWorld()
    outcome = await create_webhook_endpoint(world.deps, CUSTOMER, creation())
    secret = outcome.secret or ""
    assert (len(secret), set(secret) - set("0123456789abcdef")) == (64, set())
    [stored] = world.memory.webhook_secrets.values()
    assert stored == (f"sealed {secret}", None, None)
    [endpoint] = world.memory.webhook_endpoints.values()
    assert endpoint.secret_prefix == secret[:8]
    assert secret not in f"{endpoint} {outcome} {world.memory.events}"


async def test_a_dry_run_creates_nothing_and_shows_no_secret():
    world = WebhookWorld()
    outcome = await create_webhook_endpoint(world.deps, CUSTOMER, replace(creation(), dry_run=True))
    assert (outcome.secret, world.memory.webhook_endpoints, world.memory.events) == (None, {}, [])


async def test_a_company_has_at_most_ten_endpoints():
    world = WebhookWorld()
    for _ in range(MAX_ENDPOINTS):
        await world.endpoint()
    with pytest.raises(InvalidInput) as refused:
        await world.endpoint()
    assert problems_of(refused) == [("url", ErrorCode.TOO_MANY)]
    # Another company has its own ten.
    await world.endpoint(caller=a_caller(TENANT + 1))


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"url": "http://hooks.example"}, ("url", ErrorCode.INVALID_URL)),
        ({"url": "hooks.example"}, ("url", ErrorCode.INVALID_URL)),
        ({"url": "https://169.254.169.254/latest"}, ("url", ErrorCode.INVALID_URL)),
        ({"url": "https://localhost:8443/"}, ("url", ErrorCode.INVALID_URL)),
        ({"url": "https://me:secret@hooks.example/"}, ("url", ErrorCode.INVALID_URL)),
        ({"url": " "}, ("url", ErrorCode.REQUIRED)),
        ({"events": []}, ("events", ErrorCode.REQUIRED)),
        ({"events": ["quote.*"] * 51}, ("events", ErrorCode.TOO_MANY)),
        ({"events": ["quote.*", "quote.paid"]}, ("events.1", ErrorCode.UNKNOWN_OPTION)),
        ({"events": ["QUOTE_PENDING"]}, ("events.0", ErrorCode.UNKNOWN_OPTION)),
        ({"events": ["quote"]}, ("events.0", ErrorCode.UNKNOWN_OPTION)),
        ({"events": ["quote*"]}, ("events.0", ErrorCode.UNKNOWN_OPTION)),
        ({"events": [""]}, ("events.0", ErrorCode.REQUIRED)),
        ({"events": ["webhook.test"]}, ("events", ErrorCode.NOT_ALLOWED)),
        ({"description": "d" * 5001}, ("description", ErrorCode.TOO_LONG)),
        ({"query": "q" * 10_001}, ("query", ErrorCode.TOO_LONG)),
        ({"query": "this is wrong"}, ("query", ErrorCode.INVALID_TEXT)),
        ({"query": "{ jobs:manage }"}, ("query", ErrorCode.NOT_ALLOWED)),
    ],
)
async def test_a_wrong_value_is_refused_at_its_place(given, problem):
    assert await refusal(WebhookWorld(), **given) == [problem]


async def test_who_subscribes_to_nothing_but_test_events_is_told_that_they_come_anyway():
    with pytest.raises(InvalidInput, match="testWebhookEndpoint") as refused:
        await WebhookWorld().endpoint(events=["webhook.*"])
    assert problems_of(refused) == [("events", ErrorCode.NOT_ALLOWED)]


async def test_every_problem_is_named_at_once():
    found = await refusal(WebhookWorld(), url="ftp://x", events=["nothing"], description="d" * 5001)
    assert {path for path, _ in found} == {"url", "events.0", "description"}


async def test_an_event_by_name_that_the_key_may_not_read_is_refused_and_a_star_stands_for_what_it_may():
    world = WebhookWorld()
    assert await refusal(world, READER, events=["quote.pending", "asset.*", "employee.left"]) == [
        ("events.1", ErrorCode.NOT_ALLOWED),
        ("events.2", ErrorCode.NOT_ALLOWED),
    ]
    assert await refusal(world, BARE, events=["*"]) == [("events", ErrorCode.NOT_ALLOWED)]
    endpoint = world.stored(await world.endpoint(READER, events=["*"]))
    assert endpoint.scopes == ("quotes:read", "webhooks:manage")


async def test_without_a_key_for_secrets_an_endpoint_is_refused_with_the_reason():
    world = WebhookWorld()
    with pytest.raises(InvalidInput, match="QUOTEGRAPH_SECRET_KEY") as refused:
        await create_webhook_endpoint(replace(world.deps, secret_box=NoSecretBox()), CUSTOMER, creation())
    assert problems_of(refused) == [("", ErrorCode.NOT_CONFIGURED)]


async def test_a_platform_key_names_the_company():
    world, platform = WebhookWorld(), a_caller(None)
    assert await refusal(world, platform) == [("companyId", ErrorCode.REQUIRED)]
    company = world.memory.tenants[TENANT + 1].company_id
    await create_webhook_endpoint(world.deps, platform, replace(creation(), company_id=company))
    [endpoint] = world.memory.webhook_endpoints.values()
    assert endpoint.tenant_id == TENANT + 1


# ---- updates


async def test_an_update_changes_what_is_given_and_is_in_the_history():
    world = WebhookWorld()
    endpoint = await world.endpoint(description="ERP")
    after = await world.update(endpoint, url="https://other.example/", events=["*"], description=None)
    assert (after.url, after.events, after.description) == ("https://other.example/", ("*",), None)
    event = world.memory.events[-1]
    assert event.type == "WEBHOOK_ENDPOINT_UPDATED"
    assert {(it.field, it.before, it.after) for it in event.field_changes} == {
        ("url", URL, "https://other.example/"),
        ("events", "quote.*", "*"),
        ("description", "ERP", None),
    }


async def test_an_update_that_changes_nothing_records_nothing():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    await world.update(endpoint, url=URL, events=["quote.*"], is_active=True)
    assert (world.memory.event_types, world.memory.job_keys) == (["WEBHOOK_ENDPOINT_CREATED"], [])


async def test_who_may_not_read_the_events_cannot_redirect_them():
    world = WebhookWorld()
    endpoint = await world.endpoint(events=["quote.*", "asset.*"])
    for given, path in (
        ({"url": "https://mine.example"}, "url"),
        ({"query": "{ events }"}, "query"),
        ({"events": ["asset.*"]}, "events.0"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await world.update(endpoint, READER, **given)
        assert (path, ErrorCode.NOT_ALLOWED) in problems_of(refused)
    assert world.stored(endpoint).url == URL
    # What it may read it may have sent, and nothing else any more.
    after = await world.update(endpoint, READER, url="https://mine.example", events=["quote.*"])
    assert after.scopes == ("quotes:read", "webhooks:manage")


@pytest.mark.parametrize(
    ("query", "caller", "given", "is_kept"),
    [
        (None, READER, {"url": "https://mine.example"}, False),
        ("{ x }", READER, {"url": "https://mine.example"}, False),
        ("{ x }", CUSTOMER, {"query": None}, False),
        ("{ x }", CUSTOMER, {"query": "{ y }"}, True),
        (None, CUSTOMER, {"url": "https://mine.example"}, True),
        (None, READER, {"description": "Mine"}, True),
    ],
)
async def test_bodies_that_a_key_with_fewer_scopes_could_not_have_had_are_forgotten(query, caller, given, is_kept):
    world = WebhookWorld()
    endpoint = await world.endpoint(query=query)
    delivery = a_delivery(endpoint_id=world.stored(endpoint).id, payload="{}")
    world.memory.webhook_deliveries[delivery.id] = delivery
    await world.update(endpoint, caller, **given)
    assert (world.memory.webhook_deliveries[delivery.id].payload == "{}") == is_kept


async def test_a_query_is_checked_again_with_the_scopes_of_the_key_that_redirects_it():
    world = WebhookWorld()
    endpoint = await world.endpoint(query="{ assets:read }")
    with pytest.raises(InvalidInput) as refused:
        await world.update(endpoint, READER, url="https://mine.example")
    assert problems_of(refused) == [("query", ErrorCode.NOT_ALLOWED)]


async def test_any_manager_may_switch_an_endpoint_off_and_on_and_it_keeps_its_scopes():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    before = world.stored(endpoint)
    assert (await world.update(endpoint, BARE, is_active=False, description="Off")).scopes == before.scopes
    assert (await world.update(endpoint, BARE, is_active=True)).scopes == before.scopes


async def test_the_pending_deliveries_of_a_disabled_endpoint_fail():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    pending, done = a_delivery(), a_delivery(status=DeliveryStatus.SUCCESS)
    for it in (pending, done):
        world.memory.webhook_deliveries[it.id] = it._replace(endpoint_id=world.stored(endpoint).id)
    after = await world.update(endpoint, is_active=False)
    assert (after.is_active, after.disabled_reason) == (False, None)
    stored = world.memory.webhook_deliveries
    assert (stored[pending.id].status, stored[pending.id].last_error) == (DeliveryStatus.FAILED, DISABLED_ERROR)
    assert stored[done.id].status == DeliveryStatus.SUCCESS


async def test_an_endpoint_that_is_enabled_again_forgets_its_failures_and_gets_new_events_only():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    row = world.stored(endpoint)
    world.memory.webhook_endpoints[row.id] = row._replace(
        is_active=False,
        disabled_reason=DisabledReason.FAILING,
        consecutive_failures=9,
        failing_since=NOW,
        paused_until=LATER,
    )
    await world.endpoint()
    after = await world.update(endpoint, is_active=True)
    assert (after.is_active, after.disabled_reason) == (True, None)
    assert (after.consecutive_failures, after.failing_since, after.paused_until) == (0, None, None)
    assert (row.last_event, after.last_event) == (0, 2)
    assert world.memory.job_keys == [f"webhooks:{row.id}"]


async def test_an_endpoint_with_another_url_is_tried_at_once_without_the_failures_of_the_previous_one():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    row = world.stored(endpoint)
    failing = row._replace(paused_until=LATER, failing_since=NOW, consecutive_failures=9)
    world.memory.webhook_endpoints[row.id] = failing
    assert (await world.update(endpoint, description="Same URL")).paused_until == LATER
    after = await world.update(endpoint, url="https://other.example")
    assert (after.paused_until, after.failing_since, after.consecutive_failures) == (None, None, 0)
    assert world.memory.job_keys == [f"webhooks:{row.id}"]


async def test_an_endpoint_that_is_paused_is_tried_at_once_when_it_is_enabled_and_misses_nothing():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    row = world.stored(endpoint)
    world.memory.webhook_endpoints[row.id] = row._replace(paused_until=LATER, failing_since=NOW)
    await world.endpoint()
    after = await world.update(endpoint, is_active=True)
    assert (after.paused_until, after.last_event) == (None, row.last_event)
    # The history tells only what the fields of the endpoint show.
    assert world.memory.event_types[-1] == "WEBHOOK_ENDPOINT_CREATED"


# ---- secrets


async def test_during_the_overlap_of_a_rotation_both_secrets_sign_and_no_older_one():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    stored = lambda: world.memory.webhook_secrets[world.stored(endpoint).id]  # noqa: E731
    first = stored().secret
    outcome = await rotate_webhook_secret(world.deps, CUSTOMER, RotateWebhookSecret(endpoint))
    second = f"sealed {outcome.secret}"
    assert stored() == (second, first, NOW + timedelta(hours=24))
    assert world.stored(endpoint).secret_prefix == (outcome.secret or "")[:8]
    again = await rotate_webhook_secret(world.deps, CUSTOMER, RotateWebhookSecret(endpoint, "PT30M"))
    assert stored() == (f"sealed {again.secret}", second, NOW + timedelta(minutes=30))
    assert stored().signing(NOW) == (f"sealed {again.secret}", second)
    assert stored().signing(NOW + timedelta(minutes=30)) == (f"sealed {again.secret}",)
    await rotate_webhook_secret(world.deps, CUSTOMER, RotateWebhookSecret(endpoint, "PT0S"))
    assert stored()[1:] == (None, None)
    assert world.memory.event_types[1:] == ["WEBHOOK_ENDPOINT_SECRET_ROTATED"] * 3
    assert [it.field_changes for it in world.memory.events[1:]] == [()] * 3


@pytest.mark.parametrize(
    ("overlap", "code"),
    [("P8D", ErrorCode.OUT_OF_RANGE), ("P7DT1S", ErrorCode.OUT_OF_RANGE), ("24h", ErrorCode.INVALID_DURATION)],
)
async def test_a_wrong_overlap_is_refused(overlap, code):
    world = WebhookWorld()
    endpoint = await world.endpoint()
    before = dict(world.memory.webhook_secrets)
    with pytest.raises(InvalidInput) as refused:
        await rotate_webhook_secret(world.deps, CUSTOMER, RotateWebhookSecret(endpoint, overlap))
    assert problems_of(refused) == [("overlap", code)]
    assert world.memory.webhook_secrets == before


# ---- deletion


async def test_an_endpoint_is_deleted_with_its_deliveries():
    world = WebhookWorld()
    endpoint, other = await world.endpoint(), await world.endpoint()
    for it in (endpoint, other):
        delivery = a_delivery(endpoint_id=world.stored(it).id)
        world.memory.webhook_deliveries[delivery.id] = delivery
    outcome = await delete_webhook_endpoint(world.deps, CUSTOMER, DeleteWebhookEndpoint(endpoint))
    assert f"WebhookEndpoint_{outcome.id_of('WebhookEndpoint')}" == endpoint
    assert [it.id for it in world.memory.webhook_endpoints.values()] == [world.stored(other).id]
    assert [it.endpoint_id for it in world.memory.webhook_deliveries.values()] == [world.stored(other).id]
    assert world.memory.event_types[-1] == "WEBHOOK_ENDPOINT_DELETED"


async def test_another_companys_endpoint_is_as_one_that_does_not_exist():
    world = WebhookWorld()
    endpoint, stranger = await world.endpoint(), a_caller(TENANT + 1)
    for attempt in (
        world.update(endpoint, stranger, is_active=False),
        delete_webhook_endpoint(world.deps, stranger, DeleteWebhookEndpoint(endpoint)),
        rotate_webhook_secret(world.deps, stranger, RotateWebhookSecret(endpoint)),
    ):
        with pytest.raises(NotFound):
            await attempt
