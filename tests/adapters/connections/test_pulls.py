"""What the systems have is in the database after a pull, as it is there: each emulator by its adapter over HTTP."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from adapters.connections.systems import Systems
from adapters.database.core.engine import Database
from app.emulators.kitchen import KitchenEmulator
from app.emulators.quick_quote import QuickQuoteEmulator
from app.emulators.salesbyte import SalesByteEmulator
from domain.connections.connections import Connection, ConnectionSecrets, credentials_text
from domain.connections.systems import System
from domain.ports.connections import Connecting
from domain.ports.dependencies import Dependencies
from domain.shared.access import Environment
from domain.shared.ids import RowId
from domain.shared.jobs import Job, JobStatus, JobType
from domain.use_cases.connections.syncing import sync_connection
from tests.adapters.support.systems import CREDENTIALS, EmulatedSystem, emulated_system
from tests.builders import NOW, a_connection
from tests.databases import LIVE, a_company, dependencies_on, rows_of
from tests.fakes.storage import Clock
from tests.fakes.webhooks import PlainSecretBox

SECRETS = ConnectionSecrets(f"sealed {credentials_text(CREDENTIALS)}", "0" * 64, "sealed token")
SYSTEMS = {
    System.KITCHEN: (KitchenEmulator, "/api"),
    System.SALESBYTE: (SalesByteEmulator, ""),
    System.QUICK_QUOTE: (QuickQuoteEmulator, "/api/v1"),
}


@dataclass
class Pulls:
    """An emulated system, and a connection to it."""

    system: EmulatedSystem
    database: Database
    connection: Connection
    clock: Clock

    @property
    def deps(self) -> Dependencies:
        connecting = Connecting(Systems(self.system.calls), loopback=True)
        deps = dependencies_on(self.database)
        return replace(deps, connecting=connecting, secret_box=PlainSecretBox(), now=self.clock)

    async def pull(self, is_full: bool = False) -> None:
        if is_full:
            async with self.deps.unit_of_work(LIVE) as work:
                now = await work.connections.lock(RowId(self.connection.id))
                assert now is not None
                await work.connections.save(now._replace(sync_full=True))
                await work.commit()
        key, payload = f"connection:{self.connection.id}", {"connectionId": self.connection.id}
        of = ("1", self.connection.tenant_id, Environment.LIVE, JobType.SYNC_CONNECTION, key, payload)
        self.clock.move(minutes=5)
        await sync_connection(self.deps, Job(*of, JobStatus.WAITING, 1, NOW, None, None, None, None, NOW, None))

    async def count(self, sql: str) -> int:
        [(count,)] = await rows_of(self.database, f"SELECT count(*) FROM {sql}")
        return int(count)


@asynccontextmanager
async def pulling(system, database, directory):
    emulator, path = SYSTEMS[system]
    tenant = (await a_company(database)).live
    async with emulated_system(system, emulator, directory) as emulated:
        connection = a_connection(tenant_id=tenant, system=system, base_url=emulated.url + path)
        pulls = Pulls(emulated, database, connection, Clock())
        async with pulls.deps.unit_of_work(LIVE) as work:
            await work.connections.add(connection, SECRETS)
            await work.commit()
        yield pulls


@pytest.mark.parametrize("system", SYSTEMS)
async def test_every_quote_is_here_once_and_a_second_pull_changes_nothing(database, tmp_path, system):
    async with pulling(system, database, tmp_path) as pulls:
        ids = await pulls.system.add_many(25)

        await pulls.pull()
        quotes = await rows_of(database, "SELECT id, updated_at FROM quotes ORDER BY id")
        await pulls.pull(is_full=True)

        assert len(quotes) == len(ids)
        assert await rows_of(database, "SELECT id, updated_at FROM quotes ORDER BY id") == quotes
        assert await pulls.count("connection_problems") == 0


@pytest.mark.parametrize("system", SYSTEMS)
async def test_a_deleted_quote_is_stale_and_not_deleted(database, tmp_path, system):
    async with pulling(system, database, tmp_path) as pulls:
        ids = await pulls.system.add_many(3)
        await pulls.pull()
        await pulls.system.delete(ids[1])

        await pulls.pull(is_full=True)

        stale = await rows_of(database, "SELECT record_id FROM origins WHERE node_type = 'Quote' AND is_stale")
        assert stale == [(ids[1],)]
        assert await pulls.count("quotes") == 3


@pytest.mark.parametrize(
    ("system", "path"),
    [
        (System.KITCHEN, "data.*.status"),
        (System.SALESBYTE, "is_signed"),
        (System.QUICK_QUOTE, "data.*.line_items.0.quantity"),
    ],
)
async def test_drift_is_a_problem_of_each_quote_until_it_ends(database, tmp_path, system, path):
    async with pulling(system, database, tmp_path) as pulls:
        await pulls.system.add_many(3)
        await pulls.system.control("drift", [{"path": path, "value": "drifted"}])
        await pulls.pull()
        during = await pulls.count("connection_problems WHERE resolved_at IS NULL")
        await pulls.system.control("drift", [])

        await pulls.pull(is_full=True)

        assert (during, await pulls.count("connection_problems WHERE resolved_at IS NULL")) == (3, 0)
        assert await pulls.count("quotes") == 3
