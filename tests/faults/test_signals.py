"""What signals cost, in short: `python -m tests.faults.signals` measures eight processes."""

from tests.faults.signals import OURS, run


async def test_every_commit_wakes_the_other_process_by_notify_and_by_nats():
    assert await run(processes=1, listeners=1, rounds=1, seconds=0.5, ways=OURS)
