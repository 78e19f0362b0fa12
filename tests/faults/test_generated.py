"""Some of what `tests.faults.generated` sends for minutes."""

from app.rest.routes import ENDPOINTS
from tests.faults.generated import run, subscriptions


async def test_whatever_is_allowed_is_no_failure_of_ours_and_tells_nothing_of_the_inside():
    report = await run(seconds=10, seed=1)
    assert report.wrong == {}
    assert {200, 401} <= report.statuses.keys()
    others = {f"REST {it.method} {it.path}" for it in ENDPOINTS} | {f"Subscription.{it}" for it in subscriptions()}
    # And at least one field of Query or Mutation.
    assert others < report.asked.keys()
