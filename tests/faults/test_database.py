"""Databases that fail, in short: `python -m tests.faults.database` tries every fault for twenty seconds each."""

import pytest

from tests.faults.database import run

FAULTS = {"postgresql": ("restarted",), "sqlite": ("disk full",)}


@pytest.mark.parametrize("database", FAULTS)
async def test_a_database_that_fails_is_told_and_recovers(database: str) -> None:
    report = await run(database, 0, FAULTS[database], timed=False)
    assert report.wrong == []
