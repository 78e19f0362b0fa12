"""One socket over a transport that only counts: who does not read is cut off, and who gives no sign of life is gone."""

import asyncio
from collections import Counter
from typing import Any, cast

import pytest
from graphql import ExecutionResult, OperationType

from app.server.live.results import MOST_AT_ONCE, LiveResult
from app.server.sockets import frames
from app.server.sockets.limits import MessageRate
from app.server.sockets.messages import CloseCode
from app.server.sockets.operations import Operation
from app.server.sockets.socket import Socket

MOST_UNREAD = 1000


class FakeTransport:
    """A transport whose client has read all but `unread` bytes."""

    def __init__(self) -> None:
        self.unread = 0
        # Whether the client has stopped reading.
        self.holds = False
        self.written = b""
        self.is_aborted = False
        self.is_closed = False

    def set_write_buffer_limits(self, high: int) -> None:
        self.high = high

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return self.is_closed or self.is_aborted

    def write(self, data: bytes) -> None:
        self.written += data
        self.unread += len(data) if self.holds else 0

    def abort(self) -> None:
        self.is_aborted = True

    def close(self) -> None:
        self.is_closed = True


class FakeMembership:
    cursor = "the start"

    def __init__(self) -> None:
        self.was_cut_off = False
        self.has_left = False

    def leave(self) -> None:
        self.has_left = True

    def cut_off(self) -> None:
        self.was_cut_off = True


class FakeEngine:
    """An engine that knows subscriptions only."""

    def __init__(self) -> None:
        self.membership = FakeMembership()

    async def with_document(self, request: Any, _caller: Any) -> Any:
        return request

    def kind_of(self, _request: Any, _caller: Any) -> Any:
        return OperationType.SUBSCRIPTION

    async def follow(self, _request: Any, _caller: Any, _outlet: Any) -> FakeMembership:
        return self.membership


@pytest.fixture
def transport() -> FakeTransport:
    return FakeTransport()


@pytest.fixture
def closed() -> Counter[CloseCode]:
    return Counter()


@pytest.fixture
def socket(transport: FakeTransport, closed: Counter[CloseCode]) -> Socket:
    async def drain() -> None:
        transport.unread = 0

    return Socket(cast("asyncio.Transport", transport), drain, MOST_UNREAD, closed, MessageRate(100))


async def subscribed(socket: Socket, engine: FakeEngine, id_: str = "1") -> Operation:
    operation = Operation(id_, socket)
    operation.start(cast("Any", engine), {"query": "subscription { events { type } }"}, cast("Any", None))
    await asyncio.sleep(0)
    return operation


def result(cursor: str) -> LiveResult:
    return LiveResult(ExecutionResult({"events": {"cursor": cursor}}), cursor)


async def test_several_events_are_one_write_of_a_message_each(socket, transport):
    operation = await subscribed(socket, FakeEngine())
    operation.send([result("a"), result("b")])
    messages = [b'{"id":"1","type":"next","payload":{"data":{"events":{"cursor":"%b"}}}}' % it for it in (b"a", b"b")]
    assert transport.written == b"".join(map(frames.text, messages))


async def test_who_does_not_read_is_cut_off_and_told_the_cursor_of_the_last_event_that_was_sent(
    socket, transport, closed
):
    engine = FakeEngine()
    operation = await subscribed(socket, engine)
    operation.send([result("a"), result("b")])
    transport.unread, transport.written = MOST_UNREAD + 1, b""
    operation.send([result("c")])
    assert transport.written == frames.close(1013, "Too many events are unread. Resume after b")
    assert (engine.membership.was_cut_off, engine.membership.has_left) == (True, True)
    assert closed == {CloseCode.TRY_AGAIN_LATER: 1}
    socket.send(b"{}")
    assert transport.written.endswith(b"Resume after b"), "nothing is sent after it"


async def test_who_was_sent_nothing_yet_may_resume_from_where_it_began(socket, transport):
    operation = await subscribed(socket, FakeEngine())
    transport.unread = MOST_UNREAD + 1
    operation.send([result("a")])
    assert transport.written == frames.close(1013, "Too many events are unread. Resume after the start")


async def test_a_cursor_that_is_too_long_for_a_reason_is_not_named(socket, transport):
    socket.cut_off("x" * 200)
    assert transport.written == frames.close(1013, "Too many events are unread. Resume after the last one.")


async def test_of_many_large_events_at_once_no_more_is_written_than_may_be_unread(socket, transport, closed):
    engine = FakeEngine()
    operation = await subscribed(socket, engine)
    transport.holds = True
    operation.send([result(f"{number}" + "x" * MOST_AT_ONCE) for number in range(9)])
    assert closed == {CloseCode.TRY_AGAIN_LATER: 1}
    assert transport.unread <= MOST_UNREAD + 2 * MOST_AT_ONCE
    assert engine.membership.has_left


async def test_one_event_may_be_larger_than_what_may_be_unread(socket, transport, closed):
    operation = await subscribed(socket, FakeEngine())
    operation.send([result("x" * 2 * MOST_UNREAD)])
    assert (len(transport.written) > MOST_UNREAD, closed) == (True, {})


async def test_a_subscription_that_was_stopped_before_it_began_leaves(socket):
    engine = FakeEngine()
    operation = Operation("1", socket)
    operation.start(cast("Any", engine), {"query": "subscription { events { type } }"}, cast("Any", None))
    # The client completes it while the engine begins it.
    assert socket.forget("1", operation)
    await asyncio.sleep(0)
    assert engine.membership.has_left


async def test_a_closed_socket_ends_its_operations(socket):
    engine = FakeEngine()
    await subscribed(socket, engine)
    socket.close(CloseCode.GOING_AWAY, "The end")
    assert (socket.operations, engine.membership.has_left) == ({}, True)


async def test_a_client_that_gives_no_sign_of_life_is_gone(socket, transport):
    for _ in range(2):
        socket.beat(asks=False)
    assert transport.written == 2 * frames.UNSOLICITED_PONG
    socket.beat(asks=True)
    assert transport.written.endswith(frames.PING)
    socket.beat(asks=False)
    assert not transport.is_aborted
    socket.beat(asks=True)
    assert transport.is_aborted


async def test_a_client_that_answers_or_reads_is_not_gone(socket, transport):
    socket.beat(asks=True)
    socket.was_heard = True
    socket.beat(asks=True)
    socket.was_heard = True
    transport.unread = 500
    socket.beat(asks=True)
    transport.unread = 400
    socket.beat(asks=True)
    assert not transport.is_aborted
    socket.beat(asks=True)
    assert transport.is_aborted, "what is unread has not become less"


async def test_a_client_of_which_ever_more_is_unread_is_gone(socket, transport):
    transport.unread = 400
    socket.beat(asks=True)
    transport.unread = 500
    socket.beat(asks=True)
    assert transport.is_aborted


async def test_whatever_is_unread_is_told_to_who_counts_it(socket, transport):
    assert transport.high == 0
