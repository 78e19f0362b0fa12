"""Turns to answer events: a few at a time, and of payers one after another, however many subscriptions one has."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class FairTurns:
    """At most `at_once` turns at a time. After a payer's turn others have theirs, before it has the next."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        # Each has something that waits.
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def of(self, payer: str) -> AsyncIterator[None]:
        """Waits for a turn of a payer, and holds it."""
        await self._enter(payer)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, payer: str) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(payer, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # It began in the same moment.
                self._leave()
            raise

    def _leave(self) -> None:
        self._free += 1
        while self._free and self._waiting:
            payer, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[payer] = turns
            # Who was cancelled does not wait any more.
            if not turn.done():
                self._free -= 1
                turn.set_result(None)
