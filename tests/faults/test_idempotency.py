"""Mutations sent many times at once, in short: `python -m tests.faults.idempotency` sends each of 250 five times to
servers that are killed, on both databases."""

from tests.faults.idempotency import run


async def test_each_key_is_executed_once_by_two_servers_of_which_one_is_killed():
    report = await run(6, "postgresql", seed=16, kills=1, lives=(0.1, 0.3))
    assert report.wrong == []
