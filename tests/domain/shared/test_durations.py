"""Durations as people and programs write them (ISO 8601)."""

from datetime import timedelta

import pytest

from domain.shared.durations import duration
from domain.shared.errors import ErrorCode, Invalid


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("PT24H", timedelta(hours=24)),
        ("P1D", timedelta(days=1)),
        (" p7d ", timedelta(days=7)),
        ("P1W", timedelta(weeks=1)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("PT0S", timedelta()),
        ("PT90M", timedelta(minutes=90)),
    ],
)
def test_weeks_days_hours_minutes_and_seconds_are_read(given, expected):
    assert duration(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        *("", "P", "PT", "P1DT", "24h", "PT24", "24", "P1M", "P1Y", "-PT1H", "PT-1H", "PT1.5H", "PT1H2H", "PT1M1H"),
        *("P١D", "PT9999999H", "P" + "1" * 50 + "D", "PT1H\0"),
    ],
)
def test_anything_else_is_refused(given):
    with pytest.raises(Invalid) as refused:
        duration(given)
    assert refused.value.code == ErrorCode.INVALID_DURATION
