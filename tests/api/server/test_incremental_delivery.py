"""`@defer` and `@stream`: parts of an answer that come later, for clients that accept them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.database.core.reader import SqlReader
from tests.api.support.makers import a_draft, a_quote, an_item
from tests.api.support.running import Running, document, running

DRAFT = "multipart/mixed;incrementalSpec=v0.2"
EARLIER = "multipart/mixed;deferSpec=20220824"
DEFERRED = """query($later: Boolean = true) {
  quotes { nodes { orderId ...Items @defer(if: $later, label: "items") } }
  viewer { environment }
}
fragment Items on Quote { items { quantity } }"""
STREAMED = '{ quotes { nodes { orderId items @stream(initialCount: 1, label: "items") { quantity } } } }'


async def parts(
    api: Running, query: str, variables: Mapping[str, Any] | None = None, accept: str = DRAFT, method: str = "POST"
) -> list[Any]:
    """The parts of a multipart answer."""
    headers = {"Authorization": f"Bearer {api.customer}", "Accept": f"{accept}, application/json;q=0.9"}
    sent: dict[str, Any] = {"json": {"query": query, "variables": variables}}
    if method == "GET":
        sent = {"params": {"query": query}}
    async with api.http.request(method, api.url, headers=headers, **sent) as response:
        assert response.headers["Content-Type"] == f'multipart/mixed;boundary="graphql";{accept.split(";")[1]}'
        text = await response.text()
    assert text.endswith("--graphql--\r\n")
    bodies = [it.split("\r\n\r\n", 1)[1] for it in text.split("\r\n--graphql")[1:-1]]
    return [it for it in map(json.loads, bodies) if it]


async def two_items(api: Running) -> None:
    draft = a_draft(an_item(quantity=2), an_item(quantity=3))
    assert (await api.run(document("createQuote"), {"input": draft})).data["createQuote"]["userErrors"] == []


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_deferred_fragment_comes_after_the_rest(api, method):
    await two_items(api)
    first, *later = await parts(api, DEFERRED, method=method)
    [node] = first["data"]["quotes"]["nodes"]
    assert (set(node), first["data"]["viewer"], first["hasNext"]) == ({"orderId"}, {"environment": "LIVE"}, True)
    assert first["pending"] == [{"id": "0", "path": ["quotes", "nodes", 0], "label": "items"}]
    [entry] = [it for payload in later for it in payload.get("incremental", ())]
    assert entry == {"id": "0", "data": {"items": [{"quantity": 2}, {"quantity": 3}]}}
    assert [it for payload in later for it in payload.get("completed", ())] == [{"id": "0"}]
    assert later[-1]["hasNext"] is False


async def test_the_entries_of_a_streamed_list_come_one_after_the_other(api):
    await two_items(api)
    first, *later = await parts(api, STREAMED)
    assert first["data"]["quotes"]["nodes"][0]["items"] == [{"quantity": 2}]
    items = [item for payload in later for it in payload.get("incremental", ()) for item in it["items"]]
    assert (items, later[-1]["hasNext"]) == ([{"quantity": 3}], False)


async def test_clients_of_the_earlier_form_get_paths(api):
    await two_items(api)
    first, *later = await parts(api, DEFERRED, accept=EARLIER)
    assert set(first) == {"data", "hasNext"}
    entries = [it for payload in later for it in payload.get("incremental", ())]
    assert entries == [
        {"data": {"items": [{"quantity": 2}, {"quantity": 3}]}, "path": ["quotes", "nodes", 0], "label": "items"}
    ]
    assert later[-1]["hasNext"] is False


@pytest.mark.parametrize(
    ("query", "variables", "accept"),
    [
        (DEFERRED, {}, "application/json"),
        (DEFERRED, {}, "multipart/mixed, application/json"),
        (DEFERRED, {}, "*/*"),
        (DEFERRED, {"later": False}, DRAFT),
        (STREAMED, {}, "application/graphql-response+json"),
        (STREAMED, {}, EARLIER),
    ],
)
async def test_who_accepts_no_parts_gets_the_whole_answer_at_once(api, query, variables, accept):
    await two_items(api)
    answer = await api.run(query, variables, headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith("application/")
    assert answer.data["quotes"]["nodes"][0]["items"] == [{"quantity": 2}, {"quantity": 3}]


async def test_an_answer_at_once_has_a_plan_as_if_it_had_no_such_directive(api):
    before = api.parts.engine.executor.counts["fallback"]
    await api.data(DEFERRED)
    assert api.parts.engine.executor.counts["fallback"] == before


async def test_a_mutation_may_defer_what_it_returns(api):
    quote = await a_quote(api)
    query = """mutation($input: AcceptItemInput!) {
      acceptItem(input: $input) { userErrors { code } ... @defer { quote { orderId } } }
    }"""
    first, *later = await parts(api, query, {"input": {"itemId": quote.item}})
    assert first["data"] == {"acceptItem": {"userErrors": []}}
    assert any("quote" in it["data"] for payload in later for it in payload.get("incremental", ()))


@pytest.mark.parametrize("accept", [DRAFT, EARLIER])
async def test_a_part_that_fails_has_an_error_that_leaks_nothing(api, monkeypatch, accept):
    await two_items(api)
    load = SqlReader.load

    async def fail(self: SqlReader, loader: str, *rest: Any, **more: Any) -> Any:
        if loader.startswith("item"):
            raise RuntimeError("the secret is in drawer 7")
        return await load(self, loader, *rest, **more)

    monkeypatch.setattr(SqlReader, "load", fail)
    found = await parts(api, DEFERRED, accept=accept)
    assert "drawer" not in json.dumps(found)
    entries = [it for payload in found for name in ("incremental", "completed") for it in payload.get(name, ())]
    [error] = [error for it in entries for error in it.get("errors", ())]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert error["extensions"]["docs"].endswith("/docs/errors#internal_error")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("subscription { ... @defer { events { id } } }", "@defer"),
        ("mutation { ... @defer { acceptItem(input: {itemId: 1}) { userErrors { code } } } }", "defer"),
        ("{ viewer @stream { environment } }", "stream"),
        ("{ viewer { ... @defer(label: 7) { environment } } }", "string"),
    ],
)
async def test_a_directive_where_it_cannot_be_is_refused(api, query, named):
    answer = await api.run(query, headers={"Accept": f"{DRAFT}, application/json"})
    assert answer.errors[0]["extensions"]["reason"] == "GRAPHQL_VALIDATION_FAILED"
    assert any(named in it["message"].lower() for it in answer.errors)


async def test_invalid_variables_are_refused_before_any_part(api):
    answer = await api.run(DEFERRED, {"later": "yes"}, headers={"Accept": f"{DRAFT}, application/json"})
    assert (answer.error["extensions"]["reason"], "data" in answer.body) == ("BAD_USER_INPUT", False)


async def test_parts_count_towards_the_limits(new_database):
    async with running(await new_database("sqlite"), max_answer_bytes=64 * 1024) as api:
        types = "types { name description fields { name description } }"
        query = f"{{ viewer {{ environment }} ... @defer {{ __schema {{ {types} }} }} }}"
        found = await parts(api, query)
    errors = [error for payload in found for it in payload.get("completed", ()) for error in it.get("errors", ())]
    assert [it["extensions"]["limitName"] for it in errors] == ["bytes"]


async def test_a_field_that_the_key_may_not_select_is_refused_in_a_deferred_fragment_too(api):
    query = "{ viewer { environment } ... @defer { deadJobs { totalCount } } }"
    refused = await api.run(query, headers={"Accept": f"{DRAFT}, application/json"})
    assert refused.codes == ["FORBIDDEN"]
    partial = {"Accept": f"{DRAFT}, application/json", "X-Quotegraph-Partial": "scopes"}
    answer = await api.run(query, headers=partial)
    assert (answer.codes, answer.body["data"]["viewer"]) == (["FORBIDDEN"], {"environment": "LIVE"})
    assert answer.body["data"]["deadJobs"] is None
