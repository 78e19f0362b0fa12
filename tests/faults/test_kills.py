"""Killing servers and workers, in short: `python -m tests.faults.kills` does it to a thousand accepts."""

import pytest

from tests.faults.kills import Lives, run


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_kills_lose_no_event_and_order_nothing_twice(database):
    report = await run(12, database, seed=14, lives=Lives(0.2, 4.0, least_kills=3))
    assert report.wrong == []
