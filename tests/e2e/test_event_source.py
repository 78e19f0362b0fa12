"""A browser's own EventSource, which sends no headers: on the shared stream of a page, and with tickets."""

import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.support import world
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running
from tests.clients.programs import served
from tests.e2e.playground import until

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
    await until(page, "types.length === 1")
    await a_quote(api, prices=None)
    await until(page, "types.length === 2")
    assert await page.evaluate("window.types") == ["CURRENT_STATE", "QUOTE_CREATED"]


GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "resume.md").read_text(encoding="utf-8")
EVENTS = "subscription($after: String) { events(after: $after, includeCurrent: true) { type } }"


def recipe(url: str) -> str:
    """The program of the guide, at this address."""
    programs: list[str] = re.findall(r"```js\n(.*?)```", GUIDE, re.DOTALL)
    [code] = (it for it in programs if "new EventSource" in it)
    return code.replace("https://quotes.example/graphql", url)


async def test_a_page_with_tickets_loses_no_event_when_the_server_is_killed_and_when_it_ends(
    api, foreign_page, tmp_path
):
    async def ticket() -> str:
        found: str = (await api.act("createStreamTicket", {}, "ticket"))["ticket"]
        return found

    await foreign_page.expose_function("ticket", ticket)
    database_url = api.parts.database.url.render_as_string(hide_password=False)
    async with served(database_url, tmp_path / "log") as server:
        await foreign_page.goto(server.url.replace("/graphql", "/healthz"))
        received = "window.types = []; const next = ({ data, errors }) => types.push(data?.events.type ?? errors);"
        await foreign_page.evaluate(
            f"() => {{ {recipe(server.url)} {received} window.stop = follow(`{EVENTS}`, next); }}"
        )
        await until(foreign_page, "types.length === 1")
        expected = ["CURRENT_STATE"]
        for stopped_by in (signal.SIGKILL, signal.SIGTERM):
            await server.stop(stopped_by)
            await a_quote(api, prices=None)
            await server.start()
            await a_quote(api, prices=None)
            expected += ["QUOTE_CREATED"] * 2
            await until(foreign_page, f"types.length === {len(expected)}")
        assert await foreign_page.evaluate("stop() || types") == expected
