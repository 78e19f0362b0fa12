"""How many sockets there may be, how fast they are read, and what comes before a client has authenticated."""

from app.server.connections.gate import LARGEST_PUBLIC_MESSAGE, MOST_BYTES, Gate
from app.server.sockets.limits import BURST_SECONDS, MessageRate, Uses
from domain.rate_limits.buckets import SECOND


class Wire:
    def __init__(self) -> None:
        self.is_paused = False

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False


def test_a_burst_of_messages_is_taken_at_once_and_then_one_at_a_time():
    rate = MessageRate(8, now=lambda: SECOND)
    burst = 8 * BURST_SECONDS
    assert [rate.take() for _ in range(burst)] == [0.0] * burst
    assert rate.take() == 0.125


def test_who_waits_may_send_a_burst_again():
    time = SECOND
    rate = MessageRate(8, now=lambda: time)
    while not rate.take():
        pass
    time += (BURST_SECONDS + 1) * SECOND
    assert rate.take() == 0.0


def test_sockets_of_one_name_are_limited_and_those_of_others_are_not():
    uses = Uses(2, messages_per_second=1)
    first = uses.join("a")
    assert (uses.join("a") is first, uses.join("a"), uses.join("b") is None) == (True, None, False)
    uses.leave("a")
    assert uses.join("a") is first


def test_what_is_used_no_longer_is_forgotten():
    uses = Uses(2, messages_per_second=1)
    uses.join("a")
    uses.leave("a")
    assert len(uses) == 0


def test_too_much_before_a_client_has_authenticated_shuts_the_gate():
    wire, shut = Wire(), list[bool]()
    gate = Gate(wire, lambda: shut.append(True))
    assert [gate.takes(bytes(LARGEST_PUBLIC_MESSAGE)) for _ in range(4)] == [True, True, False, False]
    assert (wire.is_paused, shut) == (True, [True])


def test_what_comes_while_a_key_is_looked_up_waits():
    wire, shut = Wire(), list[bool]()
    gate = Gate(wire, lambda: shut.append(True))
    gate.takes(bytes(100))
    gate.is_checking = True
    assert gate.takes(bytes(MOST_BYTES))
    assert wire.is_paused
    gate.open()
    assert (wire.is_paused, shut) == (False, [])
