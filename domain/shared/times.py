"""Times as they are entered and printed.

A day without a time means the whole day in the company's time zone: an end is reached when the day is over, and "later
than" a day is later than all of it. A time without an offset is read in the company's time zone. Printed times name
their zone; a time that was entered with an offset is printed in that offset.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from domain.shared.errors import ErrorCode, Invalid
from domain.shared.invisible_characters import without_marks

UTC_ZONE = "UTC"
_SHORTEST = timedelta(microseconds=1)
_LONGEST = 40
# Week dates such as 2026-W53, which Python accepts, are refused.
_WEEK = "W"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class End(NamedTuple):
    """When something ends: at `at`, as entered in `zone`. For a whole day, `at` is its last microsecond."""

    at: datetime
    zone: str
    whole_day: bool


class _Span(NamedTuple):
    """The first and last time that an input stands for."""

    first: datetime
    last: datetime
    zone: str


def end(given: str, zone: str = UTC_ZONE) -> End:
    """An end as entered, read in `zone`. Raises: Invalid."""
    span = _read(given, zone)
    return End(span.last, span.zone, whole_day=span.first < span.last)


def later_than(given: str, zone: str = UTC_ZONE) -> datetime:
    """The exclusive lower bound of a filter "after": of a day, its end. Raises: Invalid."""
    return _read(given, zone).last


def earlier_than(given: str, zone: str = UTC_ZONE) -> datetime:
    """The exclusive upper bound of a filter "before": of a day, its start. Raises: Invalid."""
    return _read(given, zone).first


# Parsers of the two bounds of a filter; both are exclusive.
SPAN = {"after": later_than, "before": earlier_than}


def time_zone(given: str) -> str:
    """A time zone by its name in the IANA database, in any case. Raises: Invalid."""
    known = {it.casefold(): it for it in available_timezones() if it != "localtime"} | {"utc": UTC_ZONE}
    found = known.get(given.strip().casefold())
    if found is None:
        message = f"Unknown time zone {given[:60]!r}. Send a name of the IANA database, such as America/Montevideo."
        raise Invalid(ErrorCode.INVALID_TEXT, message)
    return found


def printed(at: datetime, zone: str = UTC_ZONE) -> str:
    """A time as printed, in English independent of the locale: `22 November 2026, 09:30 (UTC)`."""
    name, local = _local(at, zone)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{_day(local)}, {clock} ({name})"


def printed_day(at: datetime, zone: str = UTC_ZONE) -> str:
    """The day of a time as printed: `22 November 2026 (UTC)`."""
    name, local = _local(at, zone)
    return f"{_day(local)} ({name})"


def _read(given: str, zone: str) -> _Span:
    try:
        typed = without_marks(given).upper()
        if len(typed) > _LONGEST or not typed.isascii() or _WEEK in typed:
            raise ValueError
        day = _day_typed(typed)
        return _whole_day(day, zone) if day is not None else _at_time(datetime.fromisoformat(typed), zone)
    except (ValueError, OverflowError):
        message = "Send a time as in 2026-11-22T09:30:00Z, or a day as in 2026-11-22."
        raise Invalid(ErrorCode.INVALID_DATE, message) from None


def _day_typed(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _whole_day(day: date, zone: str) -> _Span:
    first = datetime.combine(day, time(), _tz(zone)).astimezone(UTC)
    if day == date.max:
        # 9999-12-31 is used for "no end". No day follows it, and west of UTC it is not representable as a whole.
        behind = time.max.replace(tzinfo=_tz(zone) if first.date() < day else UTC)
        return _Span(first, datetime.combine(day, behind).astimezone(UTC), zone)
    following = datetime.combine(day + timedelta(days=1), time(), _tz(zone)).astimezone(UTC)
    return _Span(first, following - _SHORTEST, zone)


def _at_time(typed: datetime, zone: str) -> _Span:
    local = typed.replace(tzinfo=_tz(zone)) if typed.tzinfo is None else typed
    named = zone if typed.tzinfo is None else typed.tzname() or UTC_ZONE
    return _Span(local.astimezone(UTC), local.astimezone(UTC), named)


def _local(at: datetime, zone: str) -> tuple[str, datetime]:
    """The zone in which a time is printed, and the local time. UTC if this machine does not know the zone, or if the
    local time is outside the range of years."""
    try:
        return zone, at.astimezone(_tz(zone))
    except (ZoneInfoNotFoundError, OverflowError):
        return UTC_ZONE, at.astimezone(UTC)


@lru_cache(maxsize=1024)
def _tz(zone: str) -> tzinfo:
    """A zone by its name in the IANA database, or by an offset such as `UTC-03:00`. Raises: ZoneInfoNotFoundError."""
    if zone == UTC_ZONE:
        return UTC
    if zone.startswith(UTC_ZONE):
        found = datetime.strptime(zone.removeprefix(UTC_ZONE), "%z").tzinfo
        assert found is not None
        return found
    return ZoneInfo(zone)


def _day(local: datetime) -> str:
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
