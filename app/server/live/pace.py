"""How fast subscriptions are served: in short slices, so that requests in between wait milliseconds."""

import asyncio
from collections.abc import Callable

from app.server.live.fair_turns import FairTurns

# How many subscriptions are sent to in a slice, while requests are under way and otherwise. It is a number and not a
# time: what is sent is written when the event loop comes round, and that takes more of it than sending.
BUSY_SLICE = 8
IDLE_SLICE = 128
# How long requests have the event loop to themselves between two slices. Meanwhile further events join the next batch,
# so that a server that is busy for long writes more of them at once.
BUSY_PAUSE = 0.001
# How many events are answered at a time.
ANSWERS = 4


class Pace:
    """The pace of one process. Groups take turns to hand out a slice of results. `is_busy` tells whether requests are
    under way."""

    def __init__(self, is_busy: Callable[[], bool] = lambda: False) -> None:
        self._is_busy = is_busy
        self.answering = FairTurns(ANSWERS)
        self.handing_out = asyncio.Lock()
        self._left = 0

    def begin(self) -> None:
        """Begins a slice."""
        self._left = BUSY_SLICE if self._is_busy() else IDLE_SLICE

    def sent(self) -> bool:
        """Counts one subscription that was sent to. Returns whether the slice is over."""
        self._left -= 1
        return self._left <= 0

    async def pause(self) -> None:
        """Lets others run, and begins the next slice."""
        await asyncio.sleep(BUSY_PAUSE if self._is_busy() else 0)
        self.begin()
