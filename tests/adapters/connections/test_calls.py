"""What the client of connected systems makes of answers and of none. Where it does not connect is in
tests/faults/ssrf.py."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from adapters.connections.calls import LARGEST_PAGE, SystemCalls
from adapters.tenant_http.sessions import Times
from domain.shared.outbound_errors import Busy, Refused, Unavailable, Uncertain
from tests.adapters.support.raw_servers import raw_server, saying, saying_forever
from tests.patience import PATIENCE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IN_A_HURRY = Times(connect=0.2, total=0.3)
TOKEN = "qk_live_secret0token"


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


class System:
    """A system that gives its answers one after the other, the last one ever after."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self._answers = list(answers)
        self.requests: list[web.Request] = []
        self.bodies: list[bytes] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        self.bodies.append(await request.read())
        given = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        headers = {"Date": format_datetime(NOW), **given.get("headers", {})}
        return web.Response(status=given.get("status", 200), text=given.get("text", "{}"), headers=headers)


@asynccontextmanager
async def asking(*answers, clock=None):
    """A system, our API of it, and the calls it is part of."""
    system, app = System(*answers), web.Application()
    app.router.add_route("*", "/{path:.*}", system.answer)
    async with TestServer(app) as server, SystemCalls(clock or Clock(), loopback=True) as calls:
        base = str(server.make_url("/base/"))
        yield system, calls.api("quipteams", base, {"Authorization": f"Bearer {TOKEN}"}, TOKEN), calls


async def failure_of(verb, answer, kind):
    async with asking(answer) as (_, api, _calls):
        with pytest.raises(kind) as failed:
            await api.call(verb, "/things")
    return failed.value


async def test_a_call_is_sent_below_the_base_address_with_its_headers_and_an_exact_body():
    async with asking({"text": '{"price": 1450.10}', "status": 202}) as (system, api, _):
        reply = await api.call("POST", "/a%2Fb", query={"q": "ñ&"}, body={"price": Decimal("0.10")}, headers={"X": "1"})
    [request] = system.requests
    assert (reply.status, reply.body) == (202, {"price": Decimal("1450.10")})
    assert (request.method, request.raw_path) == ("POST", "/base/a%2Fb?q=%C3%B1%26")
    assert system.bodies == [b'{"price": 0.10}']
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (request.headers["X"], request.headers["Accept"]) == ("1", "application/json")


async def test_an_answer_without_a_body_is_none_and_one_that_is_text_is_text():
    async with asking({"status": 204, "text": ""}, {"text": "Quote created"}) as (_, api, _calls):
        assert (await api.call("DELETE", "/a")).body is None
        assert (await api.call("POST", "/a", is_text=True)).body == "Quote created"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 415, 422])
async def test_a_4xx_is_a_refusal(status):
    failed = await failure_of("POST", {"status": status, "text": '{"message": "No."}'}, Refused)
    assert (failed.status, failed.reason, str(failed)) == (status, "No.", f"quipteams POST /things: {status} No.")


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 599])
async def test_a_failure_of_the_other_side_leaves_a_write_uncertain_and_a_read_undone(status):
    assert (await failure_of("PATCH", {"status": status}, Uncertain)).status == status
    assert (await failure_of("GET", {"status": status}, Unavailable)).status == status


async def test_a_redirect_is_not_followed():
    answer = {"status": 307, "headers": {"Location": "/base/elsewhere"}}
    async with asking(answer) as (system, api, _):
        with pytest.raises(Refused, match="A redirect is not followed"):
            await api.call("POST", "/things")
    assert len(system.requests) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"error": {"code": "CONFLICT", "message": "Not priced.", "details": null}}', "Not priced."),
        ('{"error": {"message": "Bad.", "details": {"path": "items.0"}}}', 'Bad. {"path": "items.0"}'),
        ('{"message": "Invalid.", "errors": {"name": ["Required."]}}', 'Invalid. {"name": ["Required."]}'),
        ('{"error": "No such quote"}', "No such quote"),
        ('["a", "b"]', '["a", "b"]'),
        ("Not\nfound", "Not found"),
        ("<html>500</html>", ""),
        ('{"message": 1.50}', "1.50"),
    ],
)
async def test_the_reason_of_a_refusal_is_read_in_each_usual_form(text, reason):
    assert (await failure_of("GET", {"status": 400, "text": text}, Refused)).reason == reason


async def test_secrets_are_redacted_in_every_message():
    failed = await failure_of("GET", {"status": 401, "text": json.dumps({"error": f"Bad key {TOKEN}"})}, Refused)
    assert (failed.reason, TOKEN in str(failed)) == ("Bad key ***", False)


@pytest.mark.parametrize("text", ["<html>", "{", "NaN", "[" * 50_000])
async def test_a_success_that_is_not_json_is_no_answer(text):
    assert "not JSON" in str(await failure_of("GET", {"text": text}, Unavailable))
    assert "not JSON" in str(await failure_of("POST", {"text": text}, Uncertain))


# ---- when there is no answer


async def test_where_nothing_listens_nothing_was_done():
    async with SystemCalls(Clock(), loopback=True) as calls:
        with pytest.raises(Unavailable, match="connection refused"):
            await calls.api("kitchen", f"http://127.0.0.1:{unused_port()}", {}).call("POST", "/things")


@pytest.mark.parametrize("answer", [saying(), saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")])
async def test_a_late_answer_is_uncertain_for_a_write_and_none_for_a_read(answer):
    async with raw_server(answer) as server, SystemCalls(Clock(), loopback=True, times=IN_A_HURRY) as calls:
        api = calls.api("kitchen", server.url, {})
        with pytest.raises(Uncertain, match=r"no complete answer within 0\.3 seconds"):
            await api.call("POST", "/things")
        with pytest.raises(Unavailable):
            await api.call("GET", "/things")


async def test_a_system_that_did_not_answer_has_one_call_at_a_time_until_it_answers():
    asked, answer_now = asyncio.Event(), asyncio.Event()

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await answer_now.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    async with raw_server(answer) as server, SystemCalls(Clock(), loopback=True, times=Times(total=0.3)) as calls:
        api = calls.api("kitchen", server.url, {}, "a-key")
        with pytest.raises(Unavailable, match="no complete answer"):
            await api.call("GET", "/things")
        asked.clear()
        calls.times = Times(total=PATIENCE)
        waiting = asyncio.create_task(api.call("GET", "/things"))
        await asked.wait()
        with pytest.raises(Busy, match="did not answer") as busy:
            await api.call("POST", "/things")
        assert busy.value.seconds == 5
        other = asyncio.create_task(calls.api("kitchen", server.url, {}, "another-key").call("GET", "/things"))
        answer_now.set()
        assert [(await it).status for it in (waiting, other)] == [200, 200]
        assert [it.status for it in await asyncio.gather(*(api.call("GET", "/things") for _ in range(3)))] == [200] * 3


async def test_an_answer_without_end_is_not_read_to_its_end():
    endless = saying_forever(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 100_000)
    async with raw_server(endless) as server, SystemCalls(Clock(), loopback=True) as calls:
        with pytest.raises(Unavailable, match=f"more than {LARGEST_PAGE // 1024} KiB"):
            await calls.api("kitchen", server.url, {}).call("GET", "/things")


async def test_an_answer_of_several_megabytes_is_read():
    async with asking({"text": json.dumps(["x" * 1_000] * 4_000)}) as (_, api, _calls):
        assert len((await api.call("GET", "/things")).body) == 4_000


@pytest.mark.parametrize("base", ["http://127.0.0.1:9999", "https://127.0.0.1", "https://10.0.0.1", "https://inside"])
async def test_an_address_that_is_not_public_is_refused(base):
    async with SystemCalls(Clock()) as calls:
        with pytest.raises(Refused):
            await calls.api("kitchen", base, {}).call("GET", "/things")


# ---- when the system asks to wait


async def test_nothing_is_sent_until_the_time_that_a_429_names():
    clock = Clock()
    slow_down = {"status": 429, "headers": {"Retry-After": "7"}, "text": '{"error": {"message": "Slow down."}}'}
    async with asking(slow_down, {}, clock=clock) as (system, api, _):
        for left in (7, 2):
            with pytest.raises(Busy) as busy:
                await api.call("POST", "/things")
            assert busy.value.seconds == left
            clock.at = NOW + timedelta(seconds=5)
        assert len(system.requests) == 1
        clock.at = NOW + timedelta(seconds=7)
        assert (await api.call("GET", "/things")).status == 200


async def test_calls_that_waited_for_an_answer_are_not_sent_if_it_asks_to_wait():
    clock, slow_down = Clock(), {"status": 429, "headers": {"Retry-After": "7"}}
    async with asking(limited(9, 30), slow_down, {}, clock=clock) as (system, api, _):
        await api.call("GET", "/things")
        # The first answer after a window tells how many calls there are: the others wait for it.
        clock.at = NOW + timedelta(seconds=30)
        found = await asyncio.gather(*(api.call("GET", "/things") for _ in range(5)), return_exceptions=True)
        assert [it.seconds for it in found if isinstance(it, Busy)] == [7] * 5
        assert len(system.requests) == 2


def limited(remaining, seconds, **headers):
    reset = str(round((NOW.timestamp() + seconds) * 1_000))
    return {"headers": {"X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": reset, **headers}}


async def test_nothing_is_sent_once_the_rate_is_used_up_although_nothing_was_refused():
    clock = Clock()
    async with asking(limited(1, 30), limited(0, 30), {}, clock=clock) as (system, api, _):
        await api.call("GET", "/things")
        await api.call("GET", "/things")
        with pytest.raises(Busy, match="not sent") as busy:
            await api.call("GET", "/things")
        assert (busy.value.seconds, len(system.requests)) == (30, 2)
        clock.at = NOW + timedelta(seconds=30)
        await api.call("GET", "/things")


@pytest.mark.parametrize("skew", [timedelta(minutes=10), timedelta(minutes=-10)])
async def test_the_reset_is_by_the_clock_of_the_system(skew):
    there = NOW + skew
    reset = str(round((there.timestamp() + 30) * 1_000))
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset, "Date": format_datetime(there)}
    async with asking({"headers": spent}) as (_, api, _calls):
        await api.call("GET", "/things")
        with pytest.raises(Busy) as busy:
            await api.call("GET", "/things")
    assert busy.value.seconds == 30


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ({"status": 429}, 60),
        ({"status": 429, "headers": {"Retry-After": "soon"}}, 60),
        ({"status": 429, "headers": {"Retry-After": "9999999"}}, 3_600),
        ({"status": 429, "headers": {"X-RateLimit-Reset": "abc"}}, 60),
        ({"status": 429, **limited(0, 12)}, 12),
        ({"status": 503, "headers": {"Retry-After": "9"}}, 9),
    ],
)
async def test_how_long_to_wait_is_read_with_care(answer, seconds):
    assert (await failure_of("GET", answer, Busy)).seconds == seconds


async def test_another_key_of_the_same_system_need_not_wait():
    async with asking({"status": 429, "headers": {"Retry-After": "9"}}, {}) as (system, api, calls):
        with pytest.raises(Busy):
            await api.call("GET", "/things")
        base = str(system.requests[0].url.origin())
        assert (await calls.api("quipteams", base, {}, "another-key").call("GET", "/things")).status == 200
