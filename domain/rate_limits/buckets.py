"""The arithmetic of a bucket of points (docs/domain.md#rate-limits).

The state of a bucket is one time: when it will be full again, if nothing more is taken. Taking points moves it ahead by
the time in which they are restored, and may not move it further ahead than an empty bucket takes to be full. That is
the generic cell rate algorithm (GCRA), whose theoretical arrival time this is: a leaky bucket without a clock that
ticks.

Times are in microseconds and whole numbers. What a point takes is rounded up, so that never more is taken than a limit
allows.
"""

from domain.shared.rate_limits import RateLimit

SECOND = 1_000_000
# The time of a bucket that nothing was ever taken from.
FULL = 0
# How much longer than an empty bucket takes it may be until it is full, for what was used beyond what was there.
MOST_OWED = 60 * SECOND


def time_of(points: int, limit: RateLimit) -> int:
    """How long these points take to be restored."""
    return -(-points * SECOND // limit.restore)


def known(full_at: int, now: int, limit: RateLimit) -> int:
    """When a bucket will be full: no later than one that owes the most. A time further ahead is of another limit, or of
    a clock that was set back since."""
    return min(full_at, now + time_of(limit.points, limit) + MOST_OWED)


def available(full_at: int, now: int, limit: RateLimit) -> int:
    """How many points there are: fewer than none, if more was used than taken."""
    return (time_of(limit.points, limit) - max(0, full_at - now)) * limit.restore // SECOND


def take(full_at: int, now: int, points: int, limit: RateLimit) -> int | None:
    """When the bucket will be full after these points were taken; None if there are not so many."""
    after = max(full_at, now) + time_of(points, limit)
    return after if after - now <= time_of(limit.points, limit) else None


def give_back(full_at: int, points: int, limit: RateLimit) -> int:
    """When the bucket will be full after these points, which were taken, were not used."""
    return full_at - points * SECOND // limit.restore


def use_more(full_at: int, now: int, points: int, limit: RateLimit) -> int:
    """When the bucket will be full after these points were used without being taken before."""
    return known(max(full_at, now) + time_of(points, limit), now, limit)


def wait(full_at: int, now: int, points: int, limit: RateLimit) -> int:
    """How long it takes until there are these points, which must not be more than the bucket holds."""
    return max(0, max(full_at, now) + time_of(points, limit) - time_of(limit.points, limit) - now)
