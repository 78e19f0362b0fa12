"""An endpoint from its creation to its deletion, with what its receiver gets, on both databases."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from domain.ports.webhooks import WebhookAnswer
from domain.shared.jobs import JobType
from domain.use_cases.webhooks.fan_out import fan_out
from domain.use_cases.worker import dispatch
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, on_both_databases, uuid_of
from tests.api.support.webhooks import EVER, URL, received_by
from tests.claiming import claim_one

LISTED = """query($id: ID!) { webhookEndpoint(by: {id: $id}) { isActive failingSince deliveries { nodes {
    id eventType status attemptCount lastResponseStatus payload attempts { responseStatus error }
} } } }"""


async def work(api: Running) -> None:
    """Add the deliveries of what has happened, and send what is due."""
    deps = api.parts.deps
    await fan_out(deps)
    while (job := await claim_one(deps.jobs, "test", datetime.now(UTC))) is not None:
        if job.kind == JobType.DELIVER_WEBHOOKS:
            await dispatch.run(deps, job)
        else:
            await deps.jobs.finish(job, datetime.now(UTC))


async def shown(api: Running, endpoint: str) -> Any:
    return (await api.data(LISTED, {"id": endpoint}))["webhookEndpoint"]


def is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether both signatures are by this secret."""
    Webhook(secret).verify(body.decode(), dict(headers))
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return f"sha256={digest}" in headers["X-Quip-Signature"].split(",")


@on_both_databases
async def test_what_happens_after_an_endpoint_was_created_is_sent_to_it_signed_and_once(api):
    before = await a_quote(api)
    made = await api.act("createWebhookEndpoint", {"url": URL, "events": ["quote.created"]}, "endpoint { id } secret")
    endpoint, receiver = made["endpoint"]["id"], received_by(api)
    quote = await a_quote(api)
    await work(api)
    await work(api)
    [(_, headers, body)] = receiver.received
    assert is_signed(made["secret"], headers, body)
    content = json.loads(body)
    assert (content["type"], content["data"]["quote_id"]) == ("quote.created", uuid_of(quote.id))
    [delivery] = (await shown(api, endpoint))["deliveries"]["nodes"]
    assert delivery == {
        "id": f"WebhookDelivery_{headers['X-Quip-Delivery-Id']}",
        "eventType": "quote.created",
        "status": "SUCCESS",
        "attemptCount": 1,
        "lastResponseStatus": 204,
        "payload": content,
        "attempts": [{"responseStatus": 204, "error": None}],
    }
    # What was before comes by a replay, and what is repeated has the same id and body.
    await api.act("replayWebhookEvents", {"endpointId": endpoint, "since": EVER})
    await work(api)
    sent = [(headers["webhook-id"], json.loads(body)["data"]["quote_id"]) for _, headers, body in receiver.received]
    assert sent[1:] == [(sent[1][0], uuid_of(before.id)), sent[0]]
    await api.act("redeliverWebhook", {"deliveryId": delivery["id"]})
    await work(api)
    assert (receiver.received[-1][1]["webhook-id"], receiver.received[-1][2]) == (headers["webhook-id"], body)


@on_both_databases
async def test_a_rotated_secret_signs_beside_the_one_before_it(api):
    made = await api.act("createWebhookEndpoint", {"url": URL, "events": ["quote.created"]}, "endpoint { id } secret")
    rotated = await api.act("rotateWebhookSecret", {"endpointId": made["endpoint"]["id"]}, "secret")
    receiver = received_by(api)
    await a_quote(api)
    await work(api)
    [(_, headers, body)] = receiver.received
    assert is_signed(made["secret"], headers, body)
    assert is_signed(rotated["secret"], headers, body)


@on_both_databases
async def test_an_endpoint_that_is_gone_is_disabled_and_gets_what_it_missed_after_it_was_enabled(api):
    made = await api.act("createWebhookEndpoint", {"url": URL, "events": ["quote.created"]}, "endpoint { id }")
    endpoint = made["endpoint"]["id"]
    receiver = received_by(api, WebhookAnswer(410, 3), WebhookAnswer(204, 3))
    quotes = [await a_quote(api)]
    await work(api)
    now = await shown(api, endpoint)
    assert (now["isActive"], now["deliveries"]["nodes"][0]["status"]) == (False, "FAILED")
    quotes.append(await a_quote(api))
    await work(api)
    assert len(receiver.received) == 1
    enabled = await api.act(
        "updateWebhookEndpoint",
        {"endpointId": endpoint, "isActive": True},
        "endpoint { isActive disabledReason failingSince }",
    )
    assert enabled["endpoint"] == {"isActive": True, "disabledReason": None, "failingSince": None}
    await work(api)
    assert len(receiver.received) == 1
    await api.act("replayWebhookEvents", {"endpointId": endpoint, "since": EVER})
    await work(api)
    sent = [json.loads(body)["data"]["quote_id"] for _, _, body in receiver.received[1:]]
    assert sent == [uuid_of(it.id) for it in quotes]
    assert [it["status"] for it in (await shown(api, endpoint))["deliveries"]["nodes"]] == ["SUCCESS"] * 2


OWN = "subscription { events { type node { ... on Quote { id title lines: items { id quantity } } } } }"


@on_both_databases
async def test_an_own_selection_is_the_data_that_is_sent_for_the_event_as_it_was_and_the_node_as_it_is(api):
    given = {"url": URL, "events": ["quote.created"], "query": OWN}
    made = await api.act("createWebhookEndpoint", given, "endpoint { query }")
    assert made["endpoint"] == {"query": OWN}
    receiver = received_by(api)
    quote = await a_quote(api, prices=None, title="At first")
    await api.act("updateQuote", {"quoteId": quote.id, "title": "Later"})
    await work(api)
    [(_, _, body)] = receiver.received
    content = json.loads(body)
    node = {"id": quote.id, "title": "Later", "lines": [{"id": quote.item, "quantity": 1}]}
    assert (content["type"], content["data"]) == (
        "quote.created",
        {"events": {"type": "QUOTE_CREATED", "node": node}},
    )
    assert "errors" not in content


@on_both_databases
async def test_an_own_selection_beyond_the_schema_is_refused_when_it_is_saved_and_when_it_is_changed(api):
    wrong = "subscription { events { typo } }"
    given = {"url": URL, "events": ["quote.created"]}
    refused = await api.act("createWebhookEndpoint", {**given, "query": wrong}, "endpoint { id }")
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [("INVALID_QUERY", ["query"])]
    endpoint = (await api.act("createWebhookEndpoint", given, "endpoint { id }"))["endpoint"]["id"]
    refused = await api.act("updateWebhookEndpoint", {"endpointId": endpoint, "query": wrong}, "endpoint { id }")
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [("INVALID_QUERY", ["query"])]
