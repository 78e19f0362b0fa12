"""Open answers: writing never waits, and a client that does not read is cut off without harm to others."""

import asyncio
from typing import Any

import pytest
from graphql import ExecutionResult, OperationType

from app.server.live.results import LiveResult
from app.server.streams import open_streams
from app.server.streams.formats import EventStreamFormat, SharedEventStreamFormat
from app.server.streams.open_streams import OpenStream, OpenStreams
from app.server.streams.operations import StreamOperation
from tests.e2e.processes import eventually

MOST = 1_000
EVENT = LiveResult(ExecutionResult({"events": {"type": "x" * 100}}), "c1")
SENT = EventStreamFormat().live(EVENT)


class FakeConnection:
    """A response with its transport. The client reads while `reads` is set."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.is_aborted = False

    async def write(self, chunk: bytes) -> None:
        self.sent.append(chunk)
        await self.reads.wait()
        if self.is_aborted:
            raise ConnectionResetError

    def abort(self) -> None:
        self.is_aborted = True
        self.reads.set()


class FakeMembership:
    cursor = "c0"

    def __init__(self) -> None:
        self.left: list[str] = []

    def leave(self) -> None:
        self.left.append("left")

    def cut_off(self) -> None:
        self.left.append("cut off")


class FakeEngine:
    """An engine that begins any subscription."""

    def __init__(self) -> None:
        self.membership = FakeMembership()

    def kind_of(self, *_: Any) -> Any:
        return OperationType.SUBSCRIPTION

    async def follow(self, *_: Any) -> FakeMembership:
        return self.membership


class Following:
    """A subscription on a stream that is being sent."""

    def __init__(self, stream: OpenStream, form: Any) -> None:
        self.stream, self.engine, self.connection = stream, FakeEngine(), FakeConnection()
        self.operation = StreamOperation(stream, form, stream.end)
        self.ended: list[str] = []

    async def begin(self) -> None:
        self.operation.start(self.engine, None, None)  # type: ignore[arg-type]
        self.sending = asyncio.create_task(self.stream.send(self.connection, self.connection))  # type: ignore[arg-type]
        await eventually(lambda: self.operation._membership is not None)


@pytest.fixture(params=["distinct", "shared"])
async def following(request: pytest.FixtureRequest) -> Following:
    form = EventStreamFormat() if request.param == "distinct" else SharedEventStreamFormat("one")
    found = Following(OpenStream(EventStreamFormat(), MOST), form)
    await found.begin()
    return found


async def test_results_that_come_while_the_client_reads_are_one_write(following):
    following.connection.reads.clear()
    following.operation.send([EVENT])
    await eventually(lambda: following.connection.sent)
    following.operation.send([EVENT])
    following.operation.send([EVENT, EVENT])
    following.connection.reads.set()
    await eventually(lambda: len(following.connection.sent) == 2)
    one, three = following.connection.sent
    assert three == 3 * one
    assert not following.stream.is_unread


async def test_a_client_that_does_not_read_is_cut_off_once_too_much_is_unread(following):
    following.connection.reads.clear()
    sent = 0
    while not following.connection.is_aborted:
        following.operation.send([EVENT])
        sent += 1
        await asyncio.sleep(0)
    size = len(following.connection.sent[0])
    assert MOST < size * (sent - 1) <= MOST + size
    assert following.engine.membership.left == ["cut off"]
    with pytest.raises(ConnectionResetError):
        await following.sending
    assert b"complete" not in b"".join(following.connection.sent)


async def test_the_first_results_are_sent_whatever_their_size(following):
    following.operation.send([EVENT] * 100)
    await eventually(lambda: sum(map(len, following.connection.sent)) > 50 * MOST / 10)
    assert following.engine.membership.left == []
    following.operation.send([EVENT])
    await eventually(lambda: len(following.connection.sent) == 2)


async def test_a_client_that_reads_gets_a_batch_that_is_larger_than_what_may_be_unread(following):
    large = LiveResult(ExecutionResult({"events": {"type": "x" * 20_000}}), "c1")

    def sent() -> int:
        return b"".join(following.connection.sent).count(b"event: next")

    following.operation.send([large] * 16)
    await eventually(lambda: sent() == 16)
    following.operation.send([large] * 16)
    await eventually(lambda: sent() == 32)
    assert following.engine.membership.left == []


async def test_a_long_answer_counts_as_no_event(following):
    following.connection.reads.clear()
    following.stream.write(b"x" * 100 * MOST)
    following.operation.send([EVENT])
    following.operation.send([EVENT])
    assert following.engine.membership.left == []
    following.connection.reads.set()
    await eventually(lambda: b"".join(following.connection.sent).count(b"event: next") == 2)


async def test_shutdown_does_not_wait_for_a_client_that_does_not_read(following):
    following.connection.reads.clear()
    following.operation.send([EVENT])
    await eventually(lambda: following.connection.sent)
    following.stream.break_off()
    with pytest.raises(ConnectionResetError):
        await following.sending


async def test_the_end_is_sent_after_what_waits(following):
    following.operation.send([EVENT])
    following.operation.end(())
    await following.sending
    assert b"".join(following.connection.sent).index(b"complete") > 0


async def test_an_operation_that_is_stopped_leaves(following):
    following.operation.stop()
    assert following.engine.membership.left == ["left"]


async def test_a_stream_that_fails_ends_the_heartbeats_of_no_other(monkeypatch, caplog):
    class Stream:
        beats = 0

        def keep_alive(self) -> None:
            self.beats += 1
            raise RuntimeError("a broken stream")

    monkeypatch.setattr(open_streams, "HEARTBEAT_SECONDS", 0.01)
    streams, two = OpenStreams(None), (Stream(), Stream())  # type: ignore[arg-type]
    streams._open.update(two)  # type: ignore[arg-type]
    beating = asyncio.create_task(streams._beat())
    await eventually(lambda: all(it.beats > 2 for it in two))
    beating.cancel()
    assert "a broken stream" in caplog.text


async def test_heartbeats_are_only_for_those_who_get_nothing_else(following):
    following.connection.reads.clear()
    following.stream.keep_alive()
    await eventually(lambda: following.connection.sent == [b":\n\n"])
    following.stream.keep_alive()
    following.operation.send([EVENT])
    following.connection.reads.set()
    await eventually(lambda: len(following.connection.sent) == 2)
    assert b":\n\n" not in following.connection.sent[1]


def test_an_event_has_its_cursor_as_id_unless_it_failed():
    assert SENT == b'id: c1\nevent: next\ndata: {"data":{"events":{"type":"%b"}}}\n\n' % (b"x" * 100)
    failed = EventStreamFormat().live(LiveResult(ExecutionResult(None, []), "c1"))
    assert failed.startswith(b"event: next\n")


def test_an_event_of_one_operation_among_others_has_its_cursor_as_id_unless_it_failed():
    form = SharedEventStreamFormat("one")
    sent = b'event: next\ndata: {"id":"one","payload":{"data":{"events":{"type":"%b"}}}}\n\n' % (b"x" * 100)
    assert form.live(EVENT) == b"id: c1\n" + sent
    failed = form.live(LiveResult(ExecutionResult(None, []), "c1"))
    assert failed.startswith(b"event: next\n")
