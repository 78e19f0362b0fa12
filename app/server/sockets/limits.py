"""How many sockets one key or address may have, and how fast messages are taken from them."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.rate_limits import buckets
from domain.rate_limits.kept import microseconds
from domain.shared.rate_limits import RateLimit

# How many messages may come at once, in seconds of the usual rate.
BURST_SECONDS = 4
# All sockets of one key, or of one address before that, may send so many times what one of them may.
SOCKETS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """The defaults are those of the settings."""

    of_key: int = 12_000
    of_address: int = 12_000
    # Operations at a time, of one socket and of all sockets of one key.
    operations: int = 100
    operations_of_key: int = 10_000
    messages_per_second: int = 100


class MessageRate:
    """How fast messages are taken: at a rate, and some seconds' worth of them at once."""

    __slots__ = ("_full_at", "_limit", "_now")

    def __init__(self, per_second: int, now: Callable[[], int] = microseconds) -> None:
        self._limit = RateLimit(per_second * BURST_SECONDS, per_second)
        self._now = now
        self._full_at = buckets.FULL

    def take(self) -> float:
        """Takes one message. Returns after how many seconds the next one may be taken."""
        now = self._now()
        self._full_at = buckets.use_more(self._full_at, now, 1, self._limit)
        return buckets.wait(self._full_at, now, 0, self._limit) / buckets.SECOND


class Use:
    """What the sockets of one key, or of one address, have in common."""

    __slots__ = ("messages", "operations", "sockets")

    def __init__(self, messages: MessageRate) -> None:
        self.sockets = 0
        self.operations = 0
        self.messages = messages


class Uses:
    """The use of each name: there are at most so many sockets of each."""

    def __init__(self, most: int, messages_per_second: int) -> None:
        self.most = most
        self._per_second = messages_per_second * SOCKETS_AT_ONCE
        self._uses: dict[str, Use] = {}

    def __len__(self) -> int:
        return len(self._uses)

    def join(self, name: str) -> Use | None:
        """Counts one more socket; None if there are as many as there may be."""
        use = self._uses.get(name)
        if use is None:
            use = self._uses[name] = Use(MessageRate(self._per_second))
        if use.sockets >= self.most:
            return None
        use.sockets += 1
        return use

    def leave(self, name: str) -> None:
        use = self._uses[name]
        use.sockets -= 1
        if not use.sockets:
            del self._uses[name]
