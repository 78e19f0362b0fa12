"""What strangers are told of the server, and what is logged of those who speak no HTTP."""

import asyncio
import logging

import pytest

from tests.patience import PATIENCE

BROKEN = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no path": b"GET\r\n\r\n",
    "no version": b"GET / HTTP/x\r\nHost: a\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\n: a\r\n\r\n",
    "a header that is too long": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    "a length that is none": b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    "a chunk that is none": b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\nAuthorization: %s\r\n\r\nzz\r\n",
}


async def answer_to(api, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", api.server.port)
    writer.write(sent)
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return answer


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
async def test_what_is_no_http_is_a_line_in_the_log_without_a_traceback(api, caplog, sent):
    if b"%s" in sent:
        sent = sent % f"Bearer {api.customer}".encode()
    with caplog.at_level(logging.INFO):
        answer = await answer_to(api, sent)
    assert answer.split()[1] == b"400"
    assert b"aiohttp" not in answer
    assert b"Python" not in answer
    assert b"b'" not in answer
    assert b"bytearray" not in answer
    assert [it for it in caplog.records if it.levelno > logging.INFO or it.exc_info] == []
    lines = [it.getMessage() for it in caplog.records if it.name == "app.server.malformed_requests"]
    # Of what does not even begin as HTTP aiohttp tells nothing above debug.
    assert len(lines) <= 1
    assert all(len(it) < 300 for it in lines)


UPGRADE = b"GET /graphql HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
UNREADABLE = {
    "an API key": (
        b"GET /graphql?query=x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \xff\r\n",
        b"401",
    ),
    "the key of a handshake": (UPGRADE + b"Connection: Upgrade, close\r\nSec-WebSocket-Key: \xff\r\n", b"400"),
    "a handshake without the upgrade": (UPGRADE + b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n", b"400"),
}


@pytest.mark.parametrize(("sent", "status"), UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_the_clients_fault_and_no_error_of_ours(api, caplog, sent, status):
    with caplog.at_level(logging.WARNING):
        answer = await answer_to(api, sent + (b"" if b"close" in sent else b"Connection: close\r\n") + b"\r\n")
    assert answer.split()[1] == status
    assert b"application/json" in answer
    assert [it for it in caplog.records if it.exc_info] == []


async def test_a_request_that_breaks_off_is_no_error_of_ours(api, caplog):
    head = "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", api.server.port)
    with caplog.at_level(logging.INFO):
        writer.write(f"{head}Authorization: Bearer {api.customer}\r\n\r\n{{".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        for _ in range(3):
            await api.run("{ viewer { environment } }")
    assert [it for it in caplog.records if it.levelno > logging.INFO or it.exc_info] == []


@pytest.mark.parametrize("path", ["/graphql", "/healthz", "/nothing", "/q/wrong/quote.pdf"])
async def test_no_answer_tells_versions(api, path):
    async with api.http.get(api.server.make_url(path)) as response:
        assert response.headers["Server"] == "quotegraph"
