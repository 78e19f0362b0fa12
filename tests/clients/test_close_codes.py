"""What the client of graphql-ws makes of close codes: some are fatal, and after others it connects again."""

import json

from app.server.sockets.messages import CloseCode
from tests.api.support.makers import a_quote
from tests.clients.events import log
from tests.clients.programs import program
from tests.e2e.processes import eventually


async def test_a_client_gives_up_without_a_valid_key_and_resumes_after_it_was_cut_off(api):
    before = len(await api.rows("events"))
    async with program("sockets.mjs", api.url, api.customer) as client:

        def printed(name: str) -> list[object]:
            return [it[name] for it in map(json.loads, client.lines) if name in it]

        await eventually(lambda: printed("pong") and printed("cursor"))
        [refused] = [it for it in map(json.loads, client.lines) if "connected" in it]
        assert (refused["code"], refused["connected"]) == (4401, 1)
        await a_quote(api)
        sent = await log(api, before)
        await eventually(lambda: printed("cursor")[1:] == sent)
        [socket] = api.parts.api.sockets.all()
        socket.cut_off(sent[-1])
        await eventually(lambda: printed("closed") == [CloseCode.TRY_AGAIN_LATER])
        await a_quote(api)
        expected = await log(api, before)
        await eventually(lambda: printed("cursor")[1:] == expected)
        assert (len(expected) > len(sent), printed("failed")) == (True, [])
        assert printed("reason")[-1] == f"Too many events are unread. Resume after {sent[-1]}"
