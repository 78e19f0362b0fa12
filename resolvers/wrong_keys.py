"""How often one address may be wrong about public keys.

Each process counts for itself: the keys are too long to be found by trying, and this keeps the trying cheap for us.
"""

from collections.abc import Callable
from time import monotonic

# So many wrong keys at once, then one more in each of these seconds.
BURST = 20
SECONDS_EACH = 3.0
MOST_NETWORKS = 10_000


class WrongKeys:
    """Wrong keys by network: each pushes the time up to which a network has used its chances (GCRA)."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._used_until: dict[str, float] = {}

    def wait(self, network: str) -> float:
        """How many seconds until the network may try again; 0 when it may now."""
        ahead = self._used_until.get(network, 0.0) - self._clock()
        return max(0.0, ahead - (BURST - 1) * SECONDS_EACH)

    def forgive(self, network: str) -> None:
        """The key was right after all."""
        self._used_until[network] = self._used_until.get(network, 0.0) - SECONDS_EACH

    def note(self, network: str) -> None:
        """The network tries a key. It is noted before the key is looked at, since many may be looked at at once."""
        now = self._clock()
        if len(self._used_until) >= MOST_NETWORKS and network not in self._used_until:
            self._used_until = {name: until for name, until in self._used_until.items() if until > now}
            while len(self._used_until) >= MOST_NETWORKS:
                del self._used_until[next(iter(self._used_until))]
        self._used_until[network] = max(now, self._used_until.get(network, now)) + SECONDS_EACH
