"""The size of a bucket of points, which operations are paid from (docs/domain.md#rate-limits)."""

import re
from typing import NamedTuple

from domain.shared.errors import ErrorCode, Invalid

MOST_POINTS = 99_999_999
MOST_RESTORED = 999_999

_WRITTEN = re.compile(r"([0-9]{1,8})/([0-9]{1,6})")


class RateLimit(NamedTuple):
    """A bucket of `points` that is restored at `restore` points a second. The first is at once what may be used in a
    moment, and the second in the long run."""

    points: int
    restore: int

    def __str__(self) -> str:
        return f"{self.points}/{self.restore}"


def written_rate_limit(given: str) -> RateLimit:
    """A rate limit as it is written in settings, such as `6000/100`. Raises: Invalid."""
    found = _WRITTEN.fullmatch(given.strip())
    limit = None if found is None else RateLimit(int(found[1]), int(found[2]))
    if limit is None or not all(limit):
        message = "Set points and how many are restored in a second, such as 6000/100."
        raise Invalid(ErrorCode.OUT_OF_RANGE, message)
    return limit


def whole_number(given: int, most: int) -> int:
    """A number of points. Raises: Invalid."""
    if not 1 <= given <= most:
        raise Invalid(ErrorCode.OUT_OF_RANGE, f"Send a number from 1 to {most:,}.")
    return given
