"""The collector: when it runs, and over how much, so that no run keeps everybody waiting.

A run over everything takes as long as there are objects that it may look at, a microsecond for each at worst, and
Python starts one when there are enough young ones, whatever the old ones cost. Here the old ones are looked at once:
after each full run what is left is frozen, so that the next one sees only what has come since. Documents and plans,
most of what is kept, go by counting references when they are dropped; nothing that requests leave behind needs the
collector (tests/api/limits/test_memory.py), so that little is ever frozen that should have gone.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

# So many objects more than have gone start a young run, so many young runs a middle one, and so many middle ones a full
# one: 100,000 objects, some 15 MB, between two full ones.
YOUNG = 10_000
YOUNG_A_MIDDLE = 4
MIDDLES_A_FULL = 2
NEVER = 1_000_000_000


class Collector:
    """Runs the collector over everything when there is enough that is new."""

    def __init__(self, soon: Callable[[Callable[[], None]], object]) -> None:
        self._soon = soon
        self._middles = 0

    def settle(self) -> None:
        """What is there now stays: the schema and the libraries need not be looked at again and again."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, YOUNG_A_MIDDLE, NEVER)
        gc.callbacks.append(self._watch)

    def close(self) -> None:
        gc.callbacks.remove(self._watch)

    def _watch(self, phase: Literal["start", "stop"], told: dict[str, int]) -> None:
        if phase == "stop" and told["generation"] == 1:
            self._middles += 1
            if self._middles == MIDDLES_A_FULL:
                # Between two turns of the event loop, when no document is half checked and no answer half made.
                self._soon(self._full)

    def _full(self) -> None:
        self._middles = 0
        gc.collect()
        gc.freeze()


@contextmanager
def settled_memory() -> Iterator[None]:
    """The collector as a process that serves for long wants it. Within a running event loop."""
    before = gc.get_threshold()
    collector = Collector(asyncio.get_running_loop().call_soon_threadsafe)
    collector.settle()
    try:
        yield
    finally:
        collector.close()
        gc.set_threshold(*before)
        gc.unfreeze()
