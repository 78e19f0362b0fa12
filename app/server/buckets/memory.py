"""Buckets in the memory of one process, which is the only one."""

from collections.abc import Callable

from domain.rate_limits.kept import MOST_NAMES, KeptBuckets, microseconds
from domain.shared.rate_limits import RateLimit


class MemoryBuckets:
    """The buckets of up to `most` payers."""

    def __init__(self, now: Callable[[], int] = microseconds, most: int = MOST_NAMES) -> None:
        self._kept = KeptBuckets(now, most)
        self.settle = self._kept.settle
        self.wait = self._kept.wait
        self.available = self._kept.available

    def __len__(self) -> int:
        return len(self._kept)

    async def take(self, payer: str, points: int, limit: RateLimit) -> int | None:
        """Takes points. Returns None, or in how many microseconds they will be there, if they are not."""
        return self._kept.take(payer, points, limit)

    async def close(self) -> None:
        """Nothing of it is kept."""
