"""Fairness, in short: `python -m tests.faults.fair` measures how long polite keys wait beside a hostile one."""

from tests.faults.fair import run


async def test_a_key_that_sends_too_much_has_no_request_of_others_refused():
    row = await run(seconds=1.5, rate=10)
    assert row.wrong == []
