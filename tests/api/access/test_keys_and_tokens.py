"""API keys and access tokens through all layers."""

import json
from typing import Any

from domain.shared.access import Scope
from tests.api.support.access import IDA, a_manager, an_access_token, an_api_key
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, on_both_databases
from tests.api.support.sockets import connected

VIEWER = "{ viewer { scopes person { name email } expiresAt } }"
LISTED = """{ apiKeys(filter: {status: [ACTIVE]}) { nodes { id name prefix status environment displayStatus
    createdBy { name } company { code } history { nodes { type } } accessTokens { totalCount } } } }"""

HISTORY = """query($id: ID!) { quote(by: {id: $id}) {
    history(filter: {actorType: [PERSON]}) { nodes { actor { type name email apiKeyId } } } } }"""
PREFIXES = """query($ids: [ID!]!) { nodes(ids: $ids) {
    __typename ... on ApiKey { prefix } ... on AccessToken { prefix } } }"""


async def status_of(api: Running, key: str, **headers: str) -> tuple[int, list[str]]:
    answer = await api.run(VIEWER, key=key, headers=headers)
    return answer.status, answer.codes


@on_both_databases
async def test_a_key_is_created_rotated_and_revoked_and_the_list_shows_it(api):
    manager = await a_manager(api, name="The manager")
    id_, secret = await an_api_key(api, manager)
    assert (await api.data(VIEWER, key=secret))["viewer"] == {
        "scopes": ["quotes:read"],
        "person": None,
        "expiresAt": None,
    }
    rotated = await api.act("rotateApiKey", {"apiKeyId": id_}, "secret apiKey { previousUntil }", key=manager)
    assert rotated["apiKey"]["previousUntil"] is not None
    for valid in (secret, rotated["secret"]):
        assert await status_of(api, valid) == (200, [])
    again = await api.act("rotateApiKey", {"apiKeyId": id_, "overlap": "PT0S"}, "secret", key=manager)
    api.parts.authenticator.keys.lookups.forget()
    for replaced in (secret, rotated["secret"]):
        assert await status_of(api, replaced) == (401, ["UNAUTHORIZED"])
    found = {it["id"]: it for it in (await api.data(LISTED, key=manager))["apiKeys"]["nodes"]}
    assert found[id_] == {
        "id": id_,
        "name": "ERP",
        "prefix": again["secret"][:16],
        "status": "ACTIVE",
        "environment": "LIVE",
        "displayStatus": "ACTIVE",
        "createdBy": {"name": "The manager"},
        "company": {"code": "AUSTRAL"},
        "history": {"nodes": [{"type": it} for it in ("API_KEY_ROTATED", "API_KEY_ROTATED", "API_KEY_CREATED")]},
        "accessTokens": {"totalCount": 0},
    }
    await api.act("revokeApiKey", {"apiKeyId": id_}, key=manager)
    api.parts.authenticator.keys.lookups.forget()
    assert await status_of(api, again["secret"]) == (401, ["UNAUTHORIZED"])
    assert id_ not in {it["id"] for it in (await api.data(LISTED, key=manager))["apiKeys"]["nodes"]}


async def test_the_keys_of_others_and_of_the_platform_are_not_listed(api):
    await an_api_key(api, await a_manager(api, company="NORDLICHT"))
    listed = await api.data("{ apiKeys { nodes { company { code } } } }", key=await a_manager(api))
    assert {it["company"]["code"] for it in listed["apiKeys"]["nodes"]} == {"AUSTRAL"}


async def test_a_key_is_refused_from_another_address_and_without_an_allowed_origin(api):
    manager = await a_manager(api)
    _, elsewhere = await an_api_key(api, manager, allowedAddresses=["203.0.113.0/24"])
    _, here = await an_api_key(api, manager, allowedAddresses=["127.0.0.0/8", "::1"])
    _, page = await an_api_key(api, manager, allowedOrigins=["https://app.example"])
    assert await status_of(api, elsewhere) == (403, ["FORBIDDEN"])
    assert await status_of(api, here) == (200, [])
    assert await status_of(api, page) == (403, ["FORBIDDEN"])
    assert await status_of(api, page, Origin="https://evil.example") == (403, ["FORBIDDEN"])
    assert await status_of(api, page, Origin="https://app.example") == (200, [])
    async with api.http.ws_connect(api.url, protocols=["graphql-transport-ws"]) as socket:
        await socket.send_json({"type": "connection_init", "payload": {"Authorization": f"Bearer {elsewhere}"}})
        await socket.receive()
        assert socket.close_code == 4403


@on_both_databases
async def test_a_person_with_a_token_is_the_actor_of_what_they_do(api):
    quote = await a_quote(api)
    id_, token = await an_access_token(api)
    viewer = (await api.data(VIEWER, key=token))["viewer"]
    person = {"name": "Ida Ponce", "email": "ida@austral.example"}
    assert (viewer["person"], viewer["scopes"]) == (person, ["quotes:decide", "quotes:read"])
    assert viewer["expiresAt"] is not None
    selection = "item { agreedPrice { by { type name email apiKeyId } } }"
    accepted = await api.act("acceptItem", {"itemId": quote.item}, selection, key=token)
    ida = {"type": "PERSON", **person, "apiKeyId": None}
    assert accepted["item"]["agreedPrice"]["by"] == ida
    shown = await api.data(HISTORY, {"id": quote.id}, token)
    actors = [it["actor"] for it in shown["quote"]["history"]["nodes"]]
    # The order that follows from it, too.
    assert actors == [ida] * 2
    listed = await api.data(
        '{ accessTokens(filter: {status: [ACTIVE], email: "ida@austral.example"}) { nodes { id person { name } } } }',
        key=await a_manager(api),
    )
    assert listed["accessTokens"]["nodes"] == [{"id": id_, "person": {"name": "Ida Ponce"}}]


@on_both_databases
async def test_a_token_ends_when_it_is_revoked_and_with_its_key(api):
    key = await api.key("quotes:read", "quotes:decide")
    id_, token = await an_access_token(api, key)
    _, other = await an_access_token(api, key)
    revoked = await api.act("revokeAccessToken", {"accessTokenId": id_}, key=key)
    assert [it["to"] for it in revoked["changes"]] == ["REVOKED"]
    await api.revoke(key)
    for ended in (token, other):
        assert await status_of(api, ended) == (401, ["UNAUTHORIZED"])


async def test_a_token_follows_events_over_a_socket_and_by_a_ticket(api):
    _, token = await an_access_token(api)
    async with connected(api, key=token) as socket:
        operation = await socket.start("subscription { events(includeCurrent: true) { type } }", {})
        assert (await socket.event(operation))["type"] == "CURRENT_STATE"
    ticket = (await api.act("createStreamTicket", {}, "ticket", key=token))["ticket"]
    query = {"query": "subscription { events(includeCurrent: true) { type actor { name } } }", "ticket": ticket}
    async with api.http.get(api.url, params=query, headers={"Accept": "text/event-stream"}) as answer:
        assert answer.status == 200


async def test_a_token_of_a_platform_key_is_for_one_company(api):
    operator = await api.key(Scope.QUOTES_READ, Scope.CATALOGUE_MANAGE, company=None)
    without = await api.act("createAccessToken", {**IDA, "scopes": ["quotes:read"]}, key=operator)
    assert [it["code"] for it in without["userErrors"]] == ["REQUIRED"]
    austral = (await api.data("{ viewer { company { id } } }"))["viewer"]["company"]["id"]
    _, token = await an_access_token(api, operator, scopes=["quotes:read"], companyId=austral)
    shown = await api.data("{ viewer { company { code } scopes } }", key=token)
    assert shown["viewer"] == {"company": {"code": "AUSTRAL"}, "scopes": ["quotes:read"]}


async def test_no_secret_is_stored_or_shown_again(api):
    manager = await a_manager(api)
    id_, secret = await an_api_key(api, manager)
    token_id, token = await an_access_token(api)
    rows = [await api.rows(it) for it in ("api_keys", "access_tokens", "events", "idempotency_keys")]
    shown: Any = await api.data(PREFIXES, {"ids": [id_, token_id]}, manager)
    assert len(shown["nodes"]) == 2
    for it in (secret, token):
        assert it not in json.dumps([[str(row) for row in table] for table in rows]) + json.dumps(shown)


@on_both_databases
async def test_the_rate_limit_of_a_key_is_read_and_changed(api):
    manager = await a_manager(api)
    made = await api.act(
        "createApiKey",
        {"name": "ERP", "scopes": ["quotes:read"], "rateLimit": {"limit": 600, "restoreRate": 10}},
        "apiKey { id rateLimit { limit restoreRate } }",
        key=manager,
    )
    assert made["apiKey"]["rateLimit"] == {"limit": 600, "restoreRate": 10}
    listed = await api.data("{ apiKeys { nodes { id rateLimit { limit restoreRate } } } }", key=manager)
    assert made["apiKey"] in listed["apiKeys"]["nodes"]
    changed = await api.act(
        "updateApiKey",
        {"apiKeyId": made["apiKey"]["id"], "rateLimit": None},
        "apiKey { rateLimit { limit } history { nodes { type fieldChanges { field from to } } } }",
        key=manager,
    )
    assert changed["apiKey"]["rateLimit"] is None
    event, _ = changed["apiKey"]["history"]["nodes"]
    assert event["fieldChanges"] == [{"field": "rateLimit", "from": "600/10", "to": None}]
