"""Parts that run apart, are killed, and go on: no decision is lost and no order is placed twice."""

import asyncio
import json
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.processes import Api, command, eventually, free_port, running, until_ready, written
from tests.postgres import new_postgres_database

SCOPES = ("quotes:read", "quotes:write", "quotes:decide", "quotes:manage", "jobs:manage")
ITEMS = """
{ quotes(first: 100, filter: {status: [PENDING]}) { nodes {
  id company { code } items { id status decision productType }
} } }
"""
ACCEPT = "mutation($id: ID!) { acceptItem(input: {itemId: $id}) { quote { id } userErrors { message } } }"
ORDERS = "query($id: ID!) { quote(by: {id: $id}) { status vendorOrders { status orderNumber problem } } }"


class Parts:
    """A database, emulators, and the settings that bind servers and workers to them."""

    def __init__(self, settings: dict[str, Any], emulators: dict[str, str], log: Path) -> None:
        self.settings = settings
        self.emulators = emulators
        self.log = log

    def run(self, *words: str, **settings: object) -> Any:
        return running(self.log, *words, **{**self.settings, **settings})


@asynccontextmanager
async def parts(tmp_path: Path, url: str, session: aiohttp.ClientSession) -> AsyncIterator[tuple[Parts, str]]:
    """Emulators and a seeded database with a platform key."""
    data, log = tmp_path / "emulators", tmp_path / "log"
    async with running(log, "emulators", "--data", str(data)):
        emulators = await written(data / "emulators.json")
        settings = {
            "database_url": url,
            "tecspal_url": emulators["tecspal"],
            "tecspal_token": "a-token",
            "tecspal_tenant_id": "a-tenant",
            "asana_url": emulators["asana"],
            "asana_token": "a-token",
            "smtp_url": emulators["smtp"],
            "vendor_timeout": 2,
            "job_lease_seconds": 5,
            "settle_seconds": 4,
            "retry_delays": "0.2,0.2,0.5,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
        }
        yield Parts(settings, emulators, log), await seeded(url, tmp_path.parent / "seeded.db")


async def seeded(url: str, first: Path) -> str:
    """Migrate a database, seed it, and make a platform key. SQLite files but the first are copies of `first`."""
    is_file, key = url.startswith("sqlite"), first.with_suffix(".key")
    if is_file and key.exists():
        shutil.copy(first, url.partition(":///")[2])
        return key.read_text()
    for words in (("migrate",), ("seed",)):
        code, _, output = await command(*words, database_url=url)
        assert code == 0, output
    scopes = [word for scope in SCOPES for word in ("--scope", scope)]
    _, made, _ = await command("keys", "create", "--platform", *scopes, "--json", database_url=url)
    if is_file:
        with closing(sqlite3.connect(url.partition(":///")[2])) as connection:
            connection.execute("VACUUM INTO ?", (str(first),))
        key.write_text(json.loads(made)["key"])
    return str(json.loads(made)["key"])


@asynccontextmanager
async def served(
    installation: Parts, session: aiohttp.ClientSession, key: str, **settings: object
) -> AsyncIterator[Any]:
    """A server on a free port, with a client."""
    port = free_port()
    async with installation.run("serve", "--port", str(port), **settings) as process:
        address = f"http://127.0.0.1:{port}"
        await until_ready(session, address)
        yield process, Api(session, f"{address}/graphql", key)


async def an_open_laptop(api: Api) -> str:
    quotes = (await api.run(ITEMS))["quotes"]["nodes"]
    return next(
        str(item["id"])
        for quote in quotes
        for item in quote["items"]
        if (item["status"], item["decision"], item["productType"]) == ("SOURCED", "UNDECIDED", "LAPTOP")
    )


async def placed(api: Api, quote_id: str) -> list[dict[str, Any]] | None:
    """The quote's orders, once none of them is queued."""
    orders: list[dict[str, Any]] = (await api.run(ORDERS, id=quote_id))["quote"]["vendorOrders"]
    return None if any(order["status"] == "QUEUED" for order in orders) else orders


async def fault(session: aiohttp.ClientSession, url: str, **what: object) -> None:
    async with session.post(
        f"{url}/faults", json=[{"times": 1, "verb": "POST", "path": "/orders/quote", **what}]
    ) as it:
        assert it.status < 300, await it.text()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return new_postgres_database()
    return f"sqlite+aiosqlite:///{tmp_path}/quotegraph.db"


async def test_a_server_and_a_worker_apart_place_one_order_for_an_acceptance(tmp_path: Path, database_url: str):
    async with (
        aiohttp.ClientSession() as session,
        parts(tmp_path, database_url, session) as (installation, key),
        served(installation, session, key, worker="off") as (_, api),
        installation.run("worker"),
    ):
        quote_id = (await api.run(ACCEPT, id=await an_open_laptop(api)))["acceptItem"]["quote"]["id"]
        orders = await eventually(lambda: placed(api, quote_id))
        received = await api.orders(installation.emulators["tecspal"])
    assert {order["status"] for order in orders} == {"PENDING"}
    assert len(received) == len(orders)


@pytest.mark.parametrize("mode", ["slow_after", "slow_before"])
async def test_a_worker_killed_while_the_vendor_is_slow_leaves_one_order(tmp_path: Path, mode: str):
    url = f"sqlite+aiosqlite:///{tmp_path}/quotegraph.db"
    async with (
        aiohttp.ClientSession() as session,
        parts(tmp_path, url, session) as (installation, key),
        served(installation, session, key, worker="off") as (_, api),
    ):
        tecspal = installation.emulators["tecspal"]
        await fault(session, tecspal, mode=mode, seconds=3)
        quote_id = (await api.run(ACCEPT, id=await an_open_laptop(api)))["acceptItem"]["quote"]["id"]
        async with installation.run("worker") as worker:
            await eventually(lambda: api.orders(tecspal))
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
        async with installation.run("worker"):
            orders = await eventually(lambda: placed(api, quote_id), 60)
            received = await api.orders(tecspal)
    assert {order["status"] for order in orders} == {"PENDING"}
    assert len(received) == len(orders)


async def test_a_server_killed_right_after_the_answer_loses_nothing(tmp_path: Path):
    url = f"sqlite+aiosqlite:///{tmp_path}/quotegraph.db"
    async with aiohttp.ClientSession() as session, parts(tmp_path, url, session) as (installation, key):
        async with served(installation, session, key, worker="off") as (server, api):
            quote_id = (await api.run(ACCEPT, id=await an_open_laptop(api)))["acceptItem"]["quote"]["id"]
            server.send_signal(signal.SIGKILL)
            await server.wait()
        async with served(installation, session, key) as (_, api):
            orders = await eventually(lambda: placed(api, quote_id))
            mails = await eventually(lambda: api.received(installation.emulators["mail"]))
    assert {order["status"] for order in orders} == {"PENDING"}
    assert mails


async def test_a_vendor_that_refuses_leaves_the_acceptance_and_a_dead_job_an_operator_can_retry(tmp_path: Path):
    url = f"sqlite+aiosqlite:///{tmp_path}/quotegraph.db"
    dead = "{ deadJobs { nodes { id type lastError } } }"
    retry = "mutation($id: ID!) { retryJob(input: {jobId: $id}) { job { status } userErrors { message } } }"
    async with (
        aiohttp.ClientSession() as session,
        parts(tmp_path, url, session) as (installation, key),
        served(installation, session, key) as (_, api),
    ):
        await fault(session, installation.emulators["tecspal"], mode="status", status=400)
        quote_id = (await api.run(ACCEPT, id=await an_open_laptop(api)))["acceptItem"]["quote"]["id"]
        refused = await eventually(lambda: placed(api, quote_id))

        async def given_up() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await api.run(dead))["deadJobs"]["nodes"]
            return found

        jobs = await eventually(given_up)
        await api.run(retry, id=jobs[0]["id"])

        async def pending() -> bool:
            orders = await placed(api, quote_id) or []
            return bool(orders) and all(order["status"] == "PENDING" for order in orders)

        await eventually(pending)
        assert await given_up() == []
    assert "FAILED" in {order["status"] for order in refused}
    assert jobs[0]["type"] == "PLACE_VENDOR_ORDER"
    assert "400" in jobs[0]["lastError"]


async def test_a_request_under_way_ends_when_the_server_is_told_to_stop(tmp_path: Path):
    url = f"sqlite+aiosqlite:///{tmp_path}/quotegraph.db"
    async with (
        aiohttp.ClientSession() as session,
        parts(tmp_path, url, session) as (installation, key),
        served(installation, session, key, worker="off") as (server, api),
    ):
        item_id = await an_open_laptop(api)
        asked = [asyncio.create_task(api.run(ACCEPT, id=item_id)) for _ in range(5)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        server.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*asked)
        assert await server.wait() == 0
    assert all(answer["acceptItem"]["userErrors"] == [] for answer in answers)
