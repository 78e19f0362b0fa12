"""graphql-request: a mutation repeated under its idempotency key is done once, whatever happens to the server."""

import json
import signal

from tests.api.support.running import running
from tests.clients.programs import program, served
from tests.e2e.processes import eventually


async def test_mutations_are_done_once_when_the_server_is_killed_between_them(new_database, tmp_path):
    database_url = await new_database("sqlite")
    async with (
        running(database_url) as api,
        served(database_url, tmp_path / "log") as server,
        program("requests.mjs", server.url, api.customer) as client,
    ):
        await eventually(lambda: len(client.lines) >= 2)
        await server.stop(signal.SIGKILL)
        await server.start()
        await eventually(lambda: len(client.lines) >= 4)
        failed, *made = [json.loads(it) for it in client.lines]
        assert failed == {"code": "VALIDATION_ERROR"}
        quotes = (await api.data("{ quotes { nodes { id } } }"))["quotes"]["nodes"]
        assert sorted(it["id"] for it in quotes) == sorted(it["id"] for it in made)
