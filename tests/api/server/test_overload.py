"""What a server answers that has too much to do."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from graphql import OperationType

from app.server.admission import LIMIT
from tests.api.support.running import Running
from tests.api.support.sockets import connected

VIEWER = "{ viewer { environment } }"
KIT = """
    mutation { createKit(input: { name: "A kit", devices: [
        { quantity: 1, device: { custom: { productType: LAPTOP, specification: { brand: "Dell" } } } }
    ] }) { kit { name } userErrors { code message path } } }
"""


@asynccontextmanager
async def overloaded(api: Running, type_: OperationType = OperationType.QUERY) -> AsyncIterator[None]:
    """As many operations of different payers are under way as the server takes, and none of them ends."""
    admission = api.parts.engine.admission
    tasks = [asyncio.create_task(admission.enter(type_, f"payer {number}")) for number in range(LIMIT)]
    while admission.queries.count + admission.mutations.count < len(tasks):
        await asyncio.sleep(0)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        turns = await asyncio.gather(*tasks, return_exceptions=True)
        for turn in turns:
            if not isinstance(turn, BaseException):
                turn.leave()


def _address(api: Running) -> str:
    return api.url.rpartition("/")[0]


async def test_an_operation_is_refused_at_once_and_answered_later(api):
    async with overloaded(api):
        refused = await api.run(VIEWER)
    assert (refused.status, refused.codes) == (503, ["OVERLOADED"])
    assert refused.headers["Retry-After"] == "1"
    assert refused.error["extensions"]["retryAfter"] == 1
    assert refused.error["extensions"]["docs"].endswith("/docs/errors#overloaded")
    assert (await api.run(VIEWER)).status == 200


async def test_mutations_are_refused_before_anything_is_done(api):
    before = await api.contents()
    async with overloaded(api):
        refused = await api.run(KIT)
    assert (refused.status, refused.codes) == (503, ["OVERLOADED"])
    assert await api.contents() == before


async def test_mutations_that_wait_for_each_other_do_not_stop_queries(api):
    async with overloaded(api, OperationType.MUTATION):
        assert (await api.run(VIEWER)).status == 200
        refused = await api.run(KIT)
    assert (refused.status, refused.codes) == (503, ["OVERLOADED"])
    assert refused.headers["Retry-After"] == "1"


async def test_an_operation_of_a_socket_is_refused_and_the_socket_stays_open(api):
    async with connected(api) as socket:
        async with overloaded(api):
            refused = await socket.refusal(await socket.start(VIEWER))
        assert refused["extensions"]["code"] == "OVERLOADED"
        assert (await socket.hear(await socket.start(VIEWER)))["type"] == "next"


async def test_the_customers_page_is_refused_too(api):
    async with overloaded(api), api.http.get(f"{_address(api)}/q/a-key") as response:
        assert response.status == 503
        assert (await response.json())["errors"][0]["extensions"]["code"] == "OVERLOADED"


async def test_customers_are_told_apart_by_their_network_also_behind_a_proxy(api, monkeypatch):
    monkeypatch.setattr(api.parts.api.door, "_trusted_proxies", 1)
    admission, payers = api.parts.engine.admission, []
    original = admission.enter

    async def entered(type_, payer, *rest):
        payers.append(payer)
        return await original(type_, payer, *rest)

    monkeypatch.setattr(admission, "enter", entered)
    for address in ("203.0.113.7", "2001:db8::1", "2001:db8::2"):
        async with api.http.get(f"{_address(api)}/q/a-key", headers={"X-Forwarded-For": address}):
            pass
    assert payers == ["network 203.0.113.7", "network 2001:db8::/64", "network 2001:db8::/64"]


async def test_health_readiness_and_metrics_always_answer(api):
    async with overloaded(api):
        await api.run(VIEWER)
        for path in ("/healthz", "/readyz", "/metrics"):
            async with api.http.get(f"{_address(api)}{path}") as response:
                assert response.status == 200
                text = await response.text()
    lines = text.splitlines()
    assert f'quotegraph_operations_under_way{{type="query"}} {LIMIT}.0' in lines
    assert 'quotegraph_operations_refused_total{type="query"} 1.0' in lines
    assert 'quotegraph_errors_total{code="OVERLOADED"} 1.0' in lines
    assert 'quotegraph_http_requests_total{method="POST",status="503"} 1.0' in lines


HERE = "127.0.0.1"
REQUEST = (
    b"POST /graphql HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nAccept: */*\r\n"
    b"Content-Length: 2\r\n\r\n{}"
)


async def test_what_is_refused_before_it_is_parsed_is_answered_as_all_else(api):
    door = api.parts.api.door
    async with overloaded(api):
        assert door.at_once(REQUEST, HERE) is None
        parsed = await api.run(VIEWER)
        refused = door.at_once(REQUEST, HERE)
    assert refused is not None
    head, _, body = refused.answer.partition(b"\r\n\r\n")
    assert json.loads(body) == parsed.body
    status, *lines = head.decode().split("\r\n")
    assert status == "HTTP/1.1 503 Service Unavailable"
    sent = {name: it for name, it in parsed.headers.items() if name not in ("Date", "Server")}
    assert dict(it.split(": ", 1) for it in lines) == sent
    assert api.parts.engine.errors["OVERLOADED"] == api.parts.engine.admission.queries.refused == 2


@pytest.mark.parametrize(
    "unusual",
    [b"Origin: https://shop.example", b"Upgrade: h2c", b"Expect: 100-continue", b"Connection: close"],
    ids=repr,
)
async def test_a_request_with_more_to_consider_is_parsed_before_it_is_refused(api, unusual):
    door = api.parts.api.door
    async with overloaded(api):
        await api.run(VIEWER)
        assert door.at_once(REQUEST, HERE) is not None
        assert door.at_once(REQUEST.replace(b"Host: here", b"Host: here\r\n" + unusual), HERE) is None
    assert door.at_once(REQUEST, HERE) is None
