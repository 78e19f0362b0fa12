"""What the client for tenants makes of answers, whatever a server says. Where it does not connect is in
tests/faults/ssrf.py."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from adapters.tenant_http.client import TenantHttpClient
from adapters.tenant_http.sessions import Times
from domain.ports.webhooks import WebhookAnswer
from tests.adapters.support.raw_servers import eventually, listening, raw_server, saying, saying_forever
from tests.faults.inside import PUBLIC
from tests.faults.network import Names
from tests.patience import PATIENCE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
TOO_LARGE = "The answer has more than 64 KiB."
NOT_COMPLETE = "There is no complete answer within 0.3 seconds."
ENDED = "The connection ended before the answer was complete."
NOT_HTTP = "The answer is not valid HTTP."
a_client = partial(TenantHttpClient, lambda: NOW, loopback=True)
in_a_hurry = Times(connect=0.2, total=0.3)


async def answer_to(answer, times: Times | None = None, headers=None) -> WebhookAnswer:
    async with raw_server(answer) as server, a_client(times=times) as client:
        return await client.post(server.url, headers or {}, b"{}")


def same(names: Names) -> Names:
    return names


# ---- what is kept


async def test_an_answer_has_its_status_and_body():
    got = await answer_to(saying(b"HTTP/1.1 422 No\r\nContent-Length: 4\r\n\r\nno\xc3\xb1"))
    assert (got.status, got.body, got.error, got.retry_after) == (422, "noñ", None, None)
    assert got.latency_ms >= 0


async def test_a_request_is_sent_as_it_is_and_says_nothing_of_itself_but_its_headers():
    async with raw_server(saying(OK)) as server, a_client() as client:
        await client.post(server.url, {"User-Agent": "quotegraph-webhooks", "webhook-id": "1"}, b'{"a": "\xc3\xb1"}')
    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    names = {it.partition(b":")[0].lower() for it in head.splitlines()[1:]}
    assert head.startswith(b"POST /hook HTTP/1.1\r\n")
    assert body == b'{"a": "\xc3\xb1"}'
    assert names == {
        b"host", b"user-agent", b"webhook-id", b"accept", b"accept-encoding", b"content-length", b"content-type"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 12:01:00", 60),
        ("999999999999", 30 * 24 * 3600),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 30 * 24 * 3600),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("99999999999999999999", None),
    ],
)
async def test_retry_after_is_read_as_seconds_or_as_a_date(written, seconds):
    got = await answer_to(saying(f"HTTP/1.1 503 X\r\nRetry-After: {written}\r\nContent-Length: 0\r\n\r\n".encode()))
    assert got.retry_after == (None if seconds is None else timedelta(seconds=seconds))


async def test_the_first_kilobyte_of_a_body_is_kept():
    got = await answer_to(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"a" * 5_000))
    assert (got.body, got.error) == ("a" * 1_024, None)


async def test_a_character_that_the_end_of_the_kilobyte_cuts_is_left_out():
    got = await answer_to(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2001\r\n\r\na", "ñ".encode() * 1_000))
    assert got.body == "a" + "ñ" * 511


async def test_a_body_is_kept_as_text_that_can_be_stored():
    got = await answer_to(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n\x00a\r\nb\xff\x1b[1m\xed\xa0"))
    assert got.body is not None
    assert got.body.startswith(" a\nb\ufffd [1m")
    assert "\x00" not in got.body
    got.body.encode()


async def test_a_compressed_body_is_not_decompressed():
    bomb = gzip.compress(b"\0" * 10_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    got = await answer_to(saying(head, bomb))
    assert (got.status, got.body, got.error) == (200, "", None)


async def test_interim_answers_are_passed_over():
    got = await answer_to(saying(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", OK))
    assert (got.status, got.body) == (200, "ok")


# ---- what is too much


@pytest.mark.parametrize(
    "answer",
    [
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n", b"a" * 70_000),
        saying_forever(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 1_000),
        saying_forever(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"a" * 300_000),
        saying_forever(CHUNKED, b"1\r\na\r\n" * 100),
        saying_forever(CHUNKED, b"1;" + b"a" * 1_000 + b"\r\na\r\n"),
        saying_forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        saying_forever(b"", b"HTTP/1.1 103 Hints\r\nLink: " + b"a" * 1_000 + b"\r\n\r\n"),
    ],
)
async def test_an_answer_without_end_is_not_read_to_its_end(answer):
    async with raw_server(answer) as server, a_client() as client:
        got = await client.post(server.url, {}, b"{}")
        await eventually(lambda: server.ended == 1)
    assert got.error == TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        saying_forever(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        saying_forever(b"HTTP/1.1 200 OK\r\nA: ", b"b" * 1_000),
        saying_forever(b"HTTP/1.1 200 ", b"b" * 1_000),
        saying_forever(CHUNKED + b"0\r\n", b"Trailer: a\r\n"),
        saying_forever(CHUNKED, b"1;" + b"a" * 1_000),
        saying_forever(CHUNKED, b"0" * 1_000),
        saying_forever(b"", b"a" * 1_000),
        saying_forever(b"", b"\r\n" * 1_000),
    ],
)
async def test_a_head_without_end_is_not_read_to_its_end(answer):
    async with raw_server(answer) as server, a_client() as client:
        got = await client.post(server.url, {}, b"{}")
        await eventually(lambda: server.ended == 1)
    assert got.error in (TOO_LARGE, NOT_HTTP, ENDED)


async def test_a_large_answer_still_has_its_status():
    got = await answer_to(saying(b"HTTP/1.1 500 X\r\nContent-Length: 70000\r\n\r\n", b"a" * 70_000))
    assert (got.status, got.error) == (500, TOO_LARGE)


@pytest.mark.parametrize(
    "answer",
    [
        saying(),
        saying(b"HTTP/1.1 200 OK\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        saying_forever(b"HTTP/1.1 200 ", b"O", pause=0.05),
        saying_forever(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", pause=0.05),
        saying_forever(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"a", pause=0.05),
    ],
)
async def test_a_slow_answer_ends_with_the_time_of_the_whole_request(answer):
    assert (await answer_to(answer, in_a_hurry)).error == NOT_COMPLETE


async def test_a_server_that_does_not_read_the_request_is_not_waited_for():
    async def sleep(reader, writer):
        await asyncio.sleep(PATIENCE)

    async with listening(sleep) as port, a_client(times=in_a_hurry) as client:
        got = await client.post(f"http://127.0.0.1:{port}/", {}, b"x" * 1_000_000)
    assert got.error == NOT_COMPLETE


async def test_a_name_server_that_does_not_answer_is_not_waited_for():
    class Silent(Names):
        async def resolve(self, *_):
            await asyncio.sleep(PATIENCE)

    async with a_client(times=in_a_hurry, resolver=lambda: Silent({})) as client:
        got = await client.post("https://hooks.example.com/", {}, b"{}")
    assert got.error == "There is no connection within 0.2 seconds."


# ---- what is no answer


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"garbage\r\n\r\n", NOT_HTTP),
        (b"HTTP/9.9 200 OK\r\n\r\n", NOT_HTTP),
        (b"HTTP/1.1 20 OK\r\n\r\n", NOT_HTTP),
        (b"SSH-2.0-OpenSSH_9.6\r\n", NOT_HTTP),
        (b"\x15\x03\x01\x00\x02\x02\x46", NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nA b\r\n\r\n", NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", NOT_HTTP),
        (CHUNKED + b"zz\r\n", NOT_HTTP),
    ],
)
async def test_what_is_not_http_is_no_answer(said, error):
    assert (await answer_to(saying(said))).error == error


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", CHUNKED])
async def test_an_answer_that_is_cut_off_is_no_answer(said):
    async def cut(_, writer):
        writer.write(said)
        raise ConnectionResetError

    assert (await answer_to(cut)).error == ENDED


async def test_an_unexpected_failure_is_one_of_the_request_and_says_nothing_of_the_url(caplog):
    class Faulty(Names):
        async def resolve(self, host, *_):
            raise UnicodeError(host)

    async with a_client(resolver=lambda: Faulty({})) as client:
        got = await client.post("https://hooks.example.com/token", {}, b"{}")
    assert (got.status, got.error) == (None, ENDED)
    [line] = caplog.messages
    assert "UnicodeError" in line
    assert "hooks" not in caplog.text


async def test_a_port_where_nothing_listens_is_told():
    async with raw_server(saying(OK)) as server:
        url = server.url
    async with a_client() as client:
        got = await client.post(url, {}, b"{}")
    assert (got.status, got.body, got.error) == (None, None, "There is no connection: connection refused.")


async def test_no_failure_tells_an_address():
    inside = [["10.1.2.3"], ["127.0.0.1"], ["fd00::1"], [PUBLIC, "10.1.2.3"]]
    errors = set()
    for answer in inside:
        names = Names({"a.example.com": [answer]})
        async with TenantHttpClient(lambda: NOW, resolver=partial(same, names)) as client:
            errors.add((await client.post("https://a.example.com/", {}, b"{}")).error)
            errors.add((await client.post("https://nowhere.example.com/", {}, b"{}")).error)
    assert errors == {"The name has no public address."}


async def test_a_url_that_is_not_allowed_any_more_is_not_sent_to():
    async with raw_server(saying(OK)) as server, TenantHttpClient(lambda: NOW) as client:
        got = await client.post(f"https://127.0.0.1:{server.port}/", {}, b"{}")
    assert got == WebhookAnswer(None, 0, error="The address is not public.")
    assert server.connections == []
