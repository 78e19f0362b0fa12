"""How many sockets one key or address may have, and how fast messages are taken from them."""

from collections.abc import Callable
from dataclasses import dataclass

from graphql import GraphQLError

from domain.rate_limits import buckets
from domain.rate_limits.kept import microseconds
from domain.shared.rate_limits import RateLimit
from resolvers.errors import Code, api_error, exceeded

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
    """The use of each name: there are at most so many sockets and operations of each. The operations of sockets are
    counted in the use itself; those of streams, by `begin` and `end`."""

    def __init__(self, most: int, messages_per_second: int, most_operations: int = 0) -> None:
        self.most = most
        self.most_operations = most_operations
        self._per_second = messages_per_second * SOCKETS_AT_ONCE
        self._uses: dict[str, Use] = {}

    def __len__(self) -> int:
        return len(self._uses)

    def join(self, name: str) -> Use | None:
        """Counts one more socket; None if there are as many as there may be."""
        use = self._of(name)
        if use.sockets >= self.most:
            return None
        use.sockets += 1
        return use

    def leave(self, name: str) -> None:
        self._uses[name].sockets -= 1
        self._forget_unused(name)

    def may_begin(self, use: Use) -> bool:
        """Whether there are fewer operations than there may be."""
        return use.operations < self.most_operations

    def begin(self, name: str) -> bool:
        """Counts one more operation of a stream; False if there are as many as there may be."""
        use = self._of(name)
        if not self.may_begin(use):
            self._forget_unused(name)
            return False
        use.operations += 1
        return True

    def end(self, name: str) -> None:
        self._uses[name].operations -= 1
        self._forget_unused(name)

    def _of(self, name: str) -> Use:
        use = self._uses.get(name)
        if use is None:
            use = self._uses[name] = Use(MessageRate(self._per_second))
        return use

    def _forget_unused(self, name: str) -> None:
        use = self._uses[name]
        if not use.sockets and not use.operations:
            del self._uses[name]


def uses_of_keys(limits: SocketLimits) -> Uses:
    return Uses(limits.of_key, limits.messages_per_second, limits.operations_of_key)


def too_many_operations(uses: Uses) -> GraphQLError:
    """The error of an operation that a key has too many others for."""
    most, setting = uses.most_operations, "QUOTEGRAPH_MAX_SUBSCRIPTIONS_PER_KEY"
    message = f"The connections of a key have at most {most:,} operations at a time ({setting}). Complete some."
    return api_error(Code.RATE_LIMITED, message, **exceeded("operations of a key", most, setting, found=most + 1))


def too_many_of_one(most: int) -> GraphQLError:
    """The error of an operation that its socket or event stream has too many others for."""
    setting = "QUOTEGRAPH_MAX_OPERATIONS_PER_SOCKET"
    message = f"A connection has at most {most:,} operations at a time ({setting}). Complete some."
    details = exceeded("operations of a connection", most, setting, found=most + 1)
    return api_error(Code.RATE_LIMITED, message, **details)
