"""Jobs that fail, as operators see them: listed, measured, and told by what they are about."""

import pytest

from domain.ports.webhooks import AttemptResult
from domain.shared.jobs import JobType
from tests.api.support.inventory_inputs import an_action, an_asset
from tests.api.support.makers import a_quote
from tests.api.support.running import Running
from tests.api.support.shop import on_both

FAILING = """{ failingJobs { totalCount nodes {
    type status attempts failures lastError nextRunAt company { id }
} } }"""
UNAUTHORIZED = "Uncertain: Tecspal POST /orders/quote: 401 Unauthorized access"


async def failing(api: Running, key: str | None = None):
    return (await api.data(FAILING, key=key or api.operator))["failingJobs"]["nodes"]


async def figures(api: Running) -> str:
    async with api.http.get(api.server.make_url("/metrics")) as response:
        return await response.text()


async def unauthorized(shop, path: str = "/orders/quote", times: int = 1) -> None:
    fault = [{"mode": "status", "status": 401, "path": path, "times": times}]
    async with shop.api.http.post(f"{shop.vendor}/faults", json=fault) as answer:
        assert answer.status < 300, await answer.text()


@on_both
async def test_an_order_the_vendor_does_not_take_fails_visibly_until_it_is_placed(shop):
    await unauthorized(shop)
    quote = await shop.accepted()
    order = await shop.order(quote)
    assert (order["status"], order["problem"]) == ("QUEUED", UNAUTHORIZED)
    [job] = await failing(shop.api)
    assert (job["type"], job["status"], job["attempts"], job["failures"]) == ("PLACE_VENDOR_ORDER", "WAITING", 1, 1)
    assert (job["lastError"], job["nextRunAt"] is not None) == (UNAUTHORIZED, True)
    assert 'quotegraph_jobs_failing{kind="PLACE_VENDOR_ORDER"} 1.0' in await figures(shop.api)

    await shop.settle()
    order = await shop.order(quote)
    assert (order["status"], order["problem"]) == ("PENDING", None)
    assert await failing(shop.api) == []
    assert 'quotegraph_jobs_failing{kind="PLACE_VENDOR_ORDER"} 0.0' in await figures(shop.api)


async def test_a_company_sees_its_own_failing_jobs_only_and_only_with_the_scope(shop):
    await unauthorized(shop)
    await shop.accepted()
    theirs = await shop.api.key("jobs:manage", company="NORDLICHT")
    assert await failing(shop.api, theirs) == []
    answer = await shop.api.run(FAILING)
    assert answer.body["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_failing_jobs_cost_one_statement_and_one_for_their_companies(shop):
    await unauthorized(shop, times=3)
    for _ in range(3):
        await shop.accepted()
    query = "{ failingJobs { nodes { type nextRunAt company { name } } } }"
    assert await shop.api.statements.of(shop.api, query, key=shop.api.operator) <= 3


@pytest.mark.parametrize("result", ["DONE", "AGAIN", "WAITS", "FAILED", "DEAD", "OVERTAKEN"])
async def test_the_figures_name_every_kind_of_job_and_every_end(shop, result):
    metrics = await figures(shop.api)
    for kind in JobType:
        assert f'quotegraph_jobs_total{{kind="{kind}",result="{result}"}} 0.0' in metrics


async def test_the_figures_name_every_end_of_an_attempt_to_deliver(shop):
    metrics = await figures(shop.api)
    for result in AttemptResult:
        assert f'quotegraph_webhook_attempts_total{{result="{result}"}} 0.0' in metrics


async def test_the_figures_say_what_is_due_and_what_was_given_up(shop):
    await shop.api.act("acceptItem", {"itemId": (await a_quote(shop.api)).item}, key=shop.api.operator)
    metrics = await figures(shop.api)
    for name, number in (("due", 1), ("running", 0), ("scheduled", 0), ("dead", 0)):
        assert f'quotegraph_jobs_{name}{{kind="PLACE_VENDOR_ORDER"}} {number}.0' in metrics
    assert 'quotegraph_jobs_oldest_due_seconds{kind="CREATE_TASK"}' in metrics


async def test_a_device_action_says_why_the_vendor_does_not_get_on_with_it(shop):
    api = shop.api
    await api.act("addAssets", {"assets": [an_asset(employee="Ana Rodríguez")]})
    await unauthorized(shop, "/hardwares")
    made = await api.act("createDeviceAction", an_action(kind="RETRIEVAL"), "deviceAction { id status problem }")
    assert (made["deviceAction"]["status"], made["deviceAction"]["problem"]) == ("PENDING", None)
    await shop.work(JobType.PLACE_MOVEMENT)
    query = "query($id: ID!) { deviceAction(by: {id: $id}) { problem movement { problem } } }"
    action = (await api.data(query, {"id": made["deviceAction"]["id"]}))["deviceAction"]
    assert action["problem"] == "Uncertain: Tecspal GET /hardwares: 401 Unauthorized access"
    assert action["movement"]["problem"] == action["problem"]
