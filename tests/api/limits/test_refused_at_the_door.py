"""Who goes on sending what was refused a moment ago is refused by the bytes of the request, with the same answer."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from aiohttp import web

from app.server.connections.runner import BoundedRunner
from app.server.http import build_app
from app.server.known_refusals import MOST_KEPT
from app.server.payers import network_at
from app.server.rate_limits import ThrottleStatus
from tests.api.server.test_overload import REQUEST, overloaded
from tests.api.support.running import Running, running
from tests.faults.open_loop import post
from tests.patience import PATIENCE

TEN = "{ products(first: 10) { nodes { id } } }"
HERE = "127.0.0.1"
CHANGING = {"Date", "X-RateLimit-Remaining", "X-RateLimit-Reset"}


@pytest_asyncio.fixture
async def limited(new_database) -> AsyncIterator[Running]:
    """Thirty points for each key, and none restored for as long as a test takes."""
    async with running(await new_database("sqlite"), rate_limit="30/1", public_rate_limit="10/1") as api:
        yield api


class Client:
    """One connection to a server as it is run."""

    port: int

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, request: bytes) -> tuple[str, dict[str, str], bytes]:
        """The status line, the headers and the body of an answer."""
        self._writer.write(request)
        async with asyncio.timeout(PATIENCE):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().rstrip()
            line, *lines = head.split("\r\n")
            headers = dict(it.split(": ", 1) for it in lines)
            return line, headers, await self._reader.readexactly(int(headers["Content-Length"]))

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def served(api: Running) -> AsyncIterator[Client]:
    parts, door = api.parts, api.parts.api.door
    app = build_app(parts.api, lambda: None)
    runner = BoundedRunner(app, parts.connections, door.at_once, door.figures, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        client.port = port
        yield client
        client.close()
    finally:
        await runner.cleanup()


def request(query: str, key: str) -> bytes:
    return post(json.dumps({"query": query}).encode(), key)


async def refused(client: Client, sent: bytes, status: int) -> tuple[str, dict[str, str], bytes]:
    """The first answer with a status."""
    for _ in range(50):
        answer = await client.send(sent)
        if f" {status} " in answer[0]:
            return answer
    raise AssertionError("nothing was refused")


@pytest.fixture
def parsed(limited, monkeypatch):
    """How many operations were read."""
    count = []
    api = limited.parts.api
    original = api._operation

    async def counted(*given):
        count.append(given)
        return await original(*given)

    monkeypatch.setattr(api, "_operation", counted)
    return count


def without_figures(answer: tuple[str, dict[str, str], bytes]) -> tuple[str, list[str], dict[str, str]]:
    line, headers, _ = answer
    return line, list(headers), {name: it for name, it in headers.items() if name not in CHANGING}


async def test_an_operation_beyond_the_points_is_refused_again_with_the_same_answer(limited, parsed):
    sent = request(TEN, limited.customer)
    async with served(limited) as client:
        first = await refused(client, sent, 429)
        parsed.clear()
        again = await client.send(sent)
        assert parsed == []
        assert without_figures(again) == without_figures(first)
        assert json.loads(again[2]).keys() == json.loads(first[2]).keys() == {"errors"}
        [was], [now] = json.loads(first[2])["errors"], json.loads(again[2])["errors"]
        assert {**now["extensions"], "available": 0, "retryAfter": 0} == {
            **was["extensions"], "available": 0, "retryAfter": 0
        }  # fmt: skip
        assert list(now) == list(was)
        assert now["extensions"]["retryAfter"] == int(again[1]["Retry-After"]) >= 1
        assert now["extensions"]["available"] == int(again[1]["X-RateLimit-Remaining"])


async def test_another_request_of_the_same_key_is_looked_at(limited, parsed):
    async with served(limited) as client:
        await refused(client, request(TEN, limited.customer), 429)
        line, _, body = await client.send(request("{ __typename }", limited.customer))
        assert (line, json.loads(body)["data"]) == ("HTTP/1.1 200 OK", {"__typename": "Query"})
        assert parsed


async def test_what_is_restored_is_answered(limited, monkeypatch):
    sent = request(TEN, limited.customer)
    async with served(limited) as client:
        await refused(client, sent, 429)
        limits = limited.parts.engine.rate_limits
        monkeypatch.setattr(limits, "_keys", type(limits._keys)())
        assert (await client.send(sent))[0] == "HTTP/1.1 200 OK"


async def test_a_wrong_key_is_refused_again_with_the_same_answer(limited, parsed, monkeypatch):
    sent = request(TEN, "qk_live_wrong")
    async with served(limited) as client:
        first = await client.send(sent)
        monkeypatch.setattr(limited.parts.authenticator, "admit", None)
        again = await client.send(sent)
        assert again[0] == first[0] == "HTTP/1.1 401 Unauthorized"
        assert without_figures(again) == without_figures(first)
        assert again[2] == first[2]
        assert again[1]["X-RateLimit-Limit"] == "10"
        assert limited.parts.api.requests.counts["POST", 401] == 2


async def test_a_key_that_is_made_meanwhile_is_good_after_a_moment(limited, monkeypatch):
    async with served(limited) as client:
        sent = request(TEN, "qk_live_wrong")
        await client.send(sent)
        known = limited.parts.api.door.known
        monkeypatch.setattr(known, "_now", lambda: 1e12)
        assert known.answer(sent, HERE) is None
        assert not len(known)


async def test_new_documents_beyond_the_budget_are_refused_again(limited, parsed, monkeypatch):
    monkeypatch.setattr(limited.parts.engine.new_documents, "_seconds", 1e-9)
    sent = request("{ a: viewer { environment } }", limited.customer)
    async with served(limited) as client:
        await client.send(request("{ b: viewer { environment } }", limited.customer))
        first = await refused(client, sent, 429)
        parsed.clear()
        again = await client.send(sent)
        assert parsed == []
        assert without_figures(again)[:2] == without_figures(first)[:2]
        assert json.loads(again[2])["errors"][0]["extensions"]["reason"] == "NEW_DOCUMENTS"


async def test_the_same_bytes_from_another_network_are_looked_at(limited):
    sent = request(TEN, "qk_live_wrong")
    async with served(limited) as client:
        await client.send(sent)
        door = limited.parts.api.door
        assert door.at_once(sent, HERE) is not None
        assert door.at_once(sent, "192.0.2.1") is None


def test_networks_over_ipv6_are_known_by_their_first_half(limited):
    known = limited.parts.api.door.known
    response = web.Response(status=401, body=b"{}", headers={"Date": "now"})
    response._keep_alive = True
    known.keep(b"sent", "2001:db8::1", response, network_at("2001:db8::1"))
    assert known.answer(b"sent", "2001:db8::2") is not None
    assert known.answer(b"sent", "2001:db8:0:1::1") is None


async def test_what_comes_with_a_further_request_is_not_taken_for_the_refused_one(limited):
    wrong, right = request(TEN, "qk_live_wrong"), request("{ __typename }", limited.customer)
    async with served(limited) as client:
        client._writer.write(wrong)
        assert (await client.send(right))[0] == "HTTP/1.1 401 Unauthorized"
        known = limited.parts.api.door.known
        assert known.answer(right, HERE) is None


async def test_what_is_left_to_a_network_is_said_by_answers_that_no_handler_makes(limited, monkeypatch):
    async with served(limited) as client:
        line, headers, _ = await client.send(b"GET / HTTP/9\r\n\r\n")
        assert (line.split()[1], headers["X-RateLimit-Limit"]) == ("400", "10")
    async with served(limited) as client:
        monkeypatch.setattr(limited.parts.connections, "admit", lambda _connection: False)
        beyond = Client(*await asyncio.open_connection("127.0.0.1", client.port))
        line, headers, _ = await beyond.send(b"")
        beyond.close()
        assert (line.split()[1], headers["X-RateLimit-Limit"]) == ("503", "10")


@pytest.mark.parametrize("proxies", [0, 1])
async def test_what_is_left_to_a_network_is_said_by_refusals_of_overload(limited, monkeypatch, proxies):
    door, anonymous = limited.parts.api.door, REQUEST.replace(b"here", b"here\r\nX-Forwarded-For: 192.0.2.1, 192.0.2.2")
    monkeypatch.setattr(door, "_trusted_proxies", proxies)
    client = network_at("192.0.2.2" if proxies else HERE)
    limits = limited.parts.engine.rate_limits
    monkeypatch.setattr(limits, "status", lambda payer: ThrottleStatus(10, 1 if payer == client else 10, 1, 0))
    async with overloaded(limited):
        await limited.run(TEN)
        refused = door.at_once(anonymous, HERE)
    assert refused is not None
    assert b"\r\nX-RateLimit-Remaining: 1\r\n" in refused.answer
    assert bool(door.figures(HERE)) is not bool(proxies)


def test_so_many_are_known_and_no_more(limited):
    known = limited.parts.api.door.known
    response = web.Response(status=401, body=b"{}")
    for number in range(2 * MOST_KEPT):
        known.keep(b"%d" % number, HERE, response, None)
    known.keep(b"x" * 20_000, HERE, response, None)
    known.keep(b"fine", HERE, web.Response(status=200, body=b"{}"), None)
    assert len(known) == MOST_KEPT
