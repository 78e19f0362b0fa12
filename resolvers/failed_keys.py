"""Limits how many wrong public keys one network may try.

Each process counts by itself: keys are too long to be guessed, and the limit keeps the attempts cheap. A right key
opens its quote even after others of the same office have used up the limit: `FURTHER` more keys are still looked up.
"""

from collections.abc import Callable
from time import monotonic

# This many wrong keys at once, then one more each time this many seconds have passed.
BURST = 20
SECONDS_EACH = 3.0
# Once those are used up, this many more are looked up, in case one of them is right.
FURTHER = 100
FURTHER_SECONDS_EACH = 0.1
MOST_NETWORKS = 10_000


class FailedKeyLimiter:
    """Limits wrong keys by network (GCRA): each key moves the time until which the network has used its limit."""

    def __init__(
        self, clock: Callable[[], float] = monotonic, burst: int = BURST, seconds_each: float = SECONDS_EACH
    ) -> None:
        self._clock, self._burst, self._seconds_each = clock, burst, seconds_each
        self._used_until: dict[str, float] = {}

    def wait(self, network: str) -> float:
        """The seconds until the network may try again; 0 if it may now."""
        ahead = self._used_until.get(network, 0.0) - self._clock()
        return max(0.0, ahead - (self._burst - 1) * self._seconds_each)

    def forgive(self, network: str) -> None:
        """Uncount a key that was right."""
        self._used_until[network] = self._used_until.get(network, 0.0) - self._seconds_each

    def note(self, network: str) -> None:
        """Count a key before it is looked up, since a network may send many at once."""
        now = self._clock()
        if len(self._used_until) >= MOST_NETWORKS and network not in self._used_until:
            self._used_until = {name: until for name, until in self._used_until.items() if until > now}
            while len(self._used_until) >= MOST_NETWORKS:
                del self._used_until[next(iter(self._used_until))]
        self._used_until[network] = max(now, self._used_until.get(network, now)) + self._seconds_each


def further_keys() -> FailedKeyLimiter:
    """The limiter of keys that are looked up after the limit of wrong ones is used up."""
    return FailedKeyLimiter(burst=FURTHER, seconds_each=FURTHER_SECONDS_EACH)
