"""Points in time as people give and read them: a day is all of it, and what is printed says in which zone it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.errors import ErrorCode, Invalid
from domain.shared.times import earlier_than, end, later_than, printed, printed_day, time_zone

ZONES = ["UTC", "America/Montevideo", "Asia/Kathmandu", "Pacific/Kiritimati", "America/Santiago", "Africa/Cairo"]
LAST = timedelta(microseconds=1)
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("2026-11-22T09:30:00Z", "Asia/Tokyo"),
        ("2026-11-22T06:30:00-03:00", "Asia/Tokyo"),
        ("2026-11-22T09:30:00", "UTC"),
        (" 2026-11-22 09:30", "UTC"),
        ("2026-11-22T06:30", "America/Montevideo"),
    ],
)
def test_a_time_is_taken_in_its_own_offset_and_without_one_in_the_zone_of_the_company(typed, zone):
    assert (end(typed, zone).at, later_than(typed, zone), earlier_than(typed, zone)) == (AT, AT, AT)
    assert not end(typed, zone).whole_day


def test_a_time_is_printed_in_the_offset_it_was_given_in():
    until = end("2026-12-31T23:59:59-03:00", "Asia/Tokyo")
    assert until.at == datetime(2027, 1, 1, 2, 59, 59, tzinfo=UTC)
    assert printed(until.at, until.zone) == "31 December 2026, 23:59:59 (UTC-03:00)"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2026-12-31T23:59:59+05:45", "31 December 2026, 23:59:59 (UTC+05:45)"),
        ("2027-01-01T00:00:00+14:00", "1 January 2027, 00:00 (UTC+14:00)"),
        ("2026-12-31T23:59Z", "31 December 2026, 23:59 (UTC)"),
        ("2026-12-31T23:59+00:00", "31 December 2026, 23:59 (UTC)"),
        ("2026-12-31T23:59", "31 December 2026, 23:59 (America/Montevideo)"),
    ],
)
def test_whatever_is_printed_says_in_which_zone_it_is(typed, told):
    until = end(typed, "America/Montevideo")
    assert printed(until.at, until.zone) == told


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.sampled_from(ZONES))
def test_a_day_lasts_from_its_first_moment_to_its_last_in_the_zone(day, zone):
    until, local = end(day.isoformat(), zone), ZoneInfo(zone)
    assert until.whole_day
    assert until.at.astimezone(local).date() == day
    assert (until.at + LAST).astimezone(local).date() == day + timedelta(days=1)
    assert later_than(day.isoformat(), zone) == until.at
    first = earlier_than(day.isoformat(), zone)
    assert (first.astimezone(local).date(), (first - LAST).astimezone(local).date()) == (day, day - timedelta(days=1))
    assert printed_day(until.at, until.zone) == f"{day.day} {day:%B} {day.year} ({zone})"


@given(
    st.builds(datetime.combine, st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.times()),
    st.integers(-14 * 60, 14 * 60),
)
def test_the_day_that_is_printed_is_the_day_that_was_given_in_any_offset(local, minutes):
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    until = end(f"{local:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{rest:02}")
    assert printed(until.at, until.zone).startswith(f"{local.day} {local:%B} {local.year}, {local:%H:%M}")


def test_a_day_in_any_form_of_iso_8601_is_a_whole_day():
    assert end("20261231") == end("2026-12-31") == end(" 2026-12-31 ")


@pytest.mark.parametrize(
    "typed", ["", " ", "now", "0001-01-01T00:00:00+23:00", "2026-W53", "2026-13-01", "2026-02-30", "2" * 50]
)
def test_what_is_no_moment_is_refused(typed):
    for read in (end, later_than, earlier_than):
        with pytest.raises(Invalid) as refused:
            read(typed)
        assert refused.value.code == ErrorCode.INVALID_DATE


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "Pacific/Kiritimati", "America/Montevideo", "Etc/GMT+12"])
def test_the_last_day_there_is_lasts_to_the_end_of_time(zone):
    until = end("9999-12-31", zone)
    assert until.whole_day
    assert printed_day(until.at, until.zone) == f"31 December 9999 ({zone})"


def test_the_letters_of_a_time_may_be_small():
    assert end("2026-12-31t12:00z") == end("2026-12-31T12:00Z")


def test_time_zones_are_known_by_name_in_any_case():
    assert [time_zone(it) for it in ("utc", "america/montevideo", " Etc/GMT+3 ")] == [
        "UTC",
        "America/Montevideo",
        "Etc/GMT+3",
    ]
    for unknown in ("", "UTC-03:00", "Atlantis", "../../etc/passwd", "localtime"):
        with pytest.raises(Invalid):
            time_zone(unknown)


def test_a_zone_that_this_machine_does_not_know_is_printed_in_utc():
    assert printed(AT, "Mars/Olympus") == "22 November 2026, 09:30 (UTC)"
