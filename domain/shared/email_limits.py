"""Limit on the e-mails that one API key causes. Their addresses come from the caller, so a leaked key could
otherwise send spam."""

from collections.abc import Callable
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
# Number of keys kept in memory. Beyond it, the keys with the lowest usage are dropped.
MOST_KEYS = 10_000


class TooManyEmails(Exception):
    """The key has reached its limit of e-mails. The action was not performed."""

    def __init__(self, count: int, limit: int, wait: timedelta | None) -> None:
        again = "Send fewer addresses." if wait is None else f"Try again in {_seconds(wait):,} seconds."
        super().__init__(f"This would send {count:,} e-mails; the limit is {limit:,} per hour and key. {again}")
        self.limit = limit
        self.retry_after = None if wait is None else _seconds(wait)


class EmailBudget:
    """`limit` e-mails per hour for each key, replenished continuously; 0 means no limit. Counted per process."""

    def __init__(self, limit: int, now: Callable[[], datetime]) -> None:
        self._limit = limit
        self._now = now
        self._used: dict[str, tuple[float, datetime]] = {}

    def take(self, key: str, count: int) -> None:
        """Count the e-mails of an action before it runs. Raises: TooManyEmails; nothing is counted then."""
        if not self._limit or not count:
            return
        now = self._now()
        used = self._used_by(key, now)
        if used + count > self._limit:
            missing = used + count - self._limit
            wait = None if count > self._limit else HOUR * (missing / self._limit)
            raise TooManyEmails(count, self._limit, wait)
        self._used[key] = (used + count, now)
        if len(self._used) > MOST_KEYS:
            self._drop_least_used(now)

    def give_back(self, key: str, count: int) -> None:
        """Counts the e-mails of an action no longer: nothing of it was stored."""
        if key in self._used:
            used, at = self._used[key]
            self._used[key] = (max(0.0, used - count), at)

    def _used_by(self, key: str, now: datetime) -> float:
        used, at = self._used.get(key, (0.0, now))
        return max(0.0, used - (now - at) / HOUR * self._limit)

    def _drop_least_used(self, now: datetime) -> None:
        by_use = sorted(self._used, key=lambda key: self._used_by(key, now))
        for key in by_use[: MOST_KEYS // 10]:
            del self._used[key]


def _seconds(wait: timedelta) -> int:
    return max(1, -int(-wait.total_seconds() // 1))
