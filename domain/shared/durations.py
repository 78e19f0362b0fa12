"""Durations as entered: ISO 8601, in weeks, days, hours, minutes and seconds."""

import re
from datetime import timedelta

from domain.shared.errors import ErrorCode, Invalid
from domain.shared.invisible_characters import without_marks

# Years and months are refused: they have no fixed length.
_DURATION = re.compile(
    r"P(?=[0-9T])(?:(?P<weeks>[0-9]{1,6})W)?(?:(?P<days>[0-9]{1,6})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,6})M)?(?:(?P<seconds>[0-9]{1,6})S)?)?"
)
_LONGEST = 40


def duration(given: str) -> timedelta:
    """A duration such as PT24H or P7D. Raises: Invalid."""
    typed = without_marks(given).upper()
    found = _DURATION.fullmatch(typed) if len(typed) <= _LONGEST else None
    if found is None:
        message = "Send an ISO 8601 duration in weeks, days, hours, minutes and seconds, such as PT24H or P7D."
        raise Invalid(ErrorCode.INVALID_DURATION, message)
    return timedelta(**{unit: int(number) for unit, number in found.groupdict().items() if number is not None})
