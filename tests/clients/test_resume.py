"""Clients go on after a lost connection as docs/guides/resume.md says: no event is lost, and none comes twice."""

import contextlib
import json
import signal
from collections.abc import Mapping
from typing import Any

from domain.shared.ids import global_id
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running
from tests.clients.conftest import HERE
from tests.clients.programs import Program, program, served
from tests.e2e.processes import eventually

CLIENTS = sorted(it.stem for it in (HERE / "resume").glob("*.mjs"))


async def test_no_client_loses_an_event_or_gets_one_twice_when_the_server_is_killed_and_when_it_ends(
    new_database, tmp_path
):
    database_url = await new_database("sqlite")
    async with (
        running(database_url) as api,
        served(database_url, tmp_path / "log") as server,
        contextlib.AsyncExitStack() as stack,
    ):
        words = (server.url, api.customer)
        clients = {it: await stack.enter_async_context(program(f"resume/{it}.mjs", *words)) for it in CLIENTS}
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
        assert {name: received(it) for name, it in clients.items()} == dict.fromkeys(CLIENTS, expected)


def received(client: Program) -> list[Any]:
    """The ids of the events after the first, which is the state at the start; what is no event is shown as it is."""
    return [it.get("id", it) for it in map(json.loads, client.lines[1:])]


async def all_received(clients: Mapping[str, Program], expected: list[str]) -> None:
    """Returns once every client has received as many events as are expected."""
    await eventually(lambda: all(len(received(it)) >= len(expected) for it in clients.values()))


async def log(api: Running, before: int) -> list[str]:
    """The ids of the events in the log after the first so many."""
    rows = sorted(await api.rows("events"), key=lambda it: int(it.number))
    return [global_id("Event", it.id) for it in rows[before:]]
