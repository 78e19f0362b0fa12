"""Webhook endpoints over the API (docs/domain.md#webhook-endpoints)."""

import asyncio

import pytest

from domain.shared.access import CUSTOMER_SCOPES, Environment, Scope
from domain.shared.ids import global_id
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, company_id, on_both_databases, running, uuid_of
from tests.api.support.webhooks import URL, a_webhook_endpoint
from tests.api.support.world import NOBODY

ONCE = '@idempotent(key: "once")'
ENDPOINT = """endpoint {
    id url events description format query scopes secretPrefix isActive disabledReason failingSince pausedUntil
    createdBy { type name } company { code } createdAt updatedAt
}"""
HISTORY = """query($id: ID!) { webhookEndpoint(by: {id: $id}) { history { nodes {
    type actor { name } fieldChanges { field from to label }
} } } }"""


async def listed(api: Running, key: str | None = None, arguments: str = "") -> list[str]:
    found = await api.data(f"{{ webhookEndpoints{arguments} {{ nodes {{ id }} }} }}", key=key)
    return [it["id"] for it in found["webhookEndpoints"]["nodes"]]


@on_both_databases
async def test_an_endpoint_is_created_read_changed_and_deleted(api):
    given = {"url": "HTTPS://Hooks.Example:443/quotes", "events": ["quote.pending", "asset.*"], "description": "ERP"}
    made = await api.act("createWebhookEndpoint", given, f"{ENDPOINT} secret")
    assert made["userErrors"] == []
    endpoint = made["endpoint"]
    assert (
        endpoint.items()
        >= {
            "url": "https://hooks.example/quotes",
            "events": ["quote.pending", "asset.*"],
            "description": "ERP",
            "format": "QUIPTEAMS",
            "query": None,
            "scopes": sorted(CUSTOMER_SCOPES),
            "secretPrefix": made["secret"][:8],
            "isActive": True,
            "disabledReason": None,
            "createdBy": {"type": "API_KEY", "name": "Austral's own"},
            "company": {"code": "AUSTRAL"},
        }.items()
    )
    named = {"endpointId": endpoint["id"]}
    by_id = f"query($id: ID!) {{ endpoint: webhookEndpoint(by: {{id: $id}}) {ENDPOINT.removeprefix('endpoint')} }}"
    assert (await api.data(by_id, {"id": endpoint["id"]}))["endpoint"] == endpoint
    changed = await api.act("updateWebhookEndpoint", {**named, "events": ["*"], "isActive": False}, ENDPOINT)
    assert (changed["endpoint"]["events"], changed["endpoint"]["isActive"]) == (["*"], False)
    assert changed["endpoint"]["updatedAt"] > endpoint["updatedAt"]
    assert await listed(api, arguments="(filter: {isActive: false})") == [endpoint["id"]]
    assert await listed(api, arguments="(filter: {isActive: true})") == []
    deleted = await api.act("deleteWebhookEndpoint", named, "deletedId")
    assert (deleted["deletedId"], await listed(api)) == (endpoint["id"], [])
    assert (await api.data(by_id, {"id": endpoint["id"]}))["endpoint"] is None


@on_both_databases
async def test_the_history_of_an_endpoint_has_every_change_and_no_secret(api):
    made = await api.act("createWebhookEndpoint", {"url": URL, "events": ["quote.*"]}, "endpoint { id } secret")
    named = {"endpointId": made["endpoint"]["id"]}
    await api.act("updateWebhookEndpoint", {**named, "isActive": False, "description": "Off"})
    rotated = await api.act("rotateWebhookSecret", named, "secret")
    events = (await api.data(HISTORY, {"id": named["endpointId"]}))["webhookEndpoint"]["history"]["nodes"]
    assert [it["type"] for it in events] == [
        "WEBHOOK_ENDPOINT_SECRET_ROTATED",
        "WEBHOOK_ENDPOINT_UPDATED",
        "WEBHOOK_ENDPOINT_CREATED",
    ]
    assert events[1]["fieldChanges"] == [
        {"field": "description", "from": None, "to": "Off", "label": URL},
        {"field": "isActive", "from": "true", "to": "false", "label": URL},
    ]
    for secret in (made["secret"], rotated["secret"]):
        assert secret not in str(await api.contents())


@on_both_databases
async def test_a_replay_of_a_creation_or_rotation_has_no_secret(api):
    given = {"url": URL, "events": ["quote.*"]}
    first = await api.act("createWebhookEndpoint", given, "endpoint { id } secret", directive=ONCE)
    again = await api.act("createWebhookEndpoint", given, "endpoint { id } secret", directive=ONCE)
    assert len(first["secret"]) == 64
    assert again == {**first, "secret": None}
    assert await listed(api) == [first["endpoint"]["id"]]
    twice = '@idempotent(key: "twice")'
    named = {"endpointId": first["endpoint"]["id"]}
    rotated, repeated = [
        await api.act("rotateWebhookSecret", named, "endpoint { secretPrefix } secret", directive=twice)
        for _ in range(2)
    ]
    assert rotated["secret"].startswith(rotated["endpoint"]["secretPrefix"])
    assert repeated == {**rotated, "secret": None}
    stored = [it.outcome for it in await api.rows("idempotency_keys")]
    assert not any(secret in str(stored) for secret in (first["secret"], rotated["secret"]))


@on_both_databases
async def test_ten_endpoints_are_the_most_also_when_they_are_created_at_once(api):
    given = {"url": URL, "events": ["quote.*"]}
    payloads = await asyncio.gather(*(api.act("createWebhookEndpoint", given, "endpoint { id }") for _ in range(12)))
    refused = [it["userErrors"] for it in payloads if it["endpoint"] is None]
    assert [[(it["code"], it["path"]) for it in errors] for errors in refused] == [[("TOO_MANY", ["url"])]] * 2
    assert len(await listed(api)) == 10
    tester = await api.key(*CUSTOMER_SCOPES, environment=Environment.TEST)
    # The test data of the company has its own ten.
    assert await a_webhook_endpoint(api, tester)


async def test_a_platform_key_names_the_company_and_sees_all(api):
    refused = await api.act("createWebhookEndpoint", {"url": URL, "events": ["*"]}, key=api.operator)
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [("REQUIRED", ["companyId"])]
    mine = await a_webhook_endpoint(api)
    theirs = await a_webhook_endpoint(api, api.operator, companyId=company_id("NORDLICHT"))
    assert set(await listed(api, api.operator)) == {mine, theirs}
    assert await listed(api) == [mine]
    query = "{ viewer { company { webhookEndpoints { nodes { id } } } } }"
    found = await api.data(query, key=await api.key(*CUSTOMER_SCOPES, company="NORDLICHT"))
    assert found["viewer"]["company"]["webhookEndpoints"]["nodes"] == [{"id": theirs}]


@on_both_databases
async def test_another_companys_endpoint_is_as_one_that_does_not_exist(api):
    endpoint = await a_webhook_endpoint(api)
    stranger = await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")
    before = await api.contents()
    for mutation, given in (
        ("updateWebhookEndpoint", {"isActive": False}),
        ("rotateWebhookSecret", {}),
        ("testWebhookEndpoint", {}),
        ("replayWebhookEvents", {"since": "2026-01-01"}),
        ("deleteWebhookEndpoint", {}),
    ):
        foreign, missing = [
            await api.act(mutation, {**given, "endpointId": it}, key=stranger)
            for it in (endpoint, global_id("WebhookEndpoint", NOBODY))
        ]
        assert foreign == missing
        assert [it["code"] for it in foreign["userErrors"]] == ["NOT_FOUND"]
    for query in ("webhookEndpoint(by: {id: $id}) { id }", "node(id: $id) { id }"):
        found = await api.data(f"query($id: ID!) {{ found: {query} }}", {"id": endpoint}, stranger)
        assert found == {"found": None}
    assert await api.contents() == before


async def test_a_deletion_takes_all_deliveries_with_it(api):
    await a_quote(api)
    endpoint = await a_webhook_endpoint(api)
    replayed = await api.act("replayWebhookEvents", {"endpointId": endpoint, "since": "2000-01-01"}, "queued")
    assert replayed["queued"] == len(await api.rows("webhook_deliveries")) > 0
    dry = await api.act("deleteWebhookEndpoint", {"endpointId": endpoint, "dryRun": True}, "deletedId")
    assert dry == {"deletedId": None, "userErrors": []}
    await api.act("deleteWebhookEndpoint", {"endpointId": endpoint})
    assert (await api.rows("webhook_endpoints"), await api.rows("webhook_deliveries")) == ([], [])
    deleted = [it for it in await api.rows("events") if it.type == "WEBHOOK_ENDPOINT_DELETED"]
    assert [it.node_id for it in deleted] == [uuid_of(endpoint)]


async def test_without_the_setting_the_server_starts_and_an_endpoint_is_refused(new_database):
    async with running(await new_database("sqlite"), secret_key=None) as api:
        refused = await api.act("createWebhookEndpoint", {"url": URL, "events": ["*"]}, "endpoint { id } secret")
        [error] = refused["userErrors"]
        assert (error["code"], error["path"], refused["secret"]) == ("NOT_CONFIGURED", [], None)
        assert "QUOTEGRAPH_SECRET_KEY" in error["message"]
        assert await listed(api) == []


BAD = [
    ("createWebhookEndpoint", {"url": "http://hooks.example", "events": ["*"]}, ["url"], "INVALID_URL"),
    ("createWebhookEndpoint", {"url": "https://127.0.0.1/", "events": ["*"]}, ["url"], "INVALID_URL"),
    ("createWebhookEndpoint", {"url": "https://hooks.example:22/", "events": ["*"]}, ["url"], "INVALID_URL"),
    ("createWebhookEndpoint", {"url": URL, "events": []}, ["events"], "REQUIRED"),
    ("createWebhookEndpoint", {"url": URL, "events": ["quote.paid"]}, ["events", "0"], "UNKNOWN_OPTION"),
    (
        "createWebhookEndpoint",
        {"url": URL, "events": ["*"], "query": "{ viewer { scopes } }"},
        ["query"],
        "INVALID_QUERY",
    ),
    ("updateWebhookEndpoint", {"endpointId": "none"}, ["endpointId"], "INVALID_ID"),
    ("updateWebhookEndpoint", {"endpointId": f"Quote_{NOBODY}"}, ["endpointId"], "INVALID_ID"),
    ("rotateWebhookSecret", {"overlap": "tomorrow"}, ["overlap"], "INVALID_DURATION"),
    ("rotateWebhookSecret", {"overlap": "P8D"}, ["overlap"], "OUT_OF_RANGE"),
    ("redeliverWebhook", {"deliveryId": f"WebhookEndpoint_{NOBODY}"}, ["deliveryId"], "INVALID_ID"),
    ("replayWebhookEvents", {"since": "soon"}, ["since"], "INVALID_DATE"),
    ("replayWebhookEvents", {"since": "2999-01-01"}, ["since"], "OUT_OF_RANGE"),
    ("replayWebhookEvents", {"since": "2026-02-02", "until": "2026-02-01"}, ["until"], "OUT_OF_RANGE"),
    ("replayWebhookEvents", {"since": "2026-02-02", "types": ["asset.added"]}, ["types", "0"], "NOT_ALLOWED"),
]


@pytest.mark.parametrize(("mutation", "given", "path", "code"), BAD, ids=[f"{it[0]} {it[2]} {it[3]}" for it in BAD])
async def test_a_wrong_value_is_refused_at_its_place_and_nothing_changes(api, mutation, given, path, code):
    named = {} if mutation in ("createWebhookEndpoint", "redeliverWebhook") else {"endpointId": "<endpoint>"}
    endpoint = await a_webhook_endpoint(api)
    before = await api.contents()
    input_ = {name: endpoint if value == "<endpoint>" else value for name, value in {**named, **given}.items()}
    [error] = (await api.act(mutation, input_))["userErrors"]
    assert (error["__typename"], error["path"]) == ("ValidationError", path)
    assert error["code"] == code
    assert await api.contents() == before


async def test_a_key_that_may_read_less_cannot_have_the_events_sent_elsewhere(api):
    endpoint = await a_webhook_endpoint(api, events=["quote.*"])
    lesser = await api.key(Scope.WEBHOOKS_MANAGE)
    redirected = {"endpointId": endpoint, "url": "https://mine.example/"}
    refused = await api.act("updateWebhookEndpoint", redirected, key=lesser)
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [("NOT_ALLOWED", ["url"])]
    disabled = await api.act(
        "updateWebhookEndpoint", {"endpointId": endpoint, "isActive": False}, "endpoint { isActive }", key=lesser
    )
    assert disabled["endpoint"] == {"isActive": False}


@on_both_databases
async def test_an_endpoint_selects_its_own_data_as_far_as_its_key_may(api):
    query = "subscription { events { type node { ... on Quote { orderId } ... on Asset { serialNumber } } } }"
    given = {"url": URL, "events": ["quote.*"], "query": query}
    made = await api.act("createWebhookEndpoint", given, ENDPOINT)
    assert (made["userErrors"], made["endpoint"]["query"]) == ([], query)
    lesser = await api.key(Scope.WEBHOOKS_MANAGE, Scope.QUOTES_READ)
    refused = await api.act("createWebhookEndpoint", given, key=lesser)
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [("NOT_ALLOWED", ["query"])]
    cleared = {"endpointId": made["endpoint"]["id"], "query": None}
    after = await api.act("updateWebhookEndpoint", cleared, ENDPOINT, key=lesser)
    assert (after["endpoint"]["query"], after["endpoint"]["scopes"]) == (None, ["quotes:read", "webhooks:manage"])
