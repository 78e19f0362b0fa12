"""How fast subscriptions are served: in short slices, so that requests in between wait milliseconds."""

import asyncio
from collections.abc import Callable
from time import perf_counter

# How long the event loop may be kept, in seconds, while requests are under way and otherwise.
BUSY_SLICE = 0.000_25
IDLE_SLICE = 0.002
# How long requests have the event loop to themselves between two slices. Meanwhile further events join the next batch,
# so that a server that is busy for long writes more of them at once.
BUSY_PAUSE = 0.001
# How many events are answered at a time.
ANSWERS = 4


class Pace:
    """The pace of one process. Results are handed out by one group after another, and a slice at a time. `is_busy`
    tells whether requests are under way."""

    def __init__(self, is_busy: Callable[[], bool] = lambda: False) -> None:
        self._is_busy = is_busy
        self.answering = asyncio.Semaphore(ANSWERS)
        self.handing_out = asyncio.Lock()
        self._ends = 0.0

    def begin(self) -> None:
        """Begins a slice."""
        self._ends = perf_counter() + (BUSY_SLICE if self._is_busy() else IDLE_SLICE)

    @property
    def is_over(self) -> bool:
        """Whether the slice is over."""
        return perf_counter() >= self._ends

    async def pause(self) -> None:
        """Lets others run, and begins the next slice."""
        await asyncio.sleep(BUSY_PAUSE if self._is_busy() else 0)
        self.begin()
