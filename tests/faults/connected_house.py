"""Our processes and our API beside emulated quote systems, and what our database has of what they have."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from adapters.database.companies.api_keys import add_key
from adapters.database.companies.company import add_company
from adapters.database.connections.tables import connection_notices, origins
from adapters.database.core.engine import Database, open_database
from adapters.database.history.tables import events
from adapters.database.migrator import migrate
from adapters.database.quotes.tables import quote_items, quotes
from domain.connections.systems import System
from domain.shared.access import ApiKey, Environment, Scope, key_prefix, new_key
from domain.shared.events import EventType
from domain.shared.ids import new_id
from tests.e2e.processes import Api, eventually, free_port, running, until_ready, written
from tests.faults.connected_there import Line, Shown, There
from tests.faults.kills import Process
from tests.postgres import new_postgres_database

SCOPES = frozenset({Scope.CONNECTIONS_MANAGE, Scope.QUOTES_READ, Scope.QUOTES_WRITE, Scope.QUOTES_DECIDE})
# How long something may take once nothing is in its way, in seconds.
DONE_IN = 900.0
# Between two looks at what takes seconds: each takes the time of the processes that are looked at.
PAUSE = 0.25
SETTINGS = {
    "allow_loopback_webhooks": True,
    "job_lease_seconds": 2,
    # Longer than a decision is held up there, as it is to be in production.
    "settle_seconds": 3,
    "retry_delays": ",".join(["0.2", "0.5", *["1"] * 60]),
    # What is read is asked for.
    "sync_seconds": 86_400,
    "full_sync_hours": 0,
    "hook_rate_limit": "off",
    "log_level": "warning",
    "shutdown_seconds": 1,
}
CONNECT = """
mutation($input: ConnectSystemInput!) {
  connectSystem(input: $input) { connection { id inboundUrl } userErrors { message } }
}
"""
UPDATE = """
mutation($input: UpdateConnectionInput!) { updateConnection(input: $input) { userErrors { message } } }
"""
SYNC = "mutation($input: SyncConnectionInput!) { syncConnection(input: $input) { userErrors { message } } }"
STATE = """
query($id: ID!) { connection(id: $id) { status lastSyncedAt sync { phase isFull read total startedAt error } } }
"""


class Progress(NamedTuple):
    """How far a reading is."""

    read: int
    total: int | None


class Held(NamedTuple):
    """What our database has of a connection. `doubled` are rows that no other row should be."""

    shown: Mapping[str, Shown]
    stale: frozenset[str]
    doubled: int


@dataclass
class Connected:
    """A connection of ours to an emulated system. `secret` is that by which its webhooks are signed."""

    id: str
    inbound_url: str | None
    there: There
    api: Api
    database: Database
    secret: str = ""

    @property
    def row_id(self) -> str:
        return self.id.partition("_")[2]

    async def state(self) -> Any:
        return (await self.api.run(STATE, id=self.id))["connection"]

    async def read_to_the_end(self, since: str | None = None) -> Sequence[Progress]:
        """Waits until a reading has ended that ended after this time. Returns each progress that was shown."""
        seen: list[Progress] = []

        async def ended() -> bool:
            state = await self.state()
            progress = Progress(state["sync"]["read"], state["sync"]["total"])
            if not seen or seen[-1] != progress:
                seen.append(progress)
            last = state["lastSyncedAt"]
            return state["sync"]["phase"] == "IDLE" and last is not None and (since is None or last > since)

        await eventually(ended, DONE_IN, PAUSE)
        return seen

    async def sync(self, full: bool = False) -> Sequence[Progress]:
        """Reads what has changed there, or everything, to the end."""
        since = (await self.state())["lastSyncedAt"]
        await self.ask_to_sync(full)
        return await self.read_to_the_end(since)

    async def ask_to_sync(self, full: bool = False) -> None:
        await act(self.api, SYNC, connectionId=self.id, full=full)

    async def held(self) -> Held:
        """What we have of it."""
        mine = origins.c.connection_id == self.row_id
        heads = select(origins.c.record_id, origins.c.status_word, origins.c.is_stale, origins.c.node_id)
        parts = select(
            *(origins.c.record_id, origins.c.external_id, quote_items.c.status),
            *(quote_items.c.price_minor, quote_items.c.price_currency),
        ).join_from(origins, quote_items, origins.c.node_id == quote_items.c.id)
        made = select(events.c.node_id).where(events.c.type == str(EventType.QUOTE_CREATED))
        ours = select(quotes.c.id).where(quotes.c.connection_id == self.row_id)
        lines = select(func.count()).where(quote_items.c.quote_id.in_(ours))
        async with self.database.read.connect() as connection:
            found = (await connection.execute(heads.where(mine, origins.c.node_type == "Quote"))).all()
            items = (await connection.execute(parts.where(mine, origins.c.node_type == "QuoteItem"))).all()
            created = list((await connection.execute(made.where(events.c.node_id.in_(ours)))).scalars())
            stored = len((await connection.execute(ours)).all())
            line_count = (await connection.execute(lines)).scalar_one()
        of_quote: dict[str, list[Line]] = {it.record_id: [] for it in found}
        for it in items:
            of_quote[it.record_id].append(Line(it.external_id, str(it.status), _price(it)))
        shown = {
            it.record_id: Shown(it.status_word or "", tuple(sorted(of_quote[it.record_id], key=lambda one: one[0])))
            for it in found
        }
        doubled = (len(found) - len(shown), stored - len(found), line_count - len(items), len(created) - len(found))
        return Held(shown, frozenset(it.record_id for it in found if it.is_stale), sum(map(abs, doubled)))

    async def notices_waiting(self) -> int:
        """How many of the notices that it sent are not worked off yet."""
        mine = (connection_notices.c.connection_id == self.row_id) & connection_notices.c.worked_at.is_(None)
        async with self.database.read.connect() as connection:
            number: int = (await connection.execute(select(func.count()).where(mine))).scalar_one()
            return number


def _price(row: Any) -> Decimal | None:
    # The emulators' prices are in currencies with two digits.
    return None if row.price_minor is None else Decimal(row.price_minor) / 100


@dataclass
class House:
    """What runs. The `worker` is the server itself where that runs the jobs."""

    api: Api
    server: Process
    worker: Process
    database: Database
    emulators: Mapping[str, str]
    data: Path
    http: aiohttp.ClientSession

    def there(self, system: System, company: str = "") -> There:
        """An emulated system; in quipteams, the company of this name, which is made of letters and digits."""
        name = str(system).lower()
        return There(system, self.emulators[name], self.data / f"{name}.sqlite3", self.http, company or name)

    async def connect(self, there: There) -> Connected:
        """Connects a system, which is read from then on."""
        given = {"system": there.system, "baseUrl": there.base_url, "credentials": there.credentials()}
        made = (await act(self.api, CONNECT, name=there.company, **given))["connection"]
        return Connected(made["id"], made["inboundUrl"], there, self.api, self.database)

    async def connect_with_webhooks(self, there: There) -> Connected:
        """Connects quipteams, which then sends what happens to quotes."""
        found = await self.connect(there)
        status, made = await there.call("POST", "webhooks", {"url": found.inbound_url, "events": ["quote.*"]})
        assert status == 201, made
        secret: str = made["data"]["secret"]
        await act(self.api, UPDATE, connectionId=found.id, credentials=there.credentials(secret))
        return replace(found, secret=secret)

    async def begin_anew(self) -> None:
        """Ends the process that runs the jobs, and waits until the next one does."""
        self.worker.kill()
        await self.worker.up.wait()
        await until_ready(self.http, self.api.url.removesuffix("/graphql"))


async def act(api: Api, mutation: str, **given: Any) -> Any:
    """The payload of a mutation without user errors."""
    (payload,) = (await api.run(mutation, input=given)).values()
    assert payload["userErrors"] == [], payload
    return payload


@asynccontextmanager
async def house(database: str, inline: bool, directory: Path) -> AsyncIterator[House]:
    """The emulators, a server, and a worker of its own unless jobs run `inline`; they start again whenever they end."""
    url = new_postgres_database() if database == "postgresql" else f"sqlite+aiosqlite:///{directory}/quotegraph.db"
    opened, data, port = open_database(url), directory / "emulators", free_port()
    key = await _prepared(opened)
    common = {**SETTINGS, "database_url": url, "port": port, "secret_key": Fernet.generate_key().decode()}
    where = {**common, "worker": "inline" if inline else "off"}
    server = Process(directory / "server.log", ("serve",), "quotegraph serves", where)
    worker = server if inline else Process(directory / "worker.log", ("worker",), "quotegraph runs jobs", common)
    processes = [server] if inline else [server, worker]
    tasks = [asyncio.create_task(it.run()) for it in processes]
    try:
        async with running(directory / "log", "emulators", "--data", str(data)), aiohttp.ClientSession() as http:
            emulators = await written(data / "emulators.json")
            await asyncio.gather(*(it.up.wait() for it in processes))
            api = Api(http, f"http://127.0.0.1:{port}/graphql", key)
            yield House(api, server, worker, opened, emulators, data, http)
    finally:
        for process in processes:
            process.stop()
        await asyncio.wait(tasks)
        await opened.close()


async def _prepared(database: Database) -> str:
    """Migrates, and makes a company. Returns a key of it."""
    await migrate(database)
    company_id, now, secret = new_id(), datetime.now(UTC), new_key(Environment.LIVE)
    async with database.write.begin() as connection:
        await add_company(connection, company_id, "PULLS", "Pulls", now)
        key = ApiKey(new_id(), "Pulls", key_prefix(secret), Environment.LIVE, company_id, None, SCOPES, now, None)
        await add_key(connection, key, secret)
    return secret
