"""Overload, in short: `python -m tests.faults.overload` measures how long answers and refusals take."""

from tests.faults.overload import run


async def test_what_exceeds_the_capacity_is_refused_and_the_rest_is_answered():
    report = await run("sqlite", seconds=1, recovery=1)
    assert report.wrong == []
    assert report.probes >= 3
