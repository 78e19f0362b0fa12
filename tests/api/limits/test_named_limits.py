"""Each setting that bounds a request: what is refused because of it names it, and the value that it has."""

import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from graphql import GraphQLError, OperationType

from app.limit_settings import LimitSettings
from app.server.connections.register import MESSAGES
from app.server.connections.runner import no_room
from resolvers.budgets import BudgetType
from tests.api.limits.test_refused_at_the_door import served
from tests.api.limits.test_variables import NODES, SMALL, TOO_MUCH
from tests.api.support.customers import visit
from tests.api.support.rest import Rest
from tests.api.support.running import Answer, Running, running
from tests.api.support.sockets import connected

VIEWER = "{ viewer { environment } }"
EVENTS = "subscription { events { type } }"
FIELDS = " ".join(f"a{it}: fields {{ name type {{ name ofType {{ name }} }} }}" for it in range(90))
DELETION = 'deleteKit(input: {kitId: "x"}) { deletedKitId }'
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "graphql-transport-ws",
}
Refused = Callable[[Running], Awaitable[Any]]


def run(query: str, variables: Any = None, **more: Any) -> Refused:
    """An operation with a key is refused."""

    async def refused(api: Running) -> Any:
        return (await api.run(query, variables, **more)).error

    return refused


def repeated(send: Callable[[Running, int], Awaitable[Any]]) -> Refused:
    """One of ten operations is refused."""

    async def refused(api: Running) -> Any:
        for number in range(10):
            if (answer := await send(api, number)).status == 429:
                return answer.error
        raise AssertionError("none was refused")

    return refused


def taken(budget: BudgetType) -> Refused:
    """The second action of a customer is refused."""

    async def refused(api: Running) -> Any:
        customers = api.parts.engine._services.customer_budgets
        customers.take(budget, "somebody")
        with pytest.raises(GraphQLError) as found:
            customers.take(budget, "somebody")
        return found.value.formatted

    return refused


async def notice(api: Running, _number: int) -> Answer:
    async with api.http.post(api.server.make_url("/hooks/nothing"), json={}) as response:
        return Answer(response.status, response.headers, await response.json())


async def public_document(api: Running) -> Any:
    return (await visit(api, f'{{ publicQuote(key: "x") {{ {"orderId " * 201} }} }}')).error


async def public_body(api: Running) -> Any:
    return (await visit(api, VIEWER, {"a": "x" * 5_000})).error


async def long_answer(api: Running) -> Any:
    selected = " ".join(f"{'a' * 250}{it}: environment" for it in range(60))
    viewers = " ".join(f"a{it}: viewer {{ ...Long }}" for it in range(6))
    return (await api.run(f"{{ {viewers} }} fragment Long on Viewer {{ {selected} }}")).error


async def batch(api: Running) -> Any:
    sent = {"Authorization": f"Bearer {api.customer}"}
    async with api.http.post(api.url, json=[{"query": VIEWER}] * 3, headers=sent) as response:
        return (await response.json())["errors"][0]


async def late_body(api: Running) -> Any:
    head = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    async with served(api) as client:
        _, _, body = await client.send(head + b"{")
    return error_of(body)


async def connection(api: Running) -> Any:
    return error_of(no_room({}, 10).partition(b"\r\n\r\n")[2])


async def under_way(api: Running) -> Any:
    turn = await api.parts.engine.admission.enter(OperationType.QUERY, "another")
    refused = await api.run(VIEWER)
    turn.leave()
    return refused.error


async def socket_of_an_address(api: Running) -> Any:
    async with connected(api), api.http.get(api.url, headers=HANDSHAKE) as response:
        return (await response.json())["errors"][0]


async def operation_of_a_socket(api: Running) -> Any:
    async with connected(api) as socket:
        await socket.start(EVENTS)
        await socket.subscribed(api)
        return await socket.refusal(await socket.start(EVENTS))


def error_of(body: bytes) -> Any:
    """The only error of a body in bytes."""
    [error] = json.loads(body)["errors"]
    return error


def variables(name: str) -> Refused:
    return run(NODES, TOO_MUCH[name][0])


REFUSED: dict[str, tuple[Any, Refused]] = {
    "max_cost": (100, run("{ quotes(first: 100) { nodes { id } } }")),
    "max_answer_bytes": (64 * 1024, long_answer),
    "max_request_bytes": (64 * 1024, run(VIEWER, {"a": "x" * 70_000})),
    "max_public_request_bytes": (4 * 1024, public_body),
    "max_variable_bytes": (SMALL["max_variable_bytes"], variables("variable bytes")),
    "max_variable_levels": (SMALL["max_variable_levels"], variables("variable levels")),
    "max_list_length": (SMALL["max_list_length"], variables("list values")),
    "max_tokens": (200, run(f"{{ viewer {{ {'environment ' * 201} }} }}")),
    "max_public_tokens": (200, public_document),
    "document_seconds": (1e-9, repeated(lambda api, number: api.run(f"{{ a{number}: viewer {{ environment }} }}"))),
    "max_fields": (20, run(f"{{ viewer {{ {'environment ' * 21} }} }}")),
    "max_aliases": (4, run(f"{{ viewer {{ {' '.join(f'a{it}: environment' for it in range(5))} }} }}")),
    "max_root_fields": (4, run(f"{{ {'__typename ' * 5} }}")),
    "max_repeated_fields": (4, run(f"{{ viewer {{ {'environment ' * 6} }} }}")),
    "max_fragments": (4, run(VIEWER + " fragment A on Viewer { environment }" * 5)),
    "max_directives": (4, run(f"{{ viewer {{ environment {'@include(if: true) ' * 5} }} }}")),
    "max_arguments": (20, run(f"{{ viewer({' '.join(f'a{it}: 1' for it in range(21))}) {{ environment }} }}")),
    "max_levels": (20, run("{ viewer " * 22 + "}" * 22)),
    "max_mutations": (1, run(f"mutation {{ {DELETION} again: {DELETION} }}")),
    "batching": (2, batch),
    "max_sockets_per_address": (1, socket_of_an_address),
    "max_operations_per_socket": (1, operation_of_a_socket),
    "max_subscriptions_per_key": (1, operation_of_a_socket),
    "max_operations": (1, under_way),
    "max_connections": (10, connection),
    "request_seconds": (0.1, late_body),
    "rate_limit": ("60/1", run("{ quotes(first: 100) { nodes { id } } }")),
    "public_rate_limit": ("3/1", repeated(lambda api, _: visit(api, '{ publicQuote(key: "x") { orderId } }'))),
    "wrong_key_rate_limit": ("30/1", repeated(lambda api, number: api.run(VIEWER, key=f"qk_live_{number}"))),
    "signing_rate_limit": ("10/1", taken(BudgetType.SIGNING)),
    "fill_in_rate_limit": ("10/1", taken(BudgetType.FILLING_IN)),
    "hook_rate_limit": ("5/1", repeated(notice)),
}
CLOSED = {"keep_alive_seconds", "unread_seconds", "max_unread_bytes", "socket_init_seconds", "unread_bytes"}
CLOSED |= {"max_sockets_per_key"}
WAITS = {"max_messages_per_second"}


def test_every_setting_of_limits_is_among_these():
    assert set(LimitSettings.model_fields) == REFUSED.keys() | CLOSED | WAITS


@pytest.mark.parametrize("name", REFUSED)
async def test_a_refusal_names_the_limit_its_value_and_its_setting(new_database, name):
    value, refused = REFUSED[name]
    on = {} if "rate_limit" not in name else {"rate_limit": "100000/1000"}
    async with running(await new_database("sqlite"), **{**on, name: value}) as api:
        error = await refused(api)
    extensions = error["extensions"]
    assert extensions["setting"] == f"QUOTEGRAPH_{name.upper()}"
    assert extensions["limitName"]
    assert extensions["limit"] == (int(value.partition("/")[0]) if isinstance(value, str) else value)
    if extensions["code"] in ("VALIDATION_ERROR", "UNAUTHORIZED") and name != "request_seconds":
        assert extensions["found"] > extensions["limit"]


async def test_the_rest_api_names_them_in_its_details(new_database):
    async with running(await new_database("sqlite"), max_request_bytes=64 * 1024, rate_limit="30/1") as api:
        long = await Rest(api).send("POST", "quotes", {"notes": "x" * 70_000})
        for _ in range(60):
            if (late := await Rest(api).get("employees", limit=100)).status != 200:
                break
    assert (long.status, long.body["error"]["code"]) == (413, "VALIDATION_ERROR")
    found = long.body["error"]["details"]
    assert (found["limit_name"], found["limit"]) == ("request bytes", 64 * 1024)
    assert (found["found"] > 70_000, found["setting"]) == (True, "QUOTEGRAPH_MAX_REQUEST_BYTES")
    found = late.body["error"]["details"]
    assert (late.status, found["budget"], found["setting"]) == (429, "KEY", "QUOTEGRAPH_RATE_LIMIT")
    assert (found["limit_name"], found["limit"], found["restore_rate"]) == ("points", 30, 1)


@pytest.mark.parametrize(
    ("query", "variables", "name"),
    [
        (NODES, {"ids": ["a"] * 101}, "ids"),
        ("{ __schema { types { name } } again: __schema { types { name } } }", None, "__schema"),
        (f"{{ __schema {{ types {{ {FIELDS} }} }} }}", None, "introspected objects"),
    ],
)
async def test_a_limit_without_a_setting_is_named_with_its_value(api, query, variables, name):
    extensions = (await api.run(query, variables)).error["extensions"]
    assert extensions["limitName"] == name
    assert extensions["found"] > extensions["limit"] > 0
    assert extensions["setting"] is None


async def test_a_closed_connection_is_named_in_the_log_or_by_its_reason(new_database):
    for name in ("unread_seconds", "max_unread_bytes"):
        assert any(f"QUOTEGRAPH_{name.upper()}" in it for it in MESSAGES.values())
    async with running(await new_database("sqlite"), max_sockets_per_key=1) as api, AsyncExitStack() as stack:
        await stack.enter_async_context(connected(api))
        other = await stack.enter_async_context(connected(api, init=False))
        await other.say(type="connection_init", payload={"Authorization": f"Bearer {api.customer}"})
        closed = await other.closed()
    assert (closed.code, "QUOTEGRAPH_MAX_SOCKETS_PER_KEY" in closed.reason) == (4429, True)
