"""What variables may be, and a body as a whole: bytes, levels, and the length of lists, over every transport."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from graphql import get_named_type, get_nullable_type, is_input_object_type, is_list_type

from app.server.bodies import PUBLIC_BYTES, BodyLimits, TooMuch, decoded, levels
from app.server.limits import Limits
from app.server.refusals import Refusal
from app.server.variables import check_variables
from app.settings import Settings
from schema.build import build_schema, core_schema
from tests.api.support.customers import visit
from tests.api.support.running import Running, running
from tests.api.support.sockets import connected

NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
BODY = Settings().body_limits


def nested(times: int) -> Any:
    found: Any = 1
    for _ in range(times):
        found = [found]
    return found


# The limit, the variables that exceed it by one, what is found, and the setting.
TOO_MUCH: dict[str, tuple[Any, int, str]] = {
    "list values": ({"ids": ["a"] * 201}, 201, "QUOTEGRAPH_MAX_LIST_LENGTH"),
    "variable levels": ({"ids": nested(10)}, 11, "QUOTEGRAPH_MAX_VARIABLE_LEVELS"),
    "variable bytes": ({"ids": "a" * (1024 - 9)}, 1_025, "QUOTEGRAPH_MAX_VARIABLE_BYTES"),
}
SMALL: dict[str, Any] = {"max_list_length": 200, "max_variable_levels": 10, "max_variable_bytes": 1024}
LIMITS = Limits(list_length=200, variable_levels=10, variable_bytes=1024)


@pytest_asyncio.fixture
async def small(new_database) -> AsyncIterator[Running]:
    async with running(await new_database("sqlite"), batching=2, **SMALL) as api:
        yield api


@pytest.mark.parametrize("name", TOO_MUCH)
def test_the_limit_is_exact(name):
    variables, found, setting = TOO_MUCH[name]
    with pytest.raises(Refusal) as refused:
        check_variables(variables, LIMITS)
    [error] = refused.value.errors
    extensions = error.extensions
    assert extensions is not None
    assert (extensions["code"], extensions["reason"]) == ("VALIDATION_ERROR", "LIMIT_EXCEEDED")
    assert (extensions["limitName"], extensions["found"], extensions["limit"]) == (name, found, found - 1)
    assert all(it in error.message for it in (f"{found:,}", f"{found - 1:,}", setting))
    assert extensions["setting"] == setting
    one_less = {"list values": ["a"] * 200, "variable levels": nested(9), "variable bytes": "a" * (1024 - 10)}
    check_variables({"ids": one_less[name]}, LIMITS)


@pytest.mark.parametrize("name", TOO_MUCH)
async def test_over_each_transport_the_operation_is_refused_with_the_limit(small, name):
    variables, _, _ = TOO_MUCH[name]
    sent = {"query": NODES, "variables": variables}
    authorization = {"Authorization": f"Bearer {small.customer}"}
    found = [(await small.run(NODES, variables)).error]
    async with small.http.post(small.url, json=[sent, {"query": "{ __typename }"}], headers=authorization) as response:
        refused, answered = await response.json()
        assert answered["data"] == {"__typename": "Query"}
        found += refused["errors"]
    async with connected(small) as socket:
        found.append(await socket.refusal(await socket.start(NODES, variables)))
        assert await socket.event(await socket.start("{ __typename }")) == "Query"
    stream = {**authorization, "Accept": "text/event-stream"}
    async with small.http.post(small.url, json=sent, headers=stream) as response:
        assert f'"limitName":"{name}"' in (await response.text()).replace(": ", ":")
    in_url = {"query": NODES, "variables": json.dumps(variables)}
    async with small.http.get(small.url, params=in_url, headers=authorization) as response:
        found += (await response.json())["errors"]
    assert [it["extensions"]["limitName"] for it in found] == [name] * 4


def test_every_list_of_the_schema_is_bounded_by_the_limit_of_lists():
    lists = set()
    for type_ in core_schema(build_schema()).type_map.values():
        fields = type_.fields.values() if hasattr(type_, "fields") else ()
        inputs = list(fields) if is_input_object_type(type_) else [it for field in fields for it in _args(field)]
        lists |= {get_named_type(it.type).name for it in inputs if is_list_type(get_nullable_type(it.type))}
    assert len(lists) > 20
    for within in ({"list": ["a"] * 2_501}, {"input": {"a": [{"b": ["a"] * 2_501}]}}, {"a": [[1] * 2_501]}):
        with pytest.raises(Refusal):
            check_variables(within, Settings().operation_limits)


def _args(field: Any) -> Any:
    return getattr(field, "args", {}).values()


# ---- the body as a whole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": [[1], [2, [3]]]}', 4),
        ('{"a": "[[[[[[", "b": "\\"[[["}', 1),
        ("[[[", 3),
        ("]]][", 0),
        ("[]" * 50, 1),
    ],
)
def test_levels_are_those_of_lists_and_objects_and_not_of_texts(text, found):
    assert levels(text.encode(), 0) == found


@pytest.mark.parametrize("member", ["variables", "extensions", "other"])
def test_a_body_that_is_nested_too_deeply_is_refused_before_it_is_parsed(member, monkeypatch):
    body = json.dumps({"query": "{ __typename }", member: nested(28)})
    monkeypatch.setattr("app.server.bodies.orjson.loads", None)
    with pytest.raises(TooMuch) as much:
        decoded(body, BODY)
    extensions = much.value.error.extensions
    assert extensions is not None
    assert (extensions["limitName"], extensions["found"], extensions["limit"]) == ("request levels", 29, 28)
    assert extensions["setting"] == "QUOTEGRAPH_MAX_VARIABLE_LEVELS"


async def test_a_deep_body_is_told_the_limit_over_http_and_closes_a_socket(api):
    answer = await api.run(NODES, {"ids": nested(40)})
    assert (answer.status, answer.error["extensions"]["limitName"]) == (413, "request levels")
    async with connected(api) as socket:
        await socket.start(NODES, {"ids": nested(40)})
        closed = await socket.closed()
        assert closed.code == 4400
        assert "QUOTEGRAPH_MAX_VARIABLE_LEVELS" in closed.reason


def test_many_brackets_are_looked_at_once():
    body = b"[" + b"[]," * 2_000 + b"[]]"
    assert levels(body, 28) == 2
    assert levels(b'{"a":"' + b"[" * 10_000 + b'"}', 28) == 1


# ---- without a key


async def test_without_a_key_a_body_of_a_few_kilobytes_is_read(api):
    query = '{ publicQuote(key: "x") { orderId } }'
    assert (await visit(api, query, {"a": "x" * (PUBLIC_BYTES - 200)})).data == {"publicQuote": None}
    answer = await visit(api, query, {"a": "x" * PUBLIC_BYTES})
    extensions = answer.error["extensions"]
    assert (answer.status, extensions["code"], extensions["limitName"]) == (401, "UNAUTHORIZED", "request bytes")
    assert (extensions["limit"], extensions["setting"]) == (PUBLIC_BYTES, "QUOTEGRAPH_MAX_PUBLIC_REQUEST_BYTES")
    assert extensions["found"] > PUBLIC_BYTES
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "without an API key" in answer.error["message"]


async def test_without_a_key_fewer_values_and_levels_are_read(api):
    query = '{ publicQuote(key: "x") { orderId } }'
    for variables, name in (({"a": [1] * 1_000}, "request values"), ({"a": nested(40)}, "request levels")):
        answer = await visit(api, query, variables)
        assert (answer.codes, answer.error["extensions"]["limitName"]) == (["UNAUTHORIZED"], name)


def test_the_longest_that_the_customers_page_sends_is_within_the_limit():
    document, reason = "x" * 2_000, "ü" * 5_000
    decoded(json.dumps({"query": document, "variables": {"input": {"reason": reason}}}, ensure_ascii=False),
            Settings().public_body_limits)  # fmt: skip


def test_a_limit_of_bytes_names_its_setting():
    with pytest.raises(TooMuch) as much:
        decoded(b" " * 11, BodyLimits(10, 5, "QUOTEGRAPH_MAX_PUBLIC_REQUEST_BYTES"))
    assert "QUOTEGRAPH_MAX_PUBLIC_REQUEST_BYTES" in str(much.value)
