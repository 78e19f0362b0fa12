"""Buckets in memory. Those that were not used for longest are forgotten first."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic_ns

from domain.rate_limits import buckets
from domain.rate_limits.buckets import FULL
from domain.shared.rate_limits import RateLimit

MOST_NAMES = 20_000


def microseconds() -> int:
    """The time of this process, which no setting of the clock moves."""
    return monotonic_ns() // 1_000


class KeptBuckets:
    """The buckets of up to `most` names."""

    def __init__(self, now: Callable[[], int] = microseconds, most: int = MOST_NAMES) -> None:
        self._now = now
        self._most = most
        self._full_at: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, name: str, points: int, limit: RateLimit) -> int | None:
        """Take points. Returns None, or in how many microseconds they will be there, if they are not."""
        now = self._now()
        before = self._known(name, now, limit)
        after = buckets.take(before, now, points, limit)
        if after is None:
            return buckets.wait(before, now, points, limit)
        self._put(name, after)
        return None

    def wait(self, name: str, points: int, limit: RateLimit) -> int | None:
        """What `take` would return, without taking anything."""
        now = self._now()
        before = self._known(name, now, limit)
        if buckets.take(before, now, points, limit) is not None:
            return None
        return buckets.wait(before, now, points, limit)

    def settle(self, name: str, asked: int, actual: int, limit: RateLimit) -> None:
        """Put what was not used back, or take what was used beyond what was asked."""
        now = self._now()
        before = self._known(name, now, limit)
        if actual < asked:
            self._put(name, buckets.give_back(before, asked - actual, limit))
        else:
            self._put(name, buckets.use_more(before, now, actual - asked, limit))

    def available(self, name: str, limit: RateLimit) -> int:
        """How many points there are."""
        now = self._now()
        return buckets.available(self._known(name, now, limit), now, limit)

    def _known(self, name: str, now: int, limit: RateLimit) -> int:
        return buckets.known(self._full_at.get(name, FULL), now, limit)

    def _put(self, name: str, full_at: int) -> None:
        self._full_at[name] = full_at
        self._full_at.move_to_end(name)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
