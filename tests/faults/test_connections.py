"""Pulls and decisions of connected systems while everything fails, in short: `python -m tests.faults.connections` reads
10,000 quotes of each of two systems, and kills the worker ten times."""

from domain.connections.systems import System
from tests.faults.connections import Size, run
from tests.faults.kills import Lives

SHORT = Size(
    systems=(System.QUIPTEAMS,),
    quotes=120,
    troubled=210,
    lives=Lives(0.0, 0.3, least_kills=1),
    rate={"limit": 3, "seconds": 1},
    slow=(),
    rounds=1,
    raced=8,
    notices=40,
    within_ms=None,
)


async def test_nothing_is_lost_or_doubled_or_done_twice_whatever_fails():
    report = await run(SHORT, "postgresql", seed=17)
    assert report.wrong == []
