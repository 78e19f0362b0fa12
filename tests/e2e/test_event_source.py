"""A browser's own EventSource, which sends no headers, on the event stream of a page."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.api.support import world
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

SUBSCRIBE = """async ({ key, query }) => {
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    const token = await (await fetch("/graphql", { method: "PUT", headers })).text();
    const events = new EventSource(`/graphql?token=${token}`);
    window.types = [];
    events.addEventListener("next", ({ data }) => window.types.push(JSON.parse(data).payload.data.events.type));
    events.addEventListener("complete", () => window.types.push("complete"));
    const body = JSON.stringify({ query, extensions: { operationId: "one" } });
    const sent = { ...headers, "X-GraphQL-Event-Stream-Token": token };
    return (await fetch("/graphql", { method: "POST", headers: sent, body })).status;
}"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('event_source') / 'quotegraph.db'}"
    await world.make(url)
    async with running(url) as found:
        yield found


async def test_a_page_follows_a_quote_by_its_browsers_event_source(api, page):
    await page.goto(api.url)
    query = "subscription { events(includeCurrent: true) { type } }"
    assert await page.evaluate(SUBSCRIBE, {"key": api.customer, "query": query}) == 202
    await page.wait_for_function("window.types.length === 1")
    await a_quote(api, prices=None)
    await page.wait_for_function("window.types.length === 2")
    assert await page.evaluate("window.types") == ["CURRENT_STATE", "QUOTE_CREATED"]
