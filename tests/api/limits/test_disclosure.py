"""What is told of the schema to the keys of each environment: by default all of it with test keys, nothing with live
ones."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from app.server.disclosure import without_names, without_suggestion
from app.settings import Settings
from domain.shared.access import CUSTOMER_SCOPES, Environment
from tests.api.server.test_mistakes import DOCUMENTS
from tests.api.server.test_trusted_documents import push, send
from tests.api.support.customers import visit
from tests.api.support.running import Running, running
from tests.api.support.sockets import connected

DEFAULTS: dict[str, Any] = {"introspection": Settings().introspection, "suggestions": Settings().suggestions}
INTROSPECTIONS = (
    "{ __schema { queryType { name } } }",
    '{ __type(name: "Quote") { name } }',
    # Whether a type exists is told by neither answer.
    '{ __type(name: "Nothing") { name } }',
    "{ viewer { environment } ...F } fragment F on Query { a: __schema { queryType { name } } }",
    'mutation { deleteKit(input: {kitId: "x"}) { query { __schema { queryType { name } } } } }',
)


@pytest_asyncio.fixture
async def usual(new_database) -> AsyncIterator[Running]:
    """The application with the default settings. Its `customer` has a live key, and `test_key` reads test data."""
    async with running(await new_database("sqlite"), **DEFAULTS) as api:
        yield api


async def a_test_key(api: Running) -> str:
    return await api.key(*CUSTOMER_SCOPES, environment=Environment.TEST)


# ---- introspection


@pytest.mark.parametrize("query", INTROSPECTIONS)
async def test_a_live_key_reads_no_schema_whatever_a_test_key_has_read_before(usual, query):
    key = await a_test_key(usual)
    for _ in range(2):
        assert "INTROSPECTION_DISABLED" not in str((await usual.run(query, key=key)).body)
        answer = await usual.run(query)
        extensions = answer.error["extensions"]
        assert (answer.status, answer.codes) == (403, ["FORBIDDEN"])
        assert (extensions["reason"], extensions["setting"]) == ("INTROSPECTION_DISABLED", "QUOTEGRAPH_INTROSPECTION")
        assert "with live keys (QUOTEGRAPH_INTROSPECTION)" in answer.error["message"]


async def test_a_test_key_reads_what_a_live_key_was_refused_before(usual):
    [query, *_] = INTROSPECTIONS
    assert (await usual.run(query)).codes == ["FORBIDDEN"]
    assert (await usual.run(query, key=await a_test_key(usual))).data["__schema"]


async def test_the_name_of_a_type_is_no_introspection(usual):
    assert (await usual.run("{ __typename viewer { __typename } }")).data["__typename"] == "Query"


async def test_over_other_transports_no_schema_is_read_either(new_database):
    [query, *_] = INTROSPECTIONS
    async with running(await new_database("sqlite"), batching=2, **DEFAULTS) as api:
        async with connected(api) as socket:
            error = await socket.refusal(await socket.start(query))
            assert error["extensions"]["reason"] == "INTROSPECTION_DISABLED"
        authorization = {"Authorization": f"Bearer {api.customer}"}
        stream = {**authorization, "Accept": "text/event-stream"}
        async with api.http.post(api.url, json={"query": query}, headers=stream) as response:
            assert "INTROSPECTION_DISABLED" in await response.text()
        async with api.http.post(api.url, json=[{"query": query}] * 2, headers=authorization) as response:
            assert [it["errors"][0]["extensions"]["code"] for it in await response.json()] == ["FORBIDDEN"] * 2
        async with api.http.get(api.url, params={"query": query}, headers=authorization) as response:
            assert response.status == 403


async def test_a_document_that_was_pushed_may_read_the_schema(usual):
    [query, *_] = INTROSPECTIONS
    await push(usual, codegen=query)
    assert (await send(usual, documentId="codegen")).data["__schema"]
    assert (await send(usual, query=query)).data["__schema"], "the text of a trusted document is that document"
    assert (await send(usual, query=query + " ")).codes == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("setting", "live", "test"), [("live", 200, 403), ("off", 403, 403), ("live,test", 200, 200), ("test", 403, 200)]
)
async def test_the_setting_names_the_environments(new_database, setting, live, test):
    [query, *_] = INTROSPECTIONS
    async with running(await new_database("sqlite"), introspection=setting) as api:
        keys = {api.customer: live, await a_test_key(api): test}
        for key, status in keys.items():
            assert (await api.run(query, key=key)).status == status
            headers = {"Authorization": f"Bearer {key}"}
            async with api.http.get(api.server.make_url("/schema.graphql"), headers=headers) as response:
                assert response.status == status
                assert ("type Query" in await response.text()) == (status == 200)


# ---- the file, and the reference


async def test_where_live_keys_read_no_schema_the_file_needs_a_key_of_another_environment(usual):
    url = usual.server.make_url("/schema.graphql")
    async with usual.http.get(url) as response:
        assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert (await response.json())["errors"][0]["extensions"]["code"] == "UNAUTHORIZED"
    async with usual.http.get(url, headers={"Authorization": f"Bearer {usual.customer}"}) as response:
        assert response.status == 403
        assert (await response.json())["errors"][0]["extensions"]["reason"] == "INTROSPECTION_DISABLED"
    known = {"Authorization": f"Bearer {await a_test_key(usual)}"}
    async with usual.http.get(url, headers=known) as response:
        assert (response.status, response.headers["Cache-Control"]) == (200, "private, no-cache")
    async with usual.http.get(url, headers={"If-None-Match": response.headers["ETag"]}) as response:
        assert response.status == 401


async def test_the_reference_is_shown_only_where_the_schema_is_no_secret(usual, api):
    for running_, status in ((usual, 404), (api, 200)):
        async with running_.http.get(running_.server.make_url("/docs/api/README")) as response:
            assert response.status == status
        async with running_.http.get(running_.server.make_url("/docs/errors")) as response:
            assert response.status == 200


# ---- errors

UNKNOWN = "{ viewr { environment } }"


async def test_what_was_meant_is_told_with_a_test_key_only_whoever_asks_first(usual):
    test_key = await a_test_key(usual)
    for number, keys in enumerate(([test_key, usual.customer], [usual.customer, test_key])):
        query = UNKNOWN + " " * number
        messages = {key: (await usual.run(query, key=key)).error["message"] for key in keys * 2}
        assert messages[test_key] == "Cannot query field 'viewr' on type 'Query'. Did you mean 'viewer'?"
        assert messages[usual.customer] == "Cannot query field 'viewr'."


async def test_over_a_socket_what_was_meant_is_not_told_with_a_live_key_either(usual):
    async with connected(usual) as socket:
        error = await socket.refusal(await socket.start(UNKNOWN))
        assert error["message"] == "Cannot query field 'viewr'."


async def test_what_a_variable_could_be_is_told_with_a_test_key_only(usual):
    query = "query($filter: QuoteFilter) { quotes(filter: $filter) { totalCount } }"
    told = [
        (await usual.run(query, {"filter": {"statu": []}}, key=key)).error["message"]
        for key in (await a_test_key(usual), usual.customer)
    ]
    assert ["Did you mean" in it for it in told] == [True, False]
    assert "'statu'" in told[1]
    async with connected(usual) as socket:
        error = await socket.refusal(await socket.start(query, {"filter": {"statu": []}}))
        assert "'statu'" in error["message"]
        assert "Did you mean" not in error["message"]


@pytest.mark.parametrize("text", [it[0] for it in DOCUMENTS])
async def test_no_error_names_what_the_document_does_not(usual, text):
    answer = await usual.run(text)
    names = set(usual.parts.engine.preparation.schema.type_map)
    for error in answer.errors:
        said = {it.strip("'!.[]()@:$,") for it in error["message"].replace(".", " ").split() if "'" in it}
        assert {it for it in said & names if it not in text} == set(), error["message"]
        assert "Did you mean" not in error["message"]


MESSAGES = [
    ("Cannot query field 'a' on type 'Query'.", "Cannot query field 'a'."),
    ("Cannot query field 'a' on type 'Query'. Did you mean 'b', 'c', or 'd'?", "Cannot query field 'a'."),
    ("Unknown argument 'x' on field 'Query.a'.", "Unknown argument 'x' on field 'a'."),
    (
        "Field 'a' of type 'Secret' must have a selection of subfields. Did you mean 'a { ... }'?",
        "Field 'a' must have a selection of subfields.",
    ),
    ("Argument 'Query.a(b:)' of type 'Secret!' is required, but it was not provided.",
     "Argument 'a(…:)' is required, but it was not provided."),
    ("Value 'x' does not exist in 'Secret' enum.", "Value 'x' does not exist in '…' enum."),
    ("Expected value of type 'Secret', found \"it's\" 'Hidden", "Expected value, found \"it's\" '…"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "told"), MESSAGES)
def test_a_message_keeps_the_names_of_the_document_and_no_other(message, told):
    assert without_names(message, "{ a(x: 1) @b }".replace("@b", "")) == told


def test_only_messages_about_variables_are_cut():
    said = "Unknown country 'Urugay'. Did you mean UY?"
    assert without_suggestion(said) == said
    assert without_suggestion("Variable '$a' has no 'b'. Did you mean 'c'?") == "Variable '$a' has no 'b'."


async def test_without_a_key_no_name_is_told(usual):
    answer = await visit(usual, '{ publicQuote(key: "x") { orderI } }')
    assert answer.error["message"] == "Cannot query field 'orderI'."


async def test_a_document_of_a_webhook_tells_no_name_where_live_keys_are_told_none(usual):
    document = "subscription { events { actr } }"
    sent = {"url": "https://hooks.example/in", "events": ["*"], "query": document}
    errors = (await usual.act("createWebhookEndpoint", sent, key=usual.operator))["userErrors"]
    assert "Did you mean" not in json.dumps(errors)
