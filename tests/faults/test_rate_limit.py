"""Rate limits of two processes, in short: `python -m tests.faults.rate_limit` measures their cost too."""

from tests.faults.rate_limit import run


async def test_two_processes_admit_together_what_the_bucket_of_a_key_has():
    report = await run(seconds=1.5, rounds=0)
    assert report.wrong == []
