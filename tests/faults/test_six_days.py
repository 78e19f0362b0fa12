"""An endpoint that is down for six days is tried as the rules say, and leaves nothing unexplained."""

from datetime import timedelta

from tests.faults.six_days import six_days


async def test_an_endpoint_that_is_down_for_days_is_disabled_and_leaves_nothing_unexplained(database):
    report = await six_days(database, timedelta(hours=12))
    assert report.problems() == []
