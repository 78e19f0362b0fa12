"""A few fields of what `tests.faults.generated` sends for minutes."""

from tests.faults.generated import run


async def test_whatever_the_schema_allows_is_no_failure_of_ours_and_tells_nothing_of_the_inside():
    report = await run(seconds=10, seed=1)
    assert report.wrong == {}
    assert report.statuses[200] > 0
    assert report.asked.total() >= 5 * report.fields > 0
