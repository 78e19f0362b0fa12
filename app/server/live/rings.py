"""The latest events of each tenant that is followed, kept for those who begin a little further back.

All rings of a process share a number of bytes. What is dropped is read from the log by who needs it.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence
from itertools import islice
from sys import getsizeof

from domain.shared.events import Event

# What all rings together may take in memory, as estimated.
MOST_BYTES = 64 * 1024 * 1024
# What an event takes beside its own fields: the objects in them, and its place in a ring.
OF_AN_EVENT = 300


class Rings:
    """What the rings of a process share: the events that were read the longest ago go first, tenant by tenant."""

    def __init__(self, most_bytes: int | None = None) -> None:
        self._most_bytes = MOST_BYTES if most_bytes is None else most_bytes
        self.bytes = 0
        # Those with events, the one that has had none for the longest first.
        self._filled: OrderedDict[Ring, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._filled)

    def added(self, ring: "Ring", size: int) -> None:
        self._filled[ring] = None
        self._filled.move_to_end(ring)
        self.bytes += size
        while self.bytes > self._most_bytes:
            next(iter(self._filled)).drop_oldest()

    def dropped(self, ring: "Ring", size: int) -> None:
        self.bytes -= size
        if not len(ring):
            self._filled.pop(ring, None)


class Ring:
    """The last events of a tenant, `most` at the most."""

    def __init__(self, rings: Rings, most: int) -> None:
        self._rings = rings
        self._most = most
        self._events: deque[tuple[Event, int]] = deque()

    def __len__(self) -> int:
        return len(self._events)

    def append(self, event: Event) -> None:
        size = size_of(event)
        self._events.append((event, size))
        self._rings.added(self, size)
        if len(self._events) > self._most:
            self.drop_oldest()

    def drop_oldest(self) -> None:
        _, size = self._events.popleft()
        self._rings.dropped(self, size)

    def last(self, count: int) -> Sequence[Event] | None:
        """Returns the last events; None if not so many are kept."""
        first = len(self._events) - count
        return None if first < 0 else [event for event, _ in islice(self._events, first, None)]

    def clear(self) -> None:
        while self._events:
            self.drop_oldest()


def size_of(event: Event) -> int:
    """Returns what an event takes in memory, as estimated."""
    return OF_AN_EVENT + sum(map(getsizeof, event)) + sum(map(_size_of_fields, (*event.changes, *event.field_changes)))


def _size_of_fields(change: tuple[object, ...]) -> int:
    return OF_AN_EVENT + getsizeof(change) + sum(map(getsizeof, change))
