"""How often one address may be wrong about public keys.

Each process counts for itself: the keys are too long to be found by trying, and this keeps the trying cheap for us.
A right key opens its quote also where others of the same office have used up the wrong ones: until `FURTHER` keys, too,
are tried at once, each is still looked at.
"""

from collections.abc import Callable
from time import monotonic

# So many wrong keys at once, then one more in each of these seconds.
BURST = 20
SECONDS_EACH = 3.0
# Where those are used up, so many more are looked at for the sake of a right one among them.
FURTHER = 100
FURTHER_SECONDS_EACH = 0.1
MOST_NETWORKS = 10_000


class FailedKeyLimiter:
    """Wrong keys by network: each pushes the time up to which a network has used its chances (GCRA)."""

    def __init__(
        self, clock: Callable[[], float] = monotonic, burst: int = BURST, seconds_each: float = SECONDS_EACH
    ) -> None:
        self._clock, self._burst, self._seconds_each = clock, burst, seconds_each
        self._used_until: dict[str, float] = {}

    def wait(self, network: str) -> float:
        """How many seconds until the network may try again; 0 when it may now."""
        ahead = self._used_until.get(network, 0.0) - self._clock()
        return max(0.0, ahead - (self._burst - 1) * self._seconds_each)

    def forgive(self, network: str) -> None:
        """The key was right after all."""
        self._used_until[network] = self._used_until.get(network, 0.0) - self._seconds_each

    def note(self, network: str) -> None:
        """The network tries a key. It is noted before the key is looked at, since many may be looked at at once."""
        now = self._clock()
        if len(self._used_until) >= MOST_NETWORKS and network not in self._used_until:
            self._used_until = {name: until for name, until in self._used_until.items() if until > now}
            while len(self._used_until) >= MOST_NETWORKS:
                del self._used_until[next(iter(self._used_until))]
        self._used_until[network] = max(now, self._used_until.get(network, now)) + self._seconds_each


def further_keys() -> FailedKeyLimiter:
    """Counts the keys that are looked at where the wrong ones are used up."""
    return FailedKeyLimiter(burst=FURTHER, seconds_each=FURTHER_SECONDS_EACH)
