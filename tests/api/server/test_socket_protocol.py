"""graphql-transport-ws over real sockets, message by message, and what becomes of clients that do not read."""

import asyncio
import json
import socket as sockets
from typing import Any

import pytest
from aiohttp import WSMsgType

from app.server.sockets import tcp
from tests.api.support.makers import a_draft, a_quote
from tests.api.support.running import Running, running
from tests.api.support.sockets import Closed, Socket, connected
from tests.patience import PATIENCE

VIEWER = "{ viewer { environment } }"
EVENTS = "subscription($after: String) { events(after: $after) { cursor } }"
# So that a few events are more than a client may leave unread.
REPEATED = " ".join(f"a_long_name_of_an_id_{number}: id" for number in range(100))
LONG = f"subscription {{ events {{ cursor {REPEATED} }} }}"


@pytest.mark.parametrize("init", [True, False])
async def test_a_ping_is_answered_with_its_payload_also_before_the_acknowledgement(api, init):
    async with connected(api, init=init) as socket:
        await socket.say(type="ping", payload={"sent": [1, "two"]})
        assert await socket.hear() == {"type": "pong", "payload": {"sent": [1, "two"]}}
        await socket.say(type="ping")
        assert await socket.hear() == {"type": "pong"}


async def test_a_pong_needs_no_ping(api):
    async with connected(api) as socket:
        await socket.say(type="pong", payload={"any": "thing"})
        assert await socket.event(await socket.start(VIEWER)) == {"environment": "LIVE"}


async def test_a_ping_of_the_web_socket_itself_is_answered_with_its_payload(api):
    protocols = ("graphql-transport-ws",)
    async with api.http.ws_connect(api.url, protocols=protocols, autoping=False) as raw:
        await raw.ping(b"payload")
        message = await raw.receive(PATIENCE)
        assert (message.type, bytes(message.data)) == (WSMsgType.PONG, b"payload")


async def test_a_second_connection_init_closes_the_socket_with_4429(api):
    async with connected(api) as socket:
        await socket.say(type="connection_init", payload={"Authorization": f"Bearer {api.customer}"})
        assert (await socket.closed()).code == 4429


async def test_a_socket_that_says_nothing_is_closed_with_4408(new_database):
    async with running(await new_database("sqlite"), socket_init_seconds=0.05) as api:
        async with connected(api, init=False) as silent:
            assert (await silent.closed()).code == 4408
        assert (await api.run(VIEWER)).data == {"viewer": {"environment": "LIVE"}}


async def test_binary_messages_close_the_socket_with_4400(api):
    async with connected(api) as socket:
        await socket.raw.send_bytes(b'{"type": "ping"}')
        closed = await socket.closed()
        assert (closed.code, "text" in closed.reason) == (4400, True)


async def test_an_id_that_would_be_repeated_with_every_event_has_a_limit(api):
    async with connected(api) as socket:
        await socket.say(type="subscribe", id="x" * 501, payload={"query": EVENTS})
        closed = await socket.closed()
        assert (closed.code, "500" in closed.reason) == (4400, True)


@pytest.mark.parametrize("id_", ['"\\', "é\N{SNOWMAN}", "x" * 500])
async def test_an_id_comes_back_as_it_was_sent(api, id_):
    async with connected(api) as socket:
        await socket.say(type="subscribe", id=id_, payload={"query": VIEWER})
        assert await socket.event(id_) == {"environment": "LIVE"}
        assert await socket.hear(id_) == {"id": id_, "type": "complete"}


async def test_an_id_may_be_used_again_once_its_operation_has_ended(api):
    async with connected(api) as socket:
        for _ in range(2):
            await socket.say(type="subscribe", id="1", payload={"query": VIEWER})
            assert [(await socket.hear("1"))["type"] for _ in range(2)] == ["next", "complete"]
        await socket.say(type="subscribe", id="1", payload={"query": EVENTS})
        await socket.subscribed(api)
        await socket.say(type="complete", id="1")
        await socket.say(type="subscribe", id="1", payload={"query": VIEWER})
        assert await socket.event("1") == {"environment": "LIVE"}


async def test_what_is_complete_already_may_be_completed(api):
    async with connected(api) as socket:
        await socket.say(type="complete", id="never begun")
        assert await socket.event(await socket.start(VIEWER)) == {"environment": "LIVE"}


async def test_an_operation_whose_variables_are_invalid_ends_with_an_error(api):
    async with connected(api) as socket:
        error = await socket.refusal(await socket.start("query($id: ID!) { quote(by: {id: $id}) { id } }", {}))
        assert (error["extensions"]["code"], "docs" in error["extensions"]) == ("VALIDATION_ERROR", True)


async def test_a_field_that_fails_is_part_of_the_result(api):
    async with connected(api) as socket:
        asked = await socket.start('{ quotes(after: "nonsense") { nodes { id } } }')
        payload = (await socket.hear(asked))["payload"]
        assert (payload["data"], payload["errors"][0]["path"]) == ({"quotes": None}, ["quotes"])
        assert (await socket.hear(asked))["type"] == "complete"


async def test_a_message_may_come_in_parts(api):
    async with connected(api) as socket:
        message = json.dumps({"type": "subscribe", "id": "1", "payload": {"query": VIEWER}}).encode()
        for part in (frame(0x01, message[:10]), frame(0x00, message[10:20]), frame(0x80, message[20:])):
            wire(socket).write(part)
        assert await socket.event("1") == {"environment": "LIVE"}


def frame(first: int, payload: bytes) -> bytes:
    """A frame of a client, with a mask of zeros."""
    return bytes((first, 0x80 | len(payload))) + bytes(4) + payload


def wire(socket: Socket) -> Any:
    """What a client writes to and reads from."""
    connection = socket.raw._response.connection
    assert connection is not None
    return connection.transport


async def test_a_client_that_does_not_read_is_cut_off_and_resumes_without_a_gap(new_database, monkeypatch):
    monkeypatch.setitem(tcp.OPTIONS, "TCP_NOTSENT_LOWAT", 4096)
    async with running(await new_database("sqlite"), unread_bytes=16 * 1024) as api:
        async with connected(api) as slow, connected(api) as other:
            slow_events, other_events = await slow.start(LONG), await other.start(EVENTS)
            await other.subscribed(api, listeners=2)
            slow.raw.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
            wire(slow).pause_reading()
            expected = [(await happens(api, other, other_events))]
            while not api.parts.engine.feed.counts.cut_off:
                expected.append(await happens(api, other, other_events))
                assert len(expected) < 500, "what is unread has no limit"
            wire(slow).resume_reading()
            received, closed = await until_closed(slow, slow_events)
        assert (closed.code, closed.reason) == (1013, f"Too many events are unread. Resume after {received[-1]}")
        async with connected(api) as again:
            resumed = await again.start(EVENTS, {"after": received[-1]})
            received += [(await again.event(resumed))["cursor"] for _ in expected[len(received) :]]
        assert received == expected


async def happens(api: Running, other: Socket, events: str) -> str:
    """Something happens, of which another subscriber is told. Returns its cursor."""
    await api.act("createQuote", a_draft())
    cursor: str = (await other.event(events))["cursor"]
    return cursor


async def until_closed(socket: Socket, events: str) -> tuple[list[str], Closed]:
    """The cursors that a client receives, and how its socket is closed."""
    received: list[str] = []
    while True:
        try:
            received.append((await socket.event(events))["cursor"])
        except Closed as closed:
            return received, closed


async def test_answers_to_a_client_that_does_not_read_wait_for_it(new_database, monkeypatch):
    monkeypatch.setitem(tcp.OPTIONS, "TCP_NOTSENT_LOWAT", 4096)
    async with running(await new_database("sqlite"), unread_bytes=16 * 1024) as api, connected(api) as slow:
        await a_quote(api)
        slow.raw.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        wire(slow).pause_reading()
        types = "{ __schema { types { name description fields { name description } } } }"
        asked = [await slow.start(types) for _ in range(3)]
        async with asyncio.timeout(PATIENCE):
            while not any(it.is_unread for it in api.parts.api.sockets.all()):
                await asyncio.sleep(0.01)
        assert (await api.run(VIEWER)).data == {"viewer": {"environment": "LIVE"}}
        # A small buffer would be filled a few bytes at a time, with a pause of TCP after each.
        slow.raw.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 1024 * 1024)
        wire(slow).resume_reading()
        for id_ in asked:
            assert [(await slow.hear(id_))["type"] for _ in range(2)] == ["next", "complete"]
