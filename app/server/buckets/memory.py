"""Buckets in the memory of one process. Those that were not used for longest are forgotten first."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic_ns

from domain.rate_limits import buckets
from domain.rate_limits.buckets import FULL
from domain.shared.rate_limits import RateLimit

MOST_PAYERS = 20_000


def microseconds() -> int:
    """The time of this process, which no setting of the clock moves."""
    return monotonic_ns() // 1_000


class MemoryBuckets:
    """The buckets of up to `most` payers."""

    def __init__(self, now: Callable[[], int] = microseconds, most: int = MOST_PAYERS) -> None:
        self._now = now
        self._most = most
        self._full_at: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    async def take(self, payer: str, points: int, limit: RateLimit) -> int | None:
        """Takes points. Returns None, or in how many microseconds they will be there, if they are not."""
        now = self._now()
        before = self._known(payer, now, limit)
        after = buckets.take(before, now, points, limit)
        if after is None:
            return buckets.wait(before, now, points, limit)
        self._put(payer, after)
        return None

    def settle(self, payer: str, asked: int, actual: int, limit: RateLimit) -> None:
        """Puts what was not used back, or takes what was used beyond what was asked."""
        now = self._now()
        before = self._known(payer, now, limit)
        if actual < asked:
            self._put(payer, buckets.give_back(before, asked - actual, limit))
        else:
            self._put(payer, buckets.use_more(before, now, actual - asked, limit))

    def available(self, payer: str, limit: RateLimit) -> int:
        """Returns how many points there are."""
        now = self._now()
        return buckets.available(self._known(payer, now, limit), now, limit)

    async def close(self) -> None:
        """Nothing of it is kept."""

    def _known(self, payer: str, now: int, limit: RateLimit) -> int:
        return buckets.known(self._full_at.get(payer, FULL), now, limit)

    def _put(self, payer: str, full_at: int) -> None:
        self._full_at[payer] = full_at
        self._full_at.move_to_end(payer)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
