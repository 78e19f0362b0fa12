"""Queries in the address of a GET, as urql and caches in front of an API send them."""

import asyncio
import json
from typing import Any

import pytest

from tests.api.support.makers import a_quote
from tests.api.support.running import Answer, Running
from tests.patience import PATIENCE

VIEWER = "{ viewer { environment } }"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
NEW = "application/graphql-response+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def get(api: Running, key: str | None = "", method: str = "GET", accept: str = URQL, **sent: Any) -> Answer:
    params = {name: it if isinstance(it, str) else json.dumps(it) for name, it in sent.items()}
    headers = {"Accept": accept} | ({} if key is None else {"Authorization": f"Bearer {key or api.customer}"})
    async with api.http.request(method, api.url, params=params, headers=headers) as response:
        text = await response.text()
        return Answer(response.status, response.headers, json.loads(text) if text else None)


async def test_a_query_is_answered_as_by_post(api):
    quote = await a_quote(api)
    query = "query A($id: ID!) { node(id: $id) { id } } query B { viewer { environment } }"
    answer = await get(api, query=query, variables={"id": quote.id}, operationName="A", extensions={"any": 1})
    assert (answer.status, answer.data) == (200, {"node": {"id": quote.id}})
    assert answer.headers["Content-Type"] == f"{NEW}; charset=utf-8"


async def test_an_answer_is_kept_by_no_cache_for_another_client(api):
    answer = await get(api, query=VIEWER)
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"Accept", "Authorization"} <= set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize("accept", [URQL, "text/event-stream"])
async def test_a_mutation_is_refused_and_changes_nothing(api, accept):
    quote = await a_quote(api)
    before = await api.contents()
    mutation = f'mutation {{ acceptItem(input: {{itemId: "{quote.item}"}}) {{ quote {{ id }} }} }}'
    answer = await get(api, query=mutation, accept=accept)
    assert (answer.status, answer.headers["Allow"], answer.codes) == (405, "POST", ["VALIDATION_ERROR"])
    assert "POST" in answer.error["message"]
    assert await api.contents() == before


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"query": ""}, 400),
        ({"query": " "}, 400),
        ({"query": VIEWER, "variables": "{"}, 400),
        ({"query": VIEWER, "variables": "[]"}, 400),
        ({"query": VIEWER, "variables": '"{}"'}, 400),
        ({"query": VIEWER, "extensions": "[]"}, 400),
        ({"query": VIEWER, "operationName": "Other"}, 400),
        ({"query": "{ nothing }"}, 400),
        ({"query": "{ viewer {"}, 400),
        ({"query": "{ deadJobs { totalCount } }"}, 403),
        ({"query": "subscription { events { id } }"}, 200),
    ],
)
async def test_what_cannot_be_run_is_refused(api, sent, status):
    if status == 200:
        async with api.http.get(
            api.url, params=sent, headers={"Accept": URQL, "Authorization": f"Bearer {api.customer}"}
        ) as response:
            assert (response.status, response.content_type) == (200, "text/event-stream")
        return
    answer = await get(api, **sent)
    assert answer.status == status, answer.body
    assert all(error["extensions"]["code"] for error in answer.errors)


async def test_without_a_key_there_is_no_answer(api):
    answer = await get(api, key=None, query=VIEWER)
    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


async def test_a_browser_that_opens_the_address_is_shown_the_playground(api):
    for params in ({}, {"query": VIEWER}):
        async with api.http.get(api.url, params=params, headers={"Accept": BROWSER}) as response:
            assert (response.status, response.content_type) == (200, "text/html")


async def test_head_has_the_headers_of_the_answer_and_no_body(api):
    headed = await get(api, method="HEAD", query=VIEWER)
    assert (headed.status, headed.body) == (200, None)
    assert headed.headers["Content-Type"] == f"{NEW}; charset=utf-8"


async def test_head_of_a_subscription_ends_with_the_headers_of_its_stream(api):
    for accept in ("text/event-stream", "multipart/mixed;subscriptionSpec=1.0, application/json"):
        async with asyncio.timeout(PATIENCE):
            headed = await get(api, method="HEAD", accept=accept, query="subscription { events { id } }")
            assert (headed.status, headed.body) == (200, None)
            assert headed.headers["Content-Type"].startswith(accept.partition(";")[0])
            # The connection is free for the next request.
            assert (await get(api, query=VIEWER)).status == 200
    assert not api.parts.engine.feed.subscriptions


async def test_options_tells_which_methods_there_are(api):
    answer = await get(api, key=None, method="OPTIONS")
    assert (answer.status, answer.headers["Allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, POST, PUT")
