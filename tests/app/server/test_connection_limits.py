"""Connections that keep the server waiting, with a clock of our own; test_connections_over_sockets.py has real ones."""

import resource

from app.server.connections.limits import ConnectionLimits, most_connections, raise_file_limit
from app.server.connections.register import Connections

LIMITS = ConnectionLimits(most=3, request_seconds=30, keep_alive_seconds=75, unread_seconds=30, unread_bytes=1_000)


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


class Client:
    """A connection whose client reads what is set."""

    def __init__(self, unsent: int = 0) -> None:
        self.bytes = unsent
        self.is_aborted = False

    def unsent(self) -> int:
        return self.bytes

    def abort(self) -> None:
        self.is_aborted = True


def opened(limits: ConnectionLimits = LIMITS) -> tuple[Connections, Clock]:
    clock = Clock()
    return Connections(limits, clock), clock


def connected(connections: Connections, unsent: int = 0) -> Client:
    client = Client(unsent)
    assert connections.admit(client)
    return client


def test_a_connection_without_a_request_is_closed_in_time():
    connections, clock = opened()
    silent = connected(connections)
    aborted = []
    for clock.time in (29, 30):
        connections.sweep()
        aborted.append(silent.is_aborted)
    assert aborted == [False, True]
    assert connections.closed == {"request_late": 1}


def test_a_connection_between_requests_may_wait_longer_until_a_part_of_the_next_comes():
    connections, clock = opened()
    waiting, half = connected(connections), connected(connections)
    for client in (waiting, half):
        connections.answers(client)
        connections.answered(client)
    clock.time = 10
    connections.arrives(half)
    clock.time = 40
    connections.sweep()
    assert (waiting.is_aborted, half.is_aborted) == (False, True)
    clock.time = 75
    connections.sweep()
    assert waiting.is_aborted
    assert connections.closed == {"request_late": 1, "keep_alive": 1}


def test_a_connection_that_is_answered_may_take_as_long_as_it_takes():
    connections, clock = opened()
    stream = connected(connections)
    connections.answers(stream)
    clock.time = 10_000
    connections.sweep()
    assert not stream.is_aborted
    assert connections.counts == {"arriving": 0, "idle": 0, "answering": 1}


def test_the_connection_that_has_been_silent_longest_makes_room_for_a_new_one():
    connections, clock = opened()
    busy = connected(connections)
    connections.answers(busy)
    clock.time = 1
    first = connected(connections)
    clock.time = 2
    second = connected(connections)
    connected(connections)
    assert (busy.is_aborted, first.is_aborted, second.is_aborted) == (False, True, False)
    assert connections.closed == {"made_room": 1}


def test_a_connection_is_refused_while_all_others_are_answered():
    connections, _ = opened()
    for client in [connected(connections) for _ in range(LIMITS.most)]:
        connections.answers(client)
    assert not connections.admit(Client())
    assert connections.closed == {"refused": 1}


def test_an_answer_may_be_read_slowly_but_not_stand_still():
    connections, clock = opened()
    slow, stuck = connected(connections, 100), connected(connections, 100)
    for client in (slow, stuck):
        connections.answers(client)
        connections.unread(client)
    clock.time, slow.bytes = 29, 50
    connections.sweep()
    clock.time = 31
    connections.sweep()
    assert (slow.is_aborted, stuck.is_aborted) == (False, True)
    assert connections.closed == {"unread": 1}


def test_the_slowest_readers_are_given_up_when_unread_answers_exceed_their_limit():
    connections, clock = opened()
    clients = []
    for second in range(3):
        clock.time = second
        clients.append(connected(connections, 400))
        connections.answers(clients[-1])
        connections.unread(clients[-1])
    assert [it.is_aborted for it in clients] == [True, False, False]
    assert connections.closed == {"unread_bytes": 1}


def test_what_a_client_has_read_no_longer_counts():
    connections, clock = opened()
    for _ in range(10):
        client = connected(connections, 900)
        connections.answers(client)
        connections.unread(client)
        connections.read(client)
        connections.lost(client)
    clock.time = 1_000
    connections.sweep()
    assert not connections.closed


def test_many_connections_that_are_closed_for_one_reason_are_one_line_of_the_log(caplog):
    connections, clock = opened(ConnectionLimits(most=100))
    for clock.time in (0, 1, 1, 1):
        connected(connections)
    for clock.time in range(30, 60):
        connections.sweep()
    lines = [it.getMessage() for it in caplog.records]
    assert [line.split(":")[1] for line in lines] == [" 1", " 3"]


def test_the_limit_of_open_files_is_raised_and_leaves_some_for_other_purposes():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, before[0]), before[1]))
        assert raise_file_limit() == before[1]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert most_connections(20_000, files=1_024) == 1_024 - 128
    assert most_connections(20_000, files=100_000) == 20_000
