"""Several operations in the array of one request."""

import asyncio
import json
from typing import Any

import pytest

from tests.api.support.makers import a_draft
from tests.api.support.running import Answer, Running, document, running

VIEWER = {"query": "{ viewer { environment } }"}
QUOTES = {"query": "query Quotes($first: Int) { quotes(first: $first) { totalCount } }", "variables": {"first": 1}}


async def sent(api: Running, operations: Any, key: str | None = None, **headers: str) -> Answer:
    authorized = {"Authorization": f"Bearer {key or api.customer}", "Content-Type": "application/json"}
    return await api.post(json.dumps(operations).encode(), {**authorized, **headers})


async def test_by_default_an_array_is_refused_and_the_setting_named(api):
    answer = await sent(api, [VIEWER])
    assert (answer.status, answer.error["extensions"]["reason"]) == (400, "BAD_REQUEST")
    assert "QUOTEGRAPH_BATCHING" in answer.error["message"]


async def test_the_operations_of_a_batch_are_answered_in_order(new_database):
    async with running(await new_database("sqlite"), batching=5) as api:
        broken = {"query": "{ nothing }"}
        failing = {"query": '{ node(id: "1") { id } viewer { environment } }'}
        answer = await sent(
            api,
            [VIEWER, broken, QUOTES, failing, {"query": document("createQuote"), "variables": {"input": a_draft()}}],
        )
        first, second, third, fourth, fifth = answer.body
    assert answer.status == 200
    assert first == {"data": {"viewer": {"environment": "LIVE"}}}
    assert ("data" in second, second["errors"][0]["extensions"]["reason"]) == (False, "GRAPHQL_VALIDATION_FAILED")
    assert second["errors"][0]["extensions"]["docs"]
    assert third == {"data": {"quotes": {"totalCount": 0}}}
    assert (fourth["data"]["node"], fourth["errors"][0]["path"]) == (None, ["node"])
    assert fifth["data"]["createQuote"]["userErrors"] == []


async def test_a_later_operation_sees_what_an_earlier_one_did(new_database):
    async with running(await new_database("sqlite"), batching=3) as api:
        create = {"query": document("createQuote"), "variables": {"input": a_draft()}}
        answer = await sent(api, [QUOTES, create, QUOTES])
        assert [it["data"]["quotes"]["totalCount"] for it in answer.body[::2]] == [0, 1]


@pytest.mark.parametrize(
    ("operations", "status", "named"),
    [
        ([], 400, "at least one"),
        ([VIEWER] * 3, 413, "QUOTEGRAPH_BATCHING"),
        ([VIEWER, 7], 400, "object"),
        ([VIEWER, [VIEWER]], 400, "object"),
        ([VIEWER, {"query": 7}], 400, "`query`"),
    ],
)
async def test_a_batch_that_is_none_is_refused_as_a_whole(new_database, operations, status, named):
    async with running(await new_database("sqlite"), batching=2) as api:
        answer = await sent(api, operations)
    assert (answer.status, answer.codes) == (status, ["VALIDATION_ERROR"])
    assert named in answer.error["message"]


@pytest.mark.parametrize(
    ("headers", "named"),
    [({"Idempotency-Key": "one"}, "@idempotent"), ({"Accept": "text/event-stream"}, "stream")],
)
async def test_what_is_for_one_operation_is_refused_for_a_batch(new_database, headers, named):
    async with running(await new_database("sqlite"), batching=2) as api:
        answer = await sent(api, [VIEWER, VIEWER], **headers)
    assert answer.status == 400
    assert named in answer.error["message"]


async def test_other_requests_are_answered_between_the_operations_of_a_batch(new_database):
    async with running(await new_database("sqlite"), batching=20) as api:
        refused, ended = set[int](), asyncio.Event()

        async def others() -> None:
            while not ended.is_set():
                refused.add(api.parts.engine.errors.total())
                await asyncio.sleep(0)

        other = asyncio.create_task(others())
        answer = await sent(api, [{"query": f"{{ nothing{number} }}"} for number in range(20)])
        ended.set()
        await other
    assert len(answer.body) == 20
    assert len(refused) > 10, "the others get a turn between refusals"


async def test_a_subscription_in_a_batch_is_refused_and_the_rest_answered(new_database):
    async with running(await new_database("sqlite"), batching=2) as api:
        first, second = (await sent(api, [{"query": "subscription { events { id } }"}, VIEWER])).body
    assert first["errors"][0]["extensions"]["reason"] == "BAD_REQUEST"
    assert second["data"]


async def test_a_batch_needs_a_key_and_each_operation_its_scopes(new_database):
    async with running(await new_database("sqlite"), batching=2) as api:
        assert (await sent(api, [VIEWER], key="nonsense")).status == 401
        first, second = (await sent(api, [{"query": "{ deadJobs { totalCount } }"}, VIEWER])).body
    assert first["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert second["data"]


async def test_the_answers_of_a_batch_are_limited_together(new_database):
    async with running(await new_database("sqlite"), batching=100, max_answer_bytes=64 * 1024) as api:
        large = {"query": "{ __schema { types { name fields { name } } } }"}
        answer = await sent(api, [VIEWER, large, large, VIEWER])
    assert "data" in answer.body[0]
    assert answer.body[-1]["errors"][0]["extensions"]["limitName"] == "bytes"
