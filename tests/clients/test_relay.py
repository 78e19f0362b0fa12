"""Relay with the schema as it is: compiled and persisted, with its connections, edges, deletions and subscriptions."""

import json
import shutil
import signal
from pathlib import Path

import pytest_asyncio

from tests.api.support.makers import a_draft, a_quote
from tests.api.support.running import running
from tests.clients.conftest import HERE, RunNode
from tests.clients.events import all_received, log, received
from tests.clients.programs import program, served
from tests.clients.support import push
from tests.e2e.processes import eventually

GENERATED = HERE / "relay" / "generated"


@pytest_asyncio.fixture
async def manifest(run_node: RunNode) -> Path:
    """The documents, compiled anew."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    GENERATED.mkdir()
    path = GENERATED / "persisted-documents.json"
    path.write_text("{}")
    await run_node("node_modules/relay-compiler/cli.js", "relay.config.json")
    return path


async def test_relay_keeps_a_list_current_by_documents_that_were_pushed(api, run_node, manifest):
    await push(api, manifest)
    third, second, first = [(await a_quote(api)).order_id for _ in range(3)]
    printed = await run_node("relay/run.js", api.url, api.customer, json.dumps(a_draft()))
    steps = {it["step"]: it["quotes"] for it in map(json.loads, printed.splitlines())}
    [created] = steps["created"].keys() - {first, second, third}
    [appended] = steps["appended"].keys() - {first, second, third}
    assert {name: list(quotes.items()) for name, quotes in steps.items()} == {
        "first page": [(first, "PENDING"), (second, "PENDING")],
        "both pages": [(first, "PENDING"), (second, "PENDING"), (third, "PENDING")],
        "created": [(created, "PENDING"), (first, "PENDING"), (second, "PENDING"), (third, "PENDING")],
        "deleted": [(first, "PENDING"), (second, "PENDING"), (third, "PENDING")],
        "declined": [(first, "REJECTED"), (second, "PENDING"), (third, "PENDING")],
        "appended": [(first, "REJECTED"), (second, "PENDING"), (third, "PENDING"), (appended, "PENDING")],
    }


async def test_relay_loses_no_event_and_gets_none_twice_when_the_server_is_killed(new_database, tmp_path, manifest):
    url = await new_database("sqlite")
    async with running(url) as api, served(url, tmp_path / "log") as server:
        await push(api, manifest)
        async with program("relay/follow.js", server.url, api.customer) as relay:
            await eventually(lambda: relay.lines)
            before = len(await api.rows("events"))
            await a_quote(api)
            await all_received({"relay": relay}, await log(api, before))
            await server.stop(signal.SIGKILL)
            await a_quote(api)
            await server.start()
            await a_quote(api)
            expected = await log(api, before)
            await all_received({"relay": relay}, expected)
            assert received(relay) == expected
