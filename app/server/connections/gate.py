"""Bounds what comes over a socket before its client has authenticated, as the bytes arrive: a message that is longer
than it may be is never held in memory."""

from collections.abc import Callable
from typing import Protocol

# The limit of a message before the client has authenticated.
LARGEST_PUBLIC_MESSAGE = 4 * 1024
# All that may come until then: such a message with its frame, and some pings.
MOST_BYTES = 2 * LARGEST_PUBLIC_MESSAGE


class Wire(Protocol):
    """What is read from, or is not, so that its client waits."""

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Gate:
    """The gate of one connection. `shut` is called once, when too much has come."""

    __slots__ = ("_bytes", "_has_paused", "_is_shut", "_shut", "_wire", "is_checking")

    def __init__(self, wire: Wire, shut: Callable[[], None]) -> None:
        self._wire = wire
        self._shut = shut
        self._bytes = 0
        self._has_paused = self._is_shut = False
        # Whether the client has said who it is, and its key is being looked up. What it sends meanwhile waits.
        self.is_checking = False

    def takes(self, data: bytes) -> bool:
        """Returns whether the next bytes are taken, instead of thrown away."""
        self._bytes += len(data)
        if self._is_shut or self._bytes <= MOST_BYTES:
            return not self._is_shut
        if not self._has_paused:
            self._has_paused = True
            self._wire.pause_reading()
        if self.is_checking:
            return True
        self._is_shut = True
        self._shut()
        return False

    def open(self) -> None:
        """The client has authenticated."""
        if self._has_paused:
            self._wire.resume_reading()
