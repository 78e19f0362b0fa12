"""Clients go on after a lost connection as docs/guides/resume.md says: no event is lost, and none comes twice."""

import contextlib
import signal

from tests.api.support.makers import a_quote
from tests.api.support.running import running
from tests.clients.conftest import HERE
from tests.clients.events import all_received, log, received
from tests.clients.programs import program, served
from tests.e2e.processes import eventually

CLIENTS = sorted(f"resume/{it.name}" for it in (HERE / "resume").iterdir() if it.suffix in (".mjs", ".py"))


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
        clients = {it: await stack.enter_async_context(program(it, *words)) for it in CLIENTS}
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
