"""Clients go on after a lost connection, by the recipes of docs/guides/resume.md: no event is lost or comes twice."""

import contextlib
import re
import signal

from tests.api.support.makers import a_quote
from tests.api.support.running import running
from tests.clients.conftest import HERE
from tests.clients.events import all_received, log, received
from tests.clients.programs import program, served
from tests.e2e.processes import eventually

GUIDE = (HERE.parents[1] / "docs" / "guides" / "resume.md").read_text()
# What stands in the guide for an address and a key.
WEB_SOCKET, HTTP, KEY = "wss://quotes.example/graphql", "https://quotes.example/graphql", "qk_live_…"
PRINTING = 'import { printing } from "./program.mjs";\nconst { next, error, complete } = printing;\n'


async def test_no_client_loses_an_event_or_gets_one_twice_when_the_server_is_killed_and_when_it_ends(
    new_database, tmp_path
):
    database_url = await new_database("sqlite")
    async with (
        running(database_url) as api,
        served(database_url, tmp_path / "log") as server,
        contextlib.AsyncExitStack() as stack,
    ):
        commands = {**recipes(server.url, api.customer), **variants(server.url, api.customer)}
        clients = {name: await stack.enter_async_context(program(*words)) for name, words in commands.items()}
        await eventually(lambda: all(it.lines for it in clients.values()))
        before = len(await api.rows("events"))
        await a_quote(api)
        for stopped_by in (signal.SIGKILL, signal.SIGTERM):
            await all_received(clients, await log(api, before))
            await server.stop(stopped_by)
            await a_quote(api)
            await server.start()
            await a_quote(api)
        expected = await log(api, before)
        await all_received(clients, expected)
        assert {name: received(it) for name, it in clients.items()} == dict.fromkeys(clients, expected)


def recipes(url: str, key: str) -> dict[str, tuple[str, ...]]:
    """The programs of the guide by heading, as Node runs them: with an address, a key, and functions that print."""
    [operation] = re.findall(r"```graphql\n(.*?)```", GUIDE, re.DOTALL)
    found = re.findall(r"^## ([\w -]+)\n(?:(?!^## ).)*?```js\n(import .*?)```", GUIDE, re.DOTALL | re.MULTILINE)
    start = f"{PRINTING}const EVENTS = `{operation}`;\n"
    for placeholder, value in ((WEB_SOCKET, url.replace("http", "ws")), (HTTP, url), (KEY, key)):
        found = [(name, code.replace(placeholder, value)) for name, code in found]
    return {name: ("--input-type=module", "--eval", start + code) for name, code in found}


def variants(url: str, key: str) -> dict[str, tuple[str, ...]]:
    """The programs for what the guide only mentions, and those in Python."""
    programs = (it.name for it in (HERE / "resume").iterdir() if it.suffix in (".mjs", ".py"))
    return {it: (f"resume/{it}", url, key) for it in sorted(programs)}


def test_the_guide_has_a_recipe_for_each_client():
    assert list(recipes("", "")) == ["graphql-ws", "Apollo Client", "graphql-sse", "urql"]
