"""Automatic persisted queries: a document is sent once, then by its hash, by each tenant for itself."""

import json
from hashlib import sha256
from typing import Any

import pytest

from app.server.automatic_documents import AutomaticDocuments
from domain.shared.access import Environment
from tests.api.support.makers import a_quote
from tests.api.support.running import Answer, Running, running
from tests.api.support.sockets import connected

VIEWER = "{ viewer { environment } }"
NOT_FOUND = ("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
NOT_SUPPORTED = ("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")
JSON = {"Content-Type": "application/json"}


def extension(query: str = VIEWER, **more: Any) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest(), **more}}


async def send(api: Running, key: str | None = "", **body: Any) -> Answer:
    headers = {} if key is None else {"Authorization": f"Bearer {key or api.customer}"}
    return await api.post(json.dumps(body).encode(), {**JSON, **headers})


def told(answer: Answer) -> tuple[str, str]:
    return answer.error["message"], answer.error["extensions"]["code"]


async def test_a_document_that_was_sent_once_is_run_by_its_hash(api):
    assert told(await send(api, extensions=extension())) == NOT_FOUND
    first = await send(api, query=VIEWER, extensions=extension())
    second = await send(api, extensions=extension())
    assert first.data == second.data == {"viewer": {"environment": "LIVE"}}


async def test_a_hash_is_run_by_get_and_no_cache_keeps_that_it_is_unknown(api):
    params = {"extensions": json.dumps(extension()), "variables": "{}"}
    headers = {"Authorization": f"Bearer {api.customer}", "Accept": "application/graphql-response+json"}

    async def get() -> Answer:
        async with api.http.get(api.url, params=params, headers=headers) as response:
            return Answer(response.status, response.headers, await response.json(content_type=None))

    unknown = await get()
    assert (unknown.status, told(unknown), unknown.headers["Cache-Control"]) == (400, NOT_FOUND, "no-store")
    await send(api, query=VIEWER, extensions=extension())
    assert (await get()).data == {"viewer": {"environment": "LIVE"}}


async def test_variables_and_the_name_of_the_operation_are_those_of_each_request(api):
    quote = await a_quote(api)
    query = "query A($id: ID!) { node(id: $id) { id } } query B { viewer { environment } }"
    await send(api, query=query, operationName="B", extensions=extension(query))
    found = await send(api, operationName="A", variables={"id": quote.id}, extensions=extension(query))
    assert found.data == {"node": {"id": quote.id}}


async def test_a_mutation_by_its_hash_is_refused_by_get(api):
    quote = await a_quote(api)
    query = "mutation($id: ID!) { acceptItem(input: {itemId: $id, dryRun: true}) { userErrors { message } } }"
    variables = {"id": quote.item}
    await send(api, query=query, variables=variables, extensions=extension(query))
    params = {"extensions": json.dumps(extension(query)), "variables": json.dumps(variables)}
    headers = {"Authorization": f"Bearer {api.customer}"}
    async with api.http.get(api.url, params=params, headers=headers) as response:
        assert response.status == 405
    assert (await send(api, variables=variables, extensions=extension(query))).data["acceptItem"] == {"userErrors": []}


async def test_a_hash_of_another_document_is_refused_and_not_kept(api):
    other = "{ viewer { name } }"
    refused = await send(api, query=other, extensions=extension(VIEWER))
    assert refused.codes == ["VALIDATION_ERROR"]
    assert "sha256Hash" in refused.error["message"]
    assert told(await send(api, extensions=extension(VIEWER))) == NOT_FOUND
    assert told(await send(api, extensions=extension(other))) == NOT_FOUND


@pytest.mark.parametrize(
    "query",
    ["{ viewer { nothing } }", "{ viewer", "{ deadJobs(first: 1) { nodes { id } } }"],
    ids=["that does not fit the schema", "with a syntax error", "that the key may not run"],
)
async def test_a_document_is_not_kept(api, query):
    assert (await send(api, query=query, extensions=extension(query))).errors
    assert told(await send(api, extensions=extension(query))) == NOT_FOUND


@pytest.mark.parametrize(
    "sent",
    [
        {"persistedQuery": True},
        {"persistedQuery": {"sha256Hash": "a"}},
        {"persistedQuery": {"version": 2, "sha256Hash": "a"}},
        {"persistedQuery": {"version": 1}},
        {"persistedQuery": {"version": 1, "sha256Hash": 5}},
    ],
)
async def test_an_extension_of_another_form_is_refused(api, sent):
    for body in ({"extensions": sent}, {"query": VIEWER, "extensions": sent}):
        refused = await send(api, **body)
        assert refused.codes == ["VALIDATION_ERROR"]
        assert "extensions.persistedQuery" in refused.error["message"]


async def test_a_tenant_does_not_find_the_documents_of_another(api):
    await send(api, query=VIEWER, extensions=extension())
    others = [
        await api.key("quotes:read", company="NORDLICHT"),
        await api.key("quotes:read", environment=Environment.TEST),
        api.operator,
    ]
    for key in others:
        assert told(await send(api, key, extensions=extension())) == NOT_FOUND
    same = await api.key("quotes:read")
    assert (await send(api, same, extensions=extension())).data


async def test_without_a_key_no_document_is_kept(api):
    query = '{ publicQuote(key: "none") { orderId } }'
    assert told(await send(api, None, extensions=extension(query))) == NOT_SUPPORTED
    assert (await send(api, None, query=query, extensions=extension(query))).data == {"publicQuote": None}
    assert told(await send(api, None, extensions=extension(query))) == NOT_SUPPORTED
    assert told(await send(api, extensions=extension(query))) == NOT_FOUND


async def test_where_it_is_switched_off_clients_are_told_to_go_on_without(new_database):
    async with running(await new_database("sqlite"), persisted_query_bytes=0) as api:
        assert (await send(api, query=VIEWER, extensions=extension())).data
        assert told(await send(api, extensions=extension())) == NOT_SUPPORTED


async def test_a_hash_is_run_over_a_websocket_and_as_an_event_stream(api):
    async with connected(api) as socket:
        await socket.say(type="subscribe", id="1", payload={"extensions": extension()})
        assert (await socket.refusal("1"))["message"] == NOT_FOUND[0]
        await socket.say(type="subscribe", id="2", payload={"query": VIEWER, "extensions": extension()})
        assert await socket.event("2") == {"environment": "LIVE"}
        await socket.say(type="subscribe", id="3", payload={"extensions": extension()})
        assert await socket.event("3") == {"environment": "LIVE"}
    body, headers = json.dumps({"extensions": extension()}), {"Authorization": f"Bearer {api.customer}", **JSON}
    async with api.http.post(api.url, data=body, headers={**headers, "Accept": "text/event-stream"}) as response:
        assert '"environment":"LIVE"' in await response.text()


# ---- the memory of it


def test_an_owner_evicts_its_own_oldest_documents_only():
    documents = AutomaticDocuments(10)
    documents.put("other", "x", "x" * 10)
    for name in "abc":
        documents.put("mine", name, name * 4)
        documents.find("mine", "a")
    assert {name: documents.find("mine", name) is not None for name in "abc"} == {"a": True, "b": False, "c": True}
    assert documents.find("other", "x") == "x" * 10


def test_a_document_that_is_longer_than_the_share_is_not_kept():
    documents = AutomaticDocuments(10)
    documents.put("mine", "a", "a" * 10)
    documents.put("mine", "b", "é" * 6)
    assert documents.find("mine", "a") is not None
    assert documents.find("mine", "b") is None


def test_of_too_many_owners_the_one_that_was_idle_for_longest_is_forgotten():
    documents = AutomaticDocuments(10, max_owners=2)
    documents.put("first", "a", "a")
    documents.put("second", "a", "a")
    documents.find("first", "a")
    documents.put("third", "a", "a")
    assert [documents.find(it, "a") for it in ("first", "second", "third")] == ["a", None, "a"]
