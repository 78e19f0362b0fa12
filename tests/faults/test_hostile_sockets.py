"""Sockets that attack, in short: `python -m tests.faults.hostile_sockets` measures how long others wait."""

from tests.faults.hostile_sockets import run


async def test_while_sockets_flood_a_server_no_request_of_others_is_refused():
    row = await run("long", seconds=1, rate=10)
    assert row.wrong == []
