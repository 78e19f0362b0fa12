"""The deliveries of webhook endpoints over the API: who sees what, tests, redeliveries and replays."""

import json
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert, update

from adapters.database.webhooks.tables import webhook_attempts, webhook_deliveries, webhook_endpoints
from domain.ports.webhooks import WebhookAnswer
from domain.shared.access import CUSTOMER_SCOPES, Scope
from domain.shared.ids import global_id
from domain.webhooks.deliveries import DeliveryStatus
from tests.api.conftest import MakeDatabase
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, on_both_databases, running, uuid_of
from tests.api.support.webhooks import EVER, URL, a_webhook_endpoint, its_deliveries, received_by
from tests.api.support.world import LONG_AGO, NOBODY

ONCE = '@idempotent(key: "once")'
DELIVERIES = """query($id: ID!, $filter: WebhookDeliveryFilter) { webhookEndpoint(by: {id: $id}) {
    deliveries(filter: $filter) { totalCount nodes { id eventType status payload event { id type } } }
} }"""
TEST = "isDelivered responseStatus latencyMs error responseBody endpoint { id }"


async def delivered(api: Running, endpoint: str, **values) -> None:
    """Have all deliveries of an endpoint delivered, with two attempts each."""
    done = {"status": "SUCCESS", "payload": '{"data":{"quote_id":"7"}}', "next_attempt_at": None, **values}
    async with api.parts.database.write.begin() as connection:
        mine = webhook_deliveries.c.endpoint_id == uuid_of(endpoint)
        await connection.execute(update(webhook_deliveries).where(mine).values(attempt_count=2, **done))
        for row in await api.rows("webhook_deliveries"):
            for number, status in ((1, 500), (2, 204)):
                attempt = {"number": number, "at": LONG_AGO, "response_status": status, "latency_ms": number * 10}
                error = {"error": "The endpoint answered with status 500.", "response_body": "oops"}
                failed = error if status == 500 else dict.fromkeys(error)
                ids = {"tenant_id": row.tenant_id, "delivery_id": row.id}
                await connection.execute(insert(webhook_attempts), {**ids, **attempt, **failed})


async def an_endpoint_with_deliveries(api: Running, **given) -> str:
    await a_quote(api)
    endpoint = await a_webhook_endpoint(api, **given)
    assert await its_deliveries(api, endpoint)
    return endpoint


async def shown(api: Running, endpoint: str, key: str | None = None, **filter_):
    found = await api.data(DELIVERIES, {"id": endpoint, "filter": filter_}, key)
    return found["webhookEndpoint"]["deliveries"]["nodes"]


@on_both_databases
async def test_a_delivery_shows_its_event_its_body_and_every_attempt(api):
    endpoint = await an_endpoint_with_deliveries(api, events=["quote.created"])
    await delivered(api, endpoint)
    query = """query($id: ID!) { node(id: $id) { ... on WebhookDelivery {
        eventType sequence status displayStatus attemptCount lastResponseStatus lastError nextAttemptAt deliveredAt
        payload event { type node { id } } endpoint { id }
        attempts { number at responseStatus latencyMs error responseBody }
    } } }"""
    [row] = await api.rows("webhook_deliveries")
    assert (await api.data(query, {"id": global_id("WebhookDelivery", row.id)}))["node"] == {
        "eventType": "quote.created",
        "sequence": row.sequence,
        "status": "SUCCESS",
        "displayStatus": "SUCCESS",
        "attemptCount": 2,
        "lastResponseStatus": None,
        "lastError": None,
        "nextAttemptAt": None,
        "deliveredAt": None,
        "payload": {"data": {"quote_id": "7"}},
        "event": {"type": "QUOTE_CREATED", "node": {"id": global_id("Quote", (await api.rows("quotes"))[0].id)}},
        "endpoint": {"id": endpoint},
        "attempts": [
            {
                "number": 1,
                "at": "2026-01-02T03:04:05Z",
                "responseStatus": 500,
                "latencyMs": 10,
                "error": "The endpoint answered with status 500.",
                "responseBody": "oops",
            },
            {
                "number": 2,
                "at": "2026-01-02T03:04:05Z",
                "responseStatus": 204,
                "latencyMs": 20,
                "error": None,
                "responseBody": None,
            },
        ],
    }


@on_both_databases
async def test_deliveries_are_filtered_by_status_name_and_time(api):
    endpoint = await an_endpoint_with_deliveries(api)
    created = await shown(api, endpoint, eventType=["quote.created"])
    assert {it["eventType"] for it in created} == {"quote.created"}
    assert len(await shown(api, endpoint)) > len(created) == 1
    assert await shown(api, endpoint, eventType=[]) == []
    assert await shown(api, endpoint, status=["FAILED", "SUCCESS"]) == []
    assert await shown(api, endpoint, status=["PENDING"], createdAt={"after": "2026-01-01"}) == await shown(
        api, endpoint
    )
    assert await shown(api, endpoint, createdAt={"before": "2026-01-01"}) == []
    answer = await api.run(DELIVERIES, {"id": endpoint, "filter": {"eventType": ["quote.paid"]}})
    assert [it["path"] for it in answer.error["extensions"]["problems"]] == [["filter", "eventType", "0"]]


async def test_a_key_sees_events_and_bodies_only_if_it_may_read_them(api):
    endpoint = await an_endpoint_with_deliveries(api)
    await delivered(api, endpoint)
    lesser = await api.key(Scope.WEBHOOKS_MANAGE, Scope.ASSETS_READ)
    seen = await shown(api, endpoint, lesser)
    assert {(it["event"], it["payload"]) for it in seen} == {(None, None)}
    assert {it["status"] for it in seen} == {"SUCCESS"}
    reader = await api.key(Scope.WEBHOOKS_MANAGE, Scope.QUOTES_READ)
    assert all(it["event"] and it["payload"] for it in await shown(api, endpoint, reader))
    # What a query has selected was read with all the scopes of the endpoint.
    async with api.parts.database.write.begin() as connection:
        await connection.execute(update(webhook_endpoints).values(query="subscription { events { type } }"))
    assert {it["payload"] is None for it in await shown(api, endpoint, reader)} == {True}
    assert all(it["payload"] for it in await shown(api, endpoint))


# ---- tests


@on_both_databases
async def test_a_test_event_is_sent_and_its_answer_shown(api):
    endpoint = await a_webhook_endpoint(api)
    receiver = received_by(api, WebhookAnswer(204, 12), WebhookAnswer(500, 3, body="broken"))
    before = await api.contents()
    good, bad = [await api.act("testWebhookEndpoint", {"endpointId": endpoint}, TEST) for _ in range(2)]
    nothing: dict[str, Any] = {"error": None, "endpoint": {"id": endpoint}, "userErrors": []}
    assert good == {"isDelivered": True, "responseStatus": 204, "latencyMs": 12, "responseBody": None, **nothing}
    assert bad == {"isDelivered": False, "responseStatus": 500, "latencyMs": 3, "responseBody": "broken", **nothing}
    assert await api.contents() == before
    (url, headers, body), _ = receiver.received
    assert (url, headers["X-Quip-Event"], json.loads(body)["type"]) == (URL, "webhook.test", "webhook.test")


async def test_a_test_is_sent_once_for_an_idempotency_key_and_never_by_a_dry_run(api):
    endpoint, receiver = await a_webhook_endpoint(api), received_by(api)
    given = {"endpointId": endpoint}
    dry = await api.act("testWebhookEndpoint", {**given, "dryRun": True}, TEST)
    assert (dry["isDelivered"], dry["userErrors"], receiver.received) == (None, [], [])
    first, again = [await api.act("testWebhookEndpoint", given, TEST, directive=ONCE) for _ in range(2)]
    assert first == again
    assert (first["isDelivered"], len(receiver.received)) == (True, 1)


async def test_an_address_that_answers_nothing_is_a_failure_and_no_error(api):
    endpoint = await a_webhook_endpoint(api, url="https://nothing.invalid/")
    tested = await api.act("testWebhookEndpoint", {"endpointId": endpoint}, TEST)
    assert (tested["userErrors"], tested["isDelivered"], tested["responseStatus"]) == ([], False, None)
    assert tested["error"]


# ---- again


@on_both_databases
async def test_a_delivery_is_sent_again_and_wakes_the_job_of_its_endpoint(api):
    endpoint = await an_endpoint_with_deliveries(api, events=["quote.created"])
    await delivered(api, endpoint, status="FAILED")
    [row] = await api.rows("webhook_deliveries")
    delivery = global_id("WebhookDelivery", row.id)
    again = await api.act("redeliverWebhook", {"deliveryId": delivery}, "delivery { id status attemptCount payload }")
    assert again["delivery"].items() >= {"id": delivery, "status": "PENDING", "attemptCount": 2}.items()
    assert again["delivery"]["payload"] == {"data": {"quote_id": "7"}}
    node = {"id": delivery, "__typename": "WebhookDelivery"}
    assert again["changes"] == [{"node": node, "from": "FAILED", "to": "PENDING", "field": "STATUS"}]
    jobs = [it for it in await api.rows("jobs") if it.kind == "DELIVER_WEBHOOKS"]
    assert [(it.dedupe_key, it.payload) for it in jobs] == [
        (f"webhooks:{uuid_of(endpoint)}", {"endpointId": uuid_of(endpoint)})
    ]


@on_both_databases
async def test_to_a_disabled_endpoint_nothing_is_sent_again(api):
    endpoint = await an_endpoint_with_deliveries(api, events=["quote.created"])
    await api.act("updateWebhookEndpoint", {"endpointId": endpoint, "isActive": False})
    [delivery] = await shown(api, endpoint)
    assert delivery["status"] == DeliveryStatus.FAILED
    before = await api.contents()
    for mutation, given in (
        ("redeliverWebhook", {"deliveryId": delivery["id"]}),
        ("replayWebhookEvents", {"endpointId": endpoint, "since": EVER}),
    ):
        [error] = (await api.act(mutation, given))["userErrors"]
        assert (error["__typename"], error["code"]) == ("ConflictError", "ENDPOINT_DISABLED")
        assert (error["currentStatus"], error["attemptedStatus"]) == ("DISABLED", "ACTIVE")
        assert (error["node"]["id"], error["path"]) == (endpoint, [next(iter(given))])
    assert await api.contents() == before


async def test_another_companys_delivery_is_as_one_that_does_not_exist(api):
    endpoint = await an_endpoint_with_deliveries(api, events=["quote.created"])
    [delivery] = await shown(api, endpoint)
    stranger = await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")
    foreign, missing = [
        await api.act("redeliverWebhook", {"deliveryId": it}, key=stranger)
        for it in (delivery["id"], global_id("WebhookDelivery", NOBODY))
    ]
    assert foreign == missing
    query = "query($id: ID!) { node(id: $id) { id } }"
    assert await api.data(query, {"id": delivery["id"]}, stranger) == {"node": None}


@on_both_databases
async def test_a_replay_queues_what_happened_before_the_endpoint_was_there(api):
    quote = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    endpoint = await a_webhook_endpoint(api, events=["quote.*"])
    given = {"endpointId": endpoint, "since": EVER}
    answer = "queued hasMore nextSince"
    dry = await api.act("replayWebhookEvents", {**given, "dryRun": True}, answer)
    assert await shown(api, endpoint) == []
    done = await api.act("replayWebhookEvents", given, answer, directive=ONCE)
    assert done == dry == {"queued": done["queued"], "hasMore": False, "nextSince": None, "userErrors": []}
    rows = sorted(await api.rows("webhook_deliveries"), key=lambda it: it.sequence)
    assert [it.event_type for it in rows if it.event_type != "quote.pending"] == [
        "quote.created",
        "quote.item_accepted",
        "quote.approved",
    ]
    assert await api.act("replayWebhookEvents", given, answer, directive=ONCE) == done
    narrowed = await api.act("replayWebhookEvents", {**given, "types": ["quote.created"]}, answer)
    assert narrowed["queued"] == 1
    assert len(await api.rows("webhook_deliveries")) == done["queued"]


# ---- statements


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def busy(request: pytest.FixtureRequest, new_database: MakeDatabase):
    async with running(await new_database(request.param)) as api:
        for _ in range(3):
            await a_quote(api, alternatives=1)
        for _ in range(3):
            await its_deliveries(api, await a_webhook_endpoint(api))
        yield api


EDGES = {
    "id url events createdBy { name }": 1,
    "company { code }": 2,
    "history { nodes { type } }": 2,
    "deliveries { nodes { id status attemptCount } }": 2,
    "deliveries(filter: { status: [PENDING] }) { totalCount nodes { id } }": 3,
    "deliveries { nodes { event { type } attempts { responseStatus } } }": 4,
    "deliveries { nodes { payload } }": 3,
    "deliveries { nodes { endpoint { id } } }": 3,
}


@pytest.mark.parametrize("selection", EDGES)
@pytest.mark.parametrize("endpoints", [1, 3])
@pytest.mark.asyncio(loop_scope="module")
async def test_each_level_costs_one_statement_whatever_the_number_of_endpoints(busy, selection, endpoints):
    query = f"query($first: Int) {{ webhookEndpoints(first: $first) {{ nodes {{ {selection} }} }} }}"
    assert await busy.statements.of(busy, query, {"first": endpoints}) == EDGES[selection]
