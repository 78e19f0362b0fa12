"""Slices of a bucket that is shared: a process takes points in advance, so that an operation need not ask for its own.

What a process holds has been taken from the bucket, so that the others cannot use it. While it holds it, the bucket is
restored all the same: in a burst, each process may admit what it holds beyond the points of the limit.
"""

from typing import NamedTuple

from domain.shared.rate_limits import RateLimit

# A slice is this part of the bucket, but no more than is restored in so many seconds.
PART = 10
SECONDS = 2


class Lease(NamedTuple):
    """What was got of a bucket, and in how many microseconds it is full."""

    granted: int
    full_in: int


def slice_of(limit: RateLimit) -> int:
    """How many points a process takes in advance."""
    return max(1, min(limit.points // PART, limit.restore * SECONDS))


def most_held(limit: RateLimit) -> int:
    """How many points a process holds at most without an operation that uses them. More come when operations cost less
    than they asked for, and are given back at once."""
    return 2 * slice_of(limit)
