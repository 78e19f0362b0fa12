"""The size of a bucket of points, which operations are paid from (docs/domain.md#rate-limits)."""

from typing import NamedTuple


class RateLimit(NamedTuple):
    """A bucket of `points` that is restored at `restore` points a second. The first is at once what may be used in a
    moment, and the second in the long run."""

    points: int
    restore: int
