"""The demo as a new user meets it: paste what it prints, and everything follows."""

import asyncio
import json
import re
import signal
import sqlite3
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.processes import Api, command, eventually, running, written
from tests.patience import PATIENCE

EVENTS = """
subscription($id: ID!) {
  quoteChanged(id: $id, includeCurrent: true) { type cursor changes { node { id __typename } from to } }
}
"""


SYSTEMS = ["KITCHEN", "QUICK_QUOTE", "QUIPTEAMS", "SALESBYTE"]
QUOTES = "{ quotes(first: 50) { nodes { id status origin { system externalId } } } }"
ALL_SYSTEMS = (Path(__file__).parents[2] / "examples/playground/AllSystems.graphql").read_text("utf-8")
ACCEPT = """
mutation($id: ID!) { acceptQuote(input: {quoteId: $id, wait: true}) {
  quote { status lastChange { status } } userErrors { message }
} }
"""


async def changed_from_either_side(session: aiohttp.ClientSession, api: Api, shop: str) -> None:
    """The list has our quotes and those of all connected systems; two of one system are changed, one here and one
    there."""

    async def all_kinds() -> Any:
        quotes = (await api.run(QUOTES))["quotes"]["nodes"]
        kinds = {(it["origin"] or {}).get("system") for it in quotes}
        return quotes if kinds == {None, *SYSTEMS} else None

    found = await eventually(all_kinds)
    # The tab of the playground shows the same list.
    shown = (await api.run(ALL_SYSTEMS))["quotes"]["nodes"]
    assert {it["origin"] and it["origin"]["source"]["system"] for it in shown} == {None, *SYSTEMS}
    here, there, *_ = [it for it in found if (it["origin"] or {}).get("system") == "QUICK_QUOTE"]
    answer = (await api.run(ACCEPT, id=here["id"]))["acceptQuote"]
    assert answer == {"quote": {"status": "APPROVED", "lastChange": {"status": "CONFIRMED"}}, "userErrors": []}
    sent = [it for it in await api.received(shop) if it["method"] == "PUT"]
    assert [it["body"] for it in sent] == [{"status": "accepted"}]
    assert sent[0]["path"].endswith(f"/{here['origin']['externalId']}")
    control = f"{shop}/control/quotes/{there['origin']['externalId']}"
    async with session.post(control, json={"status": "Declined"}) as changed:
        assert changed.status == 200
    query = "query($id: ID!) { quote(by: {id: $id}) { status } }"

    async def declined() -> bool:
        return bool((await api.run(query, id=there["id"]))["quote"]["status"] == "REJECTED")

    await eventually(declined)


def pasted(log: Path) -> str:
    """The mutation that the demo printed."""
    found = re.search(r"^  (mutation .*)$", log.read_text(), re.MULTILINE)
    assert found is not None, log.read_text()
    return found.group(1)


async def next_event(socket: aiohttp.ClientWebSocketResponse) -> Any:
    return (await socket.receive_json(timeout=PATIENCE))["payload"]["data"]["quoteChanged"]


async def test_the_pasted_mutation_reaches_vendor_mailbox_and_subscriber(tmp_path: Path):
    log, data = tmp_path / "log", tmp_path / "data"
    async with aiohttp.ClientSession() as session, running(log, "demo", "--port", "0", "--data", str(data)):
        demo = await written(data / "demo.json")
        api = Api(session, demo["url"], demo["keys"]["live"])
        async with session.get(demo["url"], headers={"Accept": "text/html"}) as page:
            offered = await page.text()
            assert [it for it in demo["keys"].values() if it not in offered] == []
        mutation = pasted(log)
        item_id = re.findall(r'"(QuoteItem_[^"]+)"', mutation)[0]
        found = await api.run("query($id: ID!) { node(id: $id) { ... on QuoteItem { quote { id } } } }", id=item_id)
        async with session.ws_connect(demo["url"], protocols=["graphql-transport-ws"]) as socket:
            await socket.send_json({"type": "connection_init", "payload": {"Authorization": f"Bearer {api.key}"}})
            assert (await socket.receive_json(timeout=PATIENCE))["type"] == "connection_ack"
            payload = {"query": EVENTS, "variables": {"id": found["node"]["quote"]["id"]}}
            await socket.send_json({"id": "1", "type": "subscribe", "payload": payload})
            # From then on it is followed.
            assert (await next_event(socket))["type"] == "CURRENT_STATE"

            answer = (await api.run(mutation))["acceptItem"]

            emulators = demo["emulators"]
            order = (await eventually(lambda: api.orders(emulators["tecspal"])))[0]
            mail = (await eventually(lambda: api.received(emulators["mail"])))[0]
            event = await next_event(socket)
    assert answer["userErrors"] == []
    assert event["type"] == "QUOTE_ITEM_ACCEPTED"
    assert event["changes"] == answer["changes"]
    assert order["body"]["data"]["companyCode"] == "AUSTRAL"
    assert order["status"] == 201
    assert answer["quote"]["orderId"] in mail["subject"]
    assert mail["text"]
    assert mail["html"]


async def test_what_the_first_company_does_reaches_the_receiver_of_webhooks_signed(tmp_path: Path):
    log, data = tmp_path / "log", tmp_path / "data"
    async with aiohttp.ClientSession() as session, running(log, "demo", "--port", "0", "--data", str(data)):
        demo = await written(data / "demo.json")
        receiver = demo["emulators"]["webhooks"]
        assert f"  webhooks {receiver}/received\n" in log.read_text()
        api = Api(session, demo["url"], demo["keys"]["live"])
        answer = (await api.run(pasted(log)))["acceptItem"]

        async def accepted() -> Any:
            return [it for it in await api.received(receiver) if it["body"]["type"] == "quote.item_accepted"]

        [event] = await eventually(accepted)
        received = await api.received(receiver)
        query = "{ webhookEndpoints { nodes { url isActive deliveries { nodes { status eventType } } } } }"
        [endpoint] = (await api.run(query))["webhookEndpoints"]["nodes"]
    assert event["body"]["data"]["order_id"] == answer["quote"]["orderId"]
    assert all(it["isVerified"] and not it["isRepeated"] for it in received)
    assert (endpoint["url"], endpoint["isActive"]) == (f"{receiver}/austral", True)
    assert "quote.item_accepted" in {it["eventType"] for it in endpoint["deliveries"]["nodes"]}


async def test_the_demo_has_a_leaver_whose_device_the_vendor_fetches_a_transfer_and_a_wipe_that_waits(tmp_path: Path):
    query = """{
        employees(filter: {status: [INACTIVE], hasAssets: true}) { nodes { assets { nodes { currentAction { id } } } } }
        deviceActions(filter: {status: [IN_PROGRESS, IN_TRANSIT]}) { nodes {
            id type status isWipeRequired isWipeCompleted movement { status movementNumber }
        } }
    }"""
    log, data = tmp_path / "log", tmp_path / "data"
    async with aiohttp.ClientSession() as session, running(log, "demo", "--port", "0", "--data", str(data)):
        demo = await written(data / "demo.json")
        api = Api(session, demo["url"], demo["keys"]["live"])

        async def fetched() -> Any:
            found = await api.run(query)
            moving = [it for it in found["deviceActions"]["nodes"] if (it["movement"] or {}).get("movementNumber")]
            return (found, moving[0]) if moving else None

        found, fetch = await eventually(fetched)
        sync = re.search(r"^  (.*employees sync .*)$", log.read_text(), re.MULTILINE)
        assert sync is not None
        reading = await asyncio.create_subprocess_shell(sync[1], stdout=asyncio.subprocess.PIPE)
        changed, _ = await reading.communicate()
        joined = await api.run('{ employees(filter: {search: "uma patel"}) { nodes { status } } }')
    assert (reading.returncode, changed.decode().split(", 0 ")[0]) == (0, "1 joined, 1 moved, 1 left")
    assert joined["employees"]["nodes"] == [{"status": "ACTIVE"}]
    [leaver] = found["employees"]["nodes"]
    actions = {it["type"]: it for it in found["deviceActions"]["nodes"]}
    assert fetch["id"] in {(it["currentAction"] or {}).get("id") for it in leaver["assets"]["nodes"]}
    assert (fetch["type"], fetch["movement"]["status"]) == ("RETRIEVAL", "PROCESSING")
    assert actions["REASSIGN"]["status"] == "IN_TRANSIT"
    assert (actions["STORE"]["isWipeRequired"], actions["STORE"]["isWipeCompleted"]) == (True, False)


async def test_a_second_start_goes_on_with_its_data_and_connections_and_ctrl_c_stops_it_cleanly(tmp_path: Path):
    log, data = tmp_path / "log", tmp_path / "data"
    async with aiohttp.ClientSession() as session:
        async with running(log, "demo", "--port", "0", "--data", str(data)) as process:
            demo = await written(data / "demo.json")
            api = Api(session, demo["url"], demo["keys"]["live"])
            before = (await api.run(pasted(log)))["acceptItem"]["quote"]["orderId"]
            await eventually(lambda: api.orders(demo["emulators"]["tecspal"]))
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 0
        assert not (data / "demo.json").exists()
        log.unlink()
        async with running(log, "demo", "--port", "0", "--data", str(data)):
            demo = await written(data / "demo.json")
            api = Api(session, demo["url"], demo["keys"]["live"])
            query = "query($it: String!) { quote(by: {orderId: $it}) { vendorOrders { status } } }"
            after = (await api.run(query, it=before))["quote"]["vendorOrders"]
            orders = await api.orders(demo["emulators"]["tecspal"])
            assert (await api.run(pasted(log)))["acceptItem"]["userErrors"] == []
            await changed_from_either_side(session, api, demo["emulators"]["quick_quote"])
            connected = (await api.run("{ connections { system } }"))["connections"]
    assert sorted(it["system"] for it in connected) == SYSTEMS
    assert after == [{"status": "PENDING"}]
    assert len(orders) == 1


async def test_a_second_demo_on_the_same_directory_is_refused_and_leaves_the_first_alone(tmp_path: Path):
    log, data = tmp_path / "log", tmp_path / "data"
    async with running(log, "demo", "--port", "0", "--data", str(data)):
        announced = await written(data / "demo.json")
        demo = await command("demo", "--port", "0", "--data", str(data))
        emulators = await command("emulators", "--data", str(data / "emulators"))
        assert json.loads((data / "demo.json").read_text()) == announced
    for code, _, output in (demo, emulators):
        assert (code, "--data: another process uses" in output) == (2, True)


async def test_the_demo_refuses_a_database_that_is_not_its_own(tmp_path: Path):
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    url = f"sqlite+aiosqlite:///{file}"
    code, _, output = await command("demo", "--port", "0", "--data", str(tmp_path / "data"), database_url=url)
    assert code == 2
    assert "QUOTEGRAPH_DATABASE_URL" in output
    with sqlite3.connect(file) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("customers",)]
