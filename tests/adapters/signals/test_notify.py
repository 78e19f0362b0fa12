"""The connection that listens for notifications, when nobody tells that it is lost."""

import asyncio
from collections.abc import Callable

import pytest

from adapters.signals import notify
from adapters.signals.notify import lost


class HalfOpen:
    """A connection to a server that has gone without a word, after some answers."""

    def __init__(self, answers: int) -> None:
        self.answers = answers
        self.is_terminated = False

    def add_termination_listener(self, listener: Callable[[object], None]) -> None:
        pass

    async def execute(self, _statement: str) -> None:
        if not self.answers:
            await asyncio.Event().wait()
        self.answers -= 1

    def terminate(self) -> None:
        self.is_terminated = True


async def test_a_connection_that_answers_no_more_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notify, "ASK_EVERY", 0)
    monkeypatch.setattr(notify, "ANSWER_SECONDS", 0.01)
    connection = HalfOpen(answers=3)
    with pytest.raises(TimeoutError):
        await lost(connection)
    assert (connection.answers, connection.is_terminated) == (0, True)
