"""A test event is sent at once, and its answer is the outcome (docs/domain.md#webhook-endpoints)."""

import json
from dataclasses import replace

import pytest

from domain.ports.secrets import NoSecretBox
from domain.ports.webhooks import WebhookAnswer, Webhooks
from domain.shared.access import IdempotencyKey
from domain.shared.errors import ErrorCode, InvalidInput, NotFound
from domain.use_cases.webhooks.endpoints import RotateWebhookSecret, rotate_webhook_secret
from domain.use_cases.webhooks.testing import SendTestEvent, send_test_event
from domain.webhooks.endpoints import WebhookFormat
from tests.builders import TENANT, a_caller
from tests.use_cases.webhooks.support import CUSTOMER, URL, WebhookWorld


async def test_a_test_event_is_signed_and_sent_in_the_format_of_the_endpoint():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    outcome = await send_test_event(world.deps, CUSTOMER, SendTestEvent(endpoint))
    [(url, headers, body)] = world.receiver.received
    secret = world.memory.webhook_secrets[world.stored(endpoint).id].secret.removeprefix("sealed ")
    assert (url, headers["type"], headers["signature"]) == (URL, "webhook.test", secret)
    content = json.loads(body)
    assert (content["type"], content["sequence"]) == ("webhook.test", 0)
    assert headers["webhook-id"] != content["id"]
    assert outcome.details == {
        "is_delivered": True,
        "response_status": 204,
        "latency_ms": 7,
        "error": None,
        "response_body": None,
    }
    assert world.memory.webhook_deliveries == {}
    assert world.memory.event_types == ["WEBHOOK_ENDPOINT_CREATED"]


async def test_the_format_is_that_of_the_endpoint():
    world = WebhookWorld()
    endpoint = await world.endpoint(format_=WebhookFormat.STANDARD)
    await send_test_event(world.deps, CUSTOMER, SendTestEvent(endpoint))
    assert json.loads(world.receiver.received[0][2]).keys() == {"type", "timestamp", "sequence", "data"}


async def test_a_test_is_signed_with_both_secrets_during_a_rotation():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    await rotate_webhook_secret(world.deps, CUSTOMER, RotateWebhookSecret(endpoint))
    await send_test_event(world.deps, CUSTOMER, SendTestEvent(endpoint))
    assert len(world.receiver.received[0][1]["signature"].split()) == 2


async def test_a_disabled_endpoint_can_be_tested():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    await world.update(endpoint, is_active=False)
    outcome = await send_test_event(world.deps, CUSTOMER, SendTestEvent(endpoint))
    assert outcome.details["is_delivered"] is True


@pytest.mark.parametrize(
    "answer",
    [
        WebhookAnswer(500, 12, body="broken"),
        WebhookAnswer(301, 12),
        WebhookAnswer(199, 12),
        WebhookAnswer(None, 10_000, error="The endpoint did not answer within 10 seconds."),
        WebhookAnswer(200, 12, error="The answer is too large."),
    ],
)
async def test_a_failure_is_data(answer):
    world = WebhookWorld()
    endpoint = await world.endpoint()
    world.receiver.answers = [answer]
    details = (await send_test_event(world.deps, CUSTOMER, SendTestEvent(endpoint))).details
    assert (details["is_delivered"], details["response_status"]) == (False, answer.status)
    assert (details["latency_ms"], details["error"], details["response_body"]) == (
        answer.latency_ms,
        answer.error,
        answer.body,
    )


async def test_a_dry_run_sends_nothing():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    outcome = await send_test_event(world.deps, CUSTOMER, SendTestEvent(endpoint, dry_run=True))
    assert (outcome.details, world.receiver.received) == ({}, [])


async def test_a_test_sent_again_with_its_idempotency_key_is_sent_once():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    caller = replace(CUSTOMER, idempotency=IdempotencyKey("once", "testWebhookEndpoint", "a" * 64))
    first = await send_test_event(world.deps, caller, SendTestEvent(endpoint))
    world.receiver.answers = [WebhookAnswer(500, 1)]
    assert await send_test_event(world.deps, caller, SendTestEvent(endpoint)) == first
    assert len(world.receiver.received) == 1


@pytest.mark.parametrize("lacking", [{"secret_box": NoSecretBox()}, {"webhooks": Webhooks()}], ids=["key", "sender"])
async def test_what_is_not_configured_is_named(lacking):
    world = WebhookWorld()
    endpoint = await world.endpoint()
    with pytest.raises(InvalidInput) as refused:
        await send_test_event(replace(world.deps, **lacking), CUSTOMER, SendTestEvent(endpoint))
    assert [it.code for it in refused.value.problems] == [ErrorCode.NOT_CONFIGURED]


async def test_another_companys_endpoint_is_as_one_that_does_not_exist():
    world = WebhookWorld()
    endpoint = await world.endpoint()
    with pytest.raises(NotFound):
        await send_test_event(world.deps, a_caller(TENANT + 1), SendTestEvent(endpoint))
    assert world.receiver.received == []
