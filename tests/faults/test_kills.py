"""Killing servers and workers, in short: `python -m tests.faults.kills` does it to a thousand accepts."""

import pytest

from tests.faults.kills import Lives, run


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_kills_lose_no_event_and_order_nothing_twice(database):
    report = await run(6, database, seed=14, lives=Lives(0.1, 1.0, least_kills=2))
    assert report.wrong == []
