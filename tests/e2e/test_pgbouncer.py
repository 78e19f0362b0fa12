"""Servers behind PgBouncer in transaction mode, with two connections to PostgreSQL for both."""

import asyncio
from pathlib import Path

import aiohttp

from tests.e2e.processes import eventually
from tests.e2e.test_crashes import ACCEPT, ITEMS, an_open_laptop, parts, placed, served
from tests.patience import PATIENCE
from tests.pgbouncers import pgbouncer
from tests.postgres import new_postgres_database

CHANGED = "subscription($id: ID!) { quoteChanged(id: $id) { type } }"
QUOTE_OF = "query($id: ID!) { node(id: $id) { ... on QuoteItem { quote { id } } } }"
NAME = (
    "mutation($id: ID!, $to: String!) { updateQuote(input: {quoteId: $id, poNumber: $to}) { userErrors { message } } }"
)
AT_A_TIME, ROUNDS = 12, 5


async def test_servers_query_order_and_tell_subscribers_behind_pgbouncer(tmp_path: Path):
    async with (
        aiohttp.ClientSession() as session,
        pgbouncer(new_postgres_database()) as url,
        # Its commands migrate and seed through PgBouncer too.
        parts(tmp_path, url, session) as (installation, key),
        served(installation, session, key) as (_, api),
        served(installation, session, key, worker="off") as (_, other),
    ):
        for _ in range(ROUNDS):
            answers = await asyncio.gather(*((api, other)[it % 2].run(ITEMS) for it in range(AT_A_TIME)))
            assert all(it == answers[0] for it in answers)
        # More transactions than there are connections.
        names = {it["id"]: f"PO-{number}" for number, it in enumerate(answers[0]["quotes"]["nodes"])}
        made = await asyncio.gather(*(api.run(NAME, id=it, to=name) for it, name in names.items()))
        assert len(made) > 2
        assert all(it == {"updateQuote": {"userErrors": []}} for it in made)
        item_id = await an_open_laptop(api)
        quote_id = (await api.run(QUOTE_OF, id=item_id))["node"]["quote"]["id"]
        async with session.ws_connect(other.url, protocols=["graphql-transport-ws"]) as socket:
            await socket.send_json({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}})
            assert (await socket.receive_json(timeout=PATIENCE))["type"] == "connection_ack"
            payload = {"query": CHANGED, "variables": {"id": quote_id}}
            await socket.send_json({"type": "subscribe", "id": "it", "payload": payload})
            # The subscription has begun when a message sent after it is answered.
            await socket.send_json({"type": "ping"})
            assert (await socket.receive_json(timeout=PATIENCE))["type"] == "pong"
            accepted, *_ = await asyncio.gather(
                api.run(ACCEPT, id=item_id), *(other.run(ITEMS) for _ in range(AT_A_TIME))
            )
            assert accepted["acceptItem"] == {"quote": {"id": quote_id}, "userErrors": []}
            told = await socket.receive_json(timeout=PATIENCE)
            assert told["type"] == "next", told
            assert "errors" not in told["payload"]
        assert await eventually(lambda: placed(api, quote_id))
        async with session.get(other.url.replace("/graphql", "/metrics")) as response:
            assert 'quotegraph_signals_connected{carrier="polling"} 0.0' in await response.text()
    log = installation.log.read_text()
    assert "prepared statement" not in log
    assert "Traceback" not in log
