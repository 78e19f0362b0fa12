"""How many e-mails one API key may cause: each is addressed by what the key sends, so a leaked one could write to the
world in our name."""

from collections.abc import Callable
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
# Keys that are remembered; of those beyond, the ones that have used least are forgotten.
MOST_KEYS = 10_000


class TooManyEmails(Exception):
    """The key has caused as many e-mails as it may for now. Nothing of the action was done."""

    def __init__(self, count: int, limit: int, wait: timedelta | None) -> None:
        again = "Name fewer addresses." if wait is None else f"Try again in {_seconds(wait):,} seconds."
        super().__init__(f"This would send {count:,} e-mails; a key may send {limit:,} an hour. {again}")
        self.retry_after = None if wait is None else _seconds(wait)


class EmailBudget:
    """`limit` e-mails an hour for each key, given back as the hour passes; 0 is without a limit. Of one process."""

    def __init__(self, limit: int, now: Callable[[], datetime]) -> None:
        self._limit = limit
        self._now = now
        self._used: dict[str, tuple[float, datetime]] = {}

    def take(self, key: str, count: int) -> None:
        """Count the e-mails that an action of a key is about to cause. Raises: TooManyEmails, and counts none."""
        if not self._limit or not count:
            return
        now = self._now()
        used = self._left_of(key, now)
        if used + count > self._limit:
            missing = used + count - self._limit
            wait = None if count > self._limit else HOUR * (missing / self._limit)
            raise TooManyEmails(count, self._limit, wait)
        self._used[key] = (used + count, now)
        if len(self._used) > MOST_KEYS:
            self._forget(now)

    def _left_of(self, key: str, now: datetime) -> float:
        used, at = self._used.get(key, (0.0, now))
        return max(0.0, used - (now - at) / HOUR * self._limit)

    def _forget(self, now: datetime) -> None:
        by_use = sorted(self._used, key=lambda key: self._left_of(key, now))
        for key in by_use[: MOST_KEYS // 10]:
            del self._used[key]


def _seconds(wait: timedelta) -> int:
    return max(1, -int(-wait.total_seconds() // 1))
