"""Clients that say nothing, stop in the middle or do not read, over real sockets; with a small application, as the
connections know nothing of ours."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from app.server.connections.framing import LONGEST_KEPT, AtOnce, Refused
from app.server.connections.limits import ConnectionLimits
from app.server.connections.register import Connections
from app.server.connections.runner import BodyTooLate, BoundedHandler, BoundedRunner
from tests.e2e.processes import eventually

HELLO = b"GET /hello HTTP/1.1\r\nHost: here\r\n\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n"
LARGE_BYTES = 8 * 1024 * 1024
# Longer than any test.
NEVER = 600.0


@dataclass
class Running:
    connections: Connections
    port: int
    answered: list[str]
    # How many bytes of each request were kept while it was answered, and the connection.
    kept: list[tuple[int, BoundedHandler]]

    def connect(self, receive_buffer: int | None = None) -> socket.socket:
        client = socket.socket()
        if receive_buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect(("127.0.0.1", self.port))
        client.setblocking(False)
        return client

    async def counts(self, **expected: int) -> None:
        """Waits until there are so many connections in these states."""
        await eventually(lambda: expected.items() <= self.connections.counts.items())

    async def closed(self, reason: str, count: int = 1) -> None:
        await eventually(lambda: self.connections.closed[reason] >= count)


@asynccontextmanager
async def running(at_once: AtOnce = lambda _request, _peer: None, **limits: Any) -> AsyncIterator[Running]:
    long = {"request_seconds": NEVER, "keep_alive_seconds": NEVER, "unread_seconds": NEVER}
    connections = Connections(ConnectionLimits(**{**long, **limits}))
    answered: list[str] = []
    kept: list[tuple[int, BoundedHandler]] = []

    async def answer(request: web.Request) -> web.Response:
        try:
            await request.read()
        except BodyTooLate:
            return web.Response(status=408)
        answered.append(request.path)
        assert isinstance(request.protocol, BoundedHandler)
        kept.append((len(request.protocol.whole), request.protocol))
        if request.path == "/waiting":
            request.protocol.counts(lambda: LARGE_BYTES)
        return web.Response(body=b"x" * (LARGE_BYTES if request.path in {"/large", "/waiting"} else 5))

    app = web.Application()
    app.router.add_route("*", "/{path}", answer)
    runner = BoundedRunner(app, connections, at_once, access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield Running(connections, runner.addresses[0][1], answered, kept)
    finally:
        await runner.cleanup()


async def received(client: socket.socket) -> bytes:
    """The beginning of what comes next; nothing once the server has closed the connection."""
    try:
        return await asyncio.get_running_loop().sock_recv(client, 1_000)
    except ConnectionResetError:
        return b""


async def test_a_client_that_says_nothing_is_disconnected():
    async with running(request_seconds=0.1) as server:
        with server.connect() as client:
            assert await received(client) == b""
        await server.closed("request_late")


async def test_a_client_that_sends_half_a_header_is_disconnected():
    async with running(request_seconds=0.1) as server:
        with server.connect() as client:
            client.send(HELLO[:20])
            assert await received(client) == b""
        await server.closed("request_late")


async def test_a_client_that_sends_half_a_header_after_a_request_is_disconnected():
    async with running(request_seconds=0.1) as server:
        with server.connect() as client:
            client.send(HELLO)
            assert (await received(client)).startswith(b"HTTP/1.1 200")
            client.send(HELLO[:20])
            assert await received(client) == b""
        await server.closed("request_late")
        assert server.answered == ["/hello"]


async def test_a_client_that_sends_half_a_body_is_told_and_disconnected():
    async with running(request_seconds=0.1) as server:
        with server.connect() as client:
            client.send(b"POST /hello HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nhalf")
            assert (await received(client)).startswith(b"HTTP/1.1 408")
            assert await received(client) == b""
        await server.closed("body_late")
        assert server.answered == []


async def test_a_client_without_a_further_request_is_disconnected():
    async with running(keep_alive_seconds=0.1) as server:
        with server.connect() as client:
            client.send(HELLO)
            assert (await received(client)).startswith(b"HTTP/1.1 200")
            assert await received(client) == b""
        await server.closed("keep_alive")


async def test_a_client_that_does_not_read_its_answer_is_disconnected():
    async with running(unread_seconds=0.1) as server:
        with server.connect(receive_buffer=4_096) as client:
            client.send(LARGE)
            await server.closed("unread")
            await server.counts(answering=0, idle=0, arriving=0)


async def test_a_connection_holds_one_answer_however_many_requests_it_sends():
    async with running() as server:
        with server.connect(receive_buffer=4_096) as client:
            client.send(LARGE * 20)
            await eventually(lambda: server.answered)
            with server.connect() as other:
                for _ in range(20):
                    other.send(HELLO)
                    assert await received(other)
            assert server.answered.count("/large") == 1
            await server.counts(answering=1)


async def test_answers_that_nobody_reads_are_bounded_in_all():
    async with running(unread_bytes=3 * LARGE_BYTES) as server:
        clients = [server.connect(receive_buffer=4_096) for _ in range(10)]
        for client in clients:
            client.send(LARGE)
        await server.closed("unread_bytes", count=6)
        await eventually(lambda: server.connections.counts["answering"] <= 4)
        for client in clients:
            client.close()


async def test_a_large_answer_is_read_whole():
    async with running() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(LARGE * 2)
        for _ in range(2):
            await reader.readuntil(b"\r\n\r\n")
            assert len(await reader.readexactly(LARGE_BYTES)) == LARGE_BYTES
        writer.close()
        assert not server.connections.closed


async def test_silent_clients_lock_nobody_out():
    async with running(most=20) as server:
        silent = [server.connect() for _ in range(100)]
        await server.closed("made_room", count=80)
        with server.connect() as client:
            client.send(HELLO)
            assert (await received(client)).startswith(b"HTTP/1.1 200")
        assert sum(server.connections.counts.values()) <= 20
        for it in silent:
            it.close()


async def test_a_client_is_told_that_all_connections_are_in_use():
    async with running(most=2) as server:
        readers = [server.connect(receive_buffer=4_096) for _ in range(2)]
        for client in readers:
            client.send(LARGE)
        await server.counts(answering=2)
        with server.connect() as client:
            refusal = await received(client)
        head, _, body = refusal.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503")
        assert b"Retry-After: 2" in head
        assert int(head.partition(b"Content-Length: ")[2].split()[0]) == len(body)
        assert json.loads(body)["errors"][0]["extensions"]["code"] == "OVERLOADED"
        for client in readers:
            client.close()


async def test_the_bytes_of_a_request_are_kept_if_they_are_few_and_until_it_is_answered():
    long = HELLO.replace(b"Host", b"Cookie: %s\r\nHost" % (b"x" * 4_000))
    longer = b"POST /hello HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % LONGEST_KEPT + b"x" * LONGEST_KEPT
    async with running() as server:
        with server.connect() as client:
            for sent in (HELLO, long, longer):
                await asyncio.get_running_loop().sock_sendall(client, sent)
                assert (await received(client)).startswith(b"HTTP/1.1 200")
                await server.counts(idle=1)
                assert server.kept[-1][1].whole == b""
    assert [size for size, _ in server.kept] == [len(HELLO), len(long), 0]


async def test_what_is_answered_at_once_is_not_parsed_and_leaves_the_connection_usable():
    refused = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
    asked: list[bytes] = []

    def at_once(request: bytes, peer: str) -> Refused | None:
        assert peer == "127.0.0.1"
        asked.append(request)
        return Refused(refused, 0.01) if len(asked) in (1, 3) else None

    async with running(at_once) as server:
        with server.connect() as client:
            for expected in (b"HTTP/1.1 503", b"HTTP/1.1 200", b"HTTP/1.1 503"):
                client.send(HELLO)
                assert (await received(client)).startswith(expected)
                await server.counts(idle=1)
    assert (server.answered, asked) == (["/hello"], [HELLO] * 3)


async def test_a_client_that_sends_again_at_once_what_was_refused_is_read_later():
    refused = Refused(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", 0.01)
    async with running(lambda _request, _peer: refused) as server:
        with server.connect() as client:
            for _ in range(4):
                client.send(HELLO)
                assert (await received(client)).startswith(b"HTTP/1.1 503")
        with server.connect() as client:
            client.send(HELLO)
            assert (await received(client)).startswith(b"HTTP/1.1 503")


async def test_a_sweep_that_fails_is_not_the_last(monkeypatch, caplog):
    failures = [RuntimeError("a broken sweep")]
    sweep = Connections.sweep

    def failing(connections: Connections) -> None:
        if failures:
            raise failures.pop()
        sweep(connections)

    monkeypatch.setattr(Connections, "sweep", failing)
    async with running(request_seconds=0.1) as server:
        with server.connect() as client:
            assert await received(client) == b""
        await server.closed("request_late")
    assert "a broken sweep" in caplog.text


async def test_what_waits_to_be_written_counts_as_unread():
    async with running(unread_bytes=LARGE_BYTES) as server:
        with server.connect(receive_buffer=4096) as client:
            client.send(LARGE.replace(b"/large", b"/waiting"))
            await server.closed("unread_bytes")
