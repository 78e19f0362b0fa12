"""Tunes Python's garbage collector, so that no run blocks all requests.

A full collection takes up to a microsecond for each tracked object, and Python starts one depending on the number of
young objects only. Here every object is examined in at most one full collection: the survivors are then frozen, so that
the next full collection examines only newer objects. Documents and plans, most of the cached objects, are freed by
reference counting, and requests leave no reference cycles (tests/api/limits/test_memory.py), so that little garbage is
ever frozen.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

# Thresholds: net new objects for a young collection, young collections for a middle one, and middle ones for a full
# one.
# That is 100,000 objects, some 15 MB, between two full collections.
YOUNG = 10_000
YOUNG_PER_MIDDLE = 4
MIDDLES_PER_FULL = 2
NEVER = 1_000_000_000


class Collector:
    """Starts a full collection after enough new objects."""

    def __init__(self, soon: Callable[[Callable[[], None]], object]) -> None:
        self._soon = soon
        self._middles = 0

    def start(self) -> None:
        """Freezes all current objects: the schema and the libraries need not be examined again."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, YOUNG_PER_MIDDLE, NEVER)
        gc.callbacks.append(self._watch)

    def close(self) -> None:
        gc.callbacks.remove(self._watch)

    def _watch(self, phase: Literal["start", "stop"], info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == 1:
            self._middles += 1
            if self._middles == MIDDLES_PER_FULL:
                # Runs as a callback of the event loop, not in the middle of a validation or an execution.
                self._soon(self._full)

    def _full(self) -> None:
        self._middles = 0
        gc.collect()
        gc.freeze()


@contextmanager
def tuned_collector() -> Iterator[None]:
    """Tunes the collector for a server process. Needs a running event loop."""
    before = gc.get_threshold()
    collector = Collector(asyncio.get_running_loop().call_soon_threadsafe)
    collector.start()
    try:
        yield
    finally:
        collector.close()
        gc.set_threshold(*before)
        gc.unfreeze()
