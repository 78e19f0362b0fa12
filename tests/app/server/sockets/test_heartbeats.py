"""Heartbeats go on, whatever becomes of one socket."""

from typing import Any

from app.server.sockets import heartbeats
from app.server.sockets.heartbeats import Heartbeats
from tests.e2e.processes import eventually


class FakeSocket:
    def __init__(self, failure: Exception | None = None) -> None:
        self.beats = 0
        self._failure = failure

    def beat(self, asks: bool) -> None:
        self.beats += 1
        if self._failure is not None:
            raise self._failure


async def test_a_socket_that_fails_ends_the_heartbeats_of_no_other(monkeypatch, caplog):
    monkeypatch.setattr(heartbeats, "SECONDS", 0.01)
    monkeypatch.setattr(heartbeats, "TURNS", 1)
    all_of_them, sockets = Heartbeats(), (FakeSocket(RuntimeError("a broken socket")), FakeSocket())
    held: list[Any] = [(it, all_of_them.add(it)) for it in sockets]  # type: ignore[arg-type]
    await eventually(lambda: all(it.beats > 2 for it in sockets))
    assert "a broken socket" in caplog.text
    for socket, group in held:
        all_of_them.remove(socket, group)
