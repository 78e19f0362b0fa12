"""How the client for tenants uses connections: reused for a while, never with what another request left behind."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest

from adapters.tenant_http.client import TenantHttpClient
from adapters.tenant_http.sessions import Times
from tests.adapters.support.certificates import certified
from tests.adapters.support.raw_servers import eventually, listening, raw_server, saying
from tests.faults.network import Names

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\nok"
a_client = partial(TenantHttpClient, lambda: datetime.now(UTC), loopback=True)


async def test_a_connection_is_used_again():
    async with raw_server(saying(OK)) as server, a_client() as client:
        answers = [await client.post(server.url, {}, b"{}") for _ in range(3)]
    assert [it.status for it in answers] == [200, 200, 200]
    assert [len(it) for it in server.connections] == [3]


async def test_a_connection_that_has_reached_its_end_is_not_used_again_and_its_name_is_looked_up_anew():
    names = Names({"localhost": [["127.0.0.1"]]})
    async with raw_server(saying(OK)) as server, a_client(times=Times(lifetime=0), resolver=lambda: names) as client:
        for _ in range(3):
            await client.post(f"http://localhost:{server.port}/", {}, b"{}")
        await eventually(lambda: server.ended == 2)
    assert [len(it) for it in server.connections] == [1, 1, 1]
    assert names.lookups == ["localhost"] * 3


async def test_a_request_that_outlives_its_connections_is_answered():
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(head, writer):
        if b"/slow" in head:
            begun.set()
            await go_on.wait()
        writer.write(OK)

    async with raw_server(slow) as server, a_client(times=Times(lifetime=0)) as client:
        waiting = asyncio.create_task(client.post(f"http://127.0.0.1:{server.port}/slow", {}, b"{}"))
        await begun.wait()
        assert (await client.post(server.url, {}, b"{}")).status == 200
        go_on.set()
        assert (await waiting).status == 200


async def test_a_request_on_a_connection_that_was_just_closed_is_sent_again():
    async def once(_, writer):
        if len(server.requests) == 2:
            raise ConnectionResetError
        writer.write(OK)

    async with raw_server(once) as server, a_client() as client:
        answers = [await client.post(server.url, {}, it) for it in (b"1", b"2")]
    assert [it.error for it in answers] == [None, None]
    assert [it[-1:] for it in server.requests] == [b"1", b"2", b"2"]


async def test_a_request_on_a_new_connection_is_sent_once():
    async def never(_, writer):
        raise ConnectionResetError

    async with raw_server(never) as server, a_client() as client:
        answer = await client.post(server.url, {}, b"{}")
    assert answer.error == "The connection ended before the answer was complete."
    assert len(server.requests) == 1


async def test_cookies_are_not_kept():
    async with raw_server(saying(OK)) as server, a_client() as client:
        await client.post(server.url, {}, b"{}")
        await client.post(server.url, {}, b"{}")
    assert not any(b"cookie" in it.lower() for it in server.requests)


async def test_a_slow_answer_holds_up_no_other():
    async def sometimes(head, writer):
        if b"/slow" not in head:
            writer.write(OK)

    async with raw_server(sometimes) as server, a_client() as client:
        slow = [asyncio.create_task(client.post(f"{server.url}/slow", {}, b"{}")) for _ in range(200)]
        await eventually(lambda: len(server.requests) == 200)
        answers = [await client.post(server.url, {}, b"{}") for _ in range(20)]
        assert not any(it.done() for it in slow)
        for it in slow:
            it.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
    assert {it.status for it in answers} == {200}


# ---- TLS


async def test_a_certificate_is_verified(tmp_path):
    shown, trusted = certified("localhost", tmp_path)
    async with raw_server(saying(OK), shown) as server:
        url = f"https://localhost:{server.port}/"
        async with a_client(tls=trusted) as client:
            assert (await client.post(url, {}, b"{}")).status == 200
        async with a_client() as client:
            unknown = await client.post(url, {}, b"{}")
    assert unknown.error == "The certificate is refused: self-signed certificate."
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("name", "days", "reason"),
    [
        ("other.example.com", 1, "Hostname mismatch, certificate is not valid for 'localhost'"),
        ("localhost", -1, "certificate has expired"),
    ],
)
async def test_a_certificate_of_another_name_or_time_is_refused(tmp_path, name, days, reason):
    shown, trusted = certified(name, tmp_path, days)
    async with raw_server(saying(OK), shown) as server, a_client(tls=trusted) as client:
        answer = await client.post(f"https://localhost:{server.port}/", {}, b"{}")
    assert (answer.error, server.requests) == (f"The certificate is refused: {reason}.", [])


async def test_a_server_without_tls_is_not_spoken_to_without():
    read = list[bytes]()

    async def answer(reader, writer):
        writer.write(OK)
        read.append(await reader.read(1_000))

    async with listening(answer) as port, a_client() as client:
        got = await client.post(f"https://127.0.0.1:{port}/", {}, b"secret")
    assert got.error == "There is no TLS connection."
    assert b"secret" not in b"".join(read)
