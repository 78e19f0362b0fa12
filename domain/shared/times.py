"""Points in time as people give and read them.

A day stands for the whole of it, in the time zone of the company: an end lasts until the day is over, later than a day
is later than all of it. A time is read in the offset that it comes with, else in the company's zone. Whatever is
printed for people says in which zone it is, and what was given with an offset is printed in that.
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
# Python also reads 2026-W53, the Monday of a week, which nobody means by a day.
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
    """Until when something holds: up to `at`, as it was given in `zone`. Of a whole day, `at` is the last moment."""

    at: datetime
    zone: str
    whole_day: bool


class _Span(NamedTuple):
    """What was typed, from its first moment to its last."""

    first: datetime
    last: datetime
    zone: str


def end(given: str, zone: str = UTC_ZONE) -> End:
    """An end as typed, of a company in `zone`. Raises: Invalid."""
    span = _read(given, zone)
    return End(span.last, span.zone, whole_day=span.first < span.last)


def later_than(given: str, zone: str = UTC_ZONE) -> datetime:
    """The moment after which something is later than what was typed, of a day than all of it. Raises: Invalid."""
    return _read(given, zone).last


def earlier_than(given: str, zone: str = UTC_ZONE) -> datetime:
    """The moment before which something is earlier than what was typed, of a day than all of it. Raises: Invalid."""
    return _read(given, zone).first


# How the ends of a span are read; both are excluded.
SPAN = {"after": later_than, "before": earlier_than}


def time_zone(given: str) -> str:
    """A time zone by its name in the IANA's database, in any case. Raises: Invalid."""
    known = {it.casefold(): it for it in available_timezones() if it != "localtime"} | {"utc": UTC_ZONE}
    found = known.get(given.strip().casefold())
    if found is None:
        message = (
            f"There is no time zone {given[:60]!r}. Send a name of the IANA's database, such as America/Montevideo."
        )
        raise Invalid(ErrorCode.INVALID_TEXT, message)
    return found


def printed(at: datetime, zone: str = UTC_ZONE) -> str:
    """A moment as people read it, in English whatever the machine speaks: `22 November 2026, 09:30 (UTC)`."""
    name, local = _local(at, zone)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{_day(local)}, {clock} ({name})"


def printed_day(at: datetime, zone: str = UTC_ZONE) -> str:
    """The day of a moment as people read it: `22 November 2026 (UTC)`."""
    name, local = _local(at, zone)
    return f"{_day(local)} ({name})"


def _read(given: str, zone: str) -> _Span:
    try:
        typed = without_marks(given).upper()
        if len(typed) > _LONGEST or not typed.isascii() or _WEEK in typed:
            raise ValueError
        day = _day_typed(typed)
        return _whole(day, zone) if day is not None else _moment(datetime.fromisoformat(typed), zone)
    except (ValueError, OverflowError):
        message = "Send a time as in 2026-11-22T09:30:00Z, or a day as in 2026-11-22."
        raise Invalid(ErrorCode.INVALID_DATE, message) from None


def _day_typed(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _whole(day: date, zone: str) -> _Span:
    first = datetime.combine(day, time(), _tz(zone)).astimezone(UTC)
    if day == date.max:
        # How people write that there is no end. No day follows it, and west of UTC not all of it is there.
        behind = time.max.replace(tzinfo=_tz(zone) if first.date() < day else UTC)
        return _Span(first, datetime.combine(day, behind).astimezone(UTC), zone)
    following = datetime.combine(day + timedelta(days=1), time(), _tz(zone)).astimezone(UTC)
    return _Span(first, following - _SHORTEST, zone)


def _moment(typed: datetime, zone: str) -> _Span:
    local = typed.replace(tzinfo=_tz(zone)) if typed.tzinfo is None else typed
    named = zone if typed.tzinfo is None else typed.tzname() or UTC_ZONE
    return _Span(local.astimezone(UTC), local.astimezone(UTC), named)


def _local(at: datetime, zone: str) -> tuple[str, datetime]:
    """The zone in which something is printed, and the moment in it. A zone that this machine has never heard of cannot
    be printed in, nor one in which it would be the year 10000."""
    try:
        return zone, at.astimezone(_tz(zone))
    except (ZoneInfoNotFoundError, OverflowError):
        return UTC_ZONE, at.astimezone(UTC)


@lru_cache(maxsize=1024)
def _tz(zone: str) -> tzinfo:
    """A zone by its name in the IANA's database, or by its offset as in `UTC-03:00`. Raises: ZoneInfoNotFoundError."""
    if zone == UTC_ZONE:
        return UTC
    if zone.startswith(UTC_ZONE):
        found = datetime.strptime(zone.removeprefix(UTC_ZONE), "%z").tzinfo
        assert found is not None
        return found
    return ZoneInfo(zone)


def _day(local: datetime) -> str:
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
