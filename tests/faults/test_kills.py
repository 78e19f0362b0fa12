"""Killing servers and workers, in short: `python -m tests.faults.kills` does it to a thousand accepts and to both
databases, and tests/e2e/test_crashes.py kills those of SQLite."""

from tests.faults.kills import Lives, run


async def test_kills_lose_no_event_and_order_nothing_twice():
    report = await run(6, "postgresql", seed=14, lives=Lives(0.1, 1.0, least_kills=2))
    assert report.wrong == []
