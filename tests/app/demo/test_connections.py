"""The first company of the demo has connected all emulated quote systems, once."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest_asyncio
from sqlalchemy import update

from adapters.database.connections.tables import connections
from adapters.database.core.engine import Database, open_database
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from adapters.secrets import FernetSecretBox, new_secret_key, parse_secret_keys
from app.demo import connections as demo_connections
from app.demo.connections import stock_connections
from app.external import NoExternalServices
from app.wiring import utc_now
from domain.connections.systems import System
from domain.ports.connections import Connecting
from domain.ports.dependencies import Dependencies
from domain.shared.ids import new_id
from domain.shared.jobs import DEFAULT_RETRY_POLICY
from domain.use_cases.worker.dispatch import jobs_for
from tests.databases import a_company, rows_of
from tests.fakes.read_systems import FakeSystems

NAMES = ("quipteams", "kitchen", "salesbyte", "quick_quote")
STORED = "SELECT system, base_url, status FROM connections ORDER BY system"


@dataclass
class Demo:
    database: Database
    deps: Dependencies
    stocked: list[str]

    async def start(self, port: int) -> None:
        urls = {name: f"http://127.0.0.1:{port + place}" for place, name in enumerate(NAMES)}
        await stock_connections(self.deps, self.database, "AUSTRAL", urls)

    async def connected(self) -> Mapping[str, tuple[str, str]]:
        return {system: (url, status) for system, url, status in await rows_of(self.database, STORED)}


@pytest_asyncio.fixture
async def demo(tmp_path, migrated, monkeypatch):
    database = open_database(await migrated.new("sqlite", tmp_path / "demo.db"))
    await a_company(database)
    deps = Dependencies(
        SqlUnitOfWorkFactory(database, jobs_for, utc_now).begin,
        SqlJobQueue(database, DEFAULT_RETRY_POLICY.lease),
        NoExternalServices(),
        utc_now,
        new_id,
        secret_box=FernetSecretBox(parse_secret_keys(new_secret_key())),
        connecting=Connecting(FakeSystems(), loopback=True),
    )
    stocked: list[str] = []

    async def stock(system: System, url: str) -> None:
        stocked.append(f"{system} {url}")

    monkeypatch.setattr(demo_connections, "stock_system", stock)
    yield Demo(database, deps, stocked)
    await database.close()


async def test_each_system_is_stocked_and_connected_once(demo):
    for _ in range(2):
        await demo.start(5001)
    assert await demo.connected() == {
        "QUIPTEAMS": ("http://127.0.0.1:5001", "ACTIVE"),
        "KITCHEN": ("http://127.0.0.1:5002/api/v1", "ACTIVE"),
        "SALESBYTE": ("http://127.0.0.1:5003", "ACTIVE"),
        "QUICK_QUOTE": ("http://127.0.0.1:5004/api/v1", "ACTIVE"),
    }
    assert len(demo.stocked) == 4


async def test_a_connection_follows_its_system_to_another_port_unless_it_was_changed(demo):
    await demo.start(5001)
    async with demo.database.write.begin() as connection:
        of = connections.c
        changed = update(connections).where(of.system == "KITCHEN").values(base_url="https://acme.example")
        await connection.execute(changed)
        ended = update(connections).where(of.system == "SALESBYTE").values(status="DISCONNECTED")
        await connection.execute(ended)
    await demo.start(6001)
    assert await demo.connected() == {
        "QUIPTEAMS": ("http://127.0.0.1:6001", "ACTIVE"),
        "KITCHEN": ("https://acme.example", "ACTIVE"),
        "SALESBYTE": ("http://127.0.0.1:5003", "DISCONNECTED"),
        "QUICK_QUOTE": ("http://127.0.0.1:6004/api/v1", "ACTIVE"),
    }
    assert len(demo.stocked) == 4
