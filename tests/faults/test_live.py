"""Subscriptions while everything fails, in short: `python -m tests.faults.live` does it to 500 subscribers."""

from tests.faults.live import Size, run

SHORT = Size(
    servers=2,
    companies=2,
    subscribers=30,
    writers=6,
    seconds=5.0,
    kills=1,
    lost_listeners=1,
    restarts=1,
    crashes=0,
    dropped_connections=10,
    pause=0.2,
)


async def test_subscribers_miss_no_event_and_get_none_twice_whatever_fails():
    report = await run(SHORT, seed=15)
    assert report.wrong == []
