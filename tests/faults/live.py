"""Subscriptions while servers, connections and PostgreSQL fail: `python -m tests.faults.live [--subscribers N] …`.

Server processes share one PostgreSQL. Subscribers (WebSockets, and event streams for one in five) follow companies and
single quotes with several documents, each on a server of its choice, while writers change quotes, repeating each call
under its idempotency key until it is answered. Meanwhile servers get SIGKILL and start again, the connections that
LISTEN are terminated, PostgreSQL is restarted, as a planned stop and as a crash, and clients lose connections; they
connect again with the cursor of the last event they received. At the end what each subscriber received is compared
with the log: no event lost, none twice, in order. The exit code tells whether that holds.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from sqlalchemy import make_url

from adapters.database.companies.api_keys import add_key
from adapters.database.companies.company import add_company
from adapters.database.core.engine import Database, open_database
from adapters.database.migrator import migrate
from domain.shared.access import ApiKey, Environment, Scope, key_prefix, new_key
from domain.shared.ids import global_id, new_id
from tests.e2e.processes import eventually, free_port
from tests.faults.books import Report
from tests.faults.kills import Process
from tests.faults.subscribers import Notes, Subscriber, stopped
from tests.faults.writers import Writer
from tests.postgres import execute_on_postgres, new_postgres_database, restart_postgres

# How long the last events may take to reach everybody once nothing fails any more.
ARRIVED_IN = 120.0
ONE_STREAM_IN = 5
SCOPES = frozenset({Scope.QUOTES_READ, Scope.QUOTES_WRITE, Scope.QUOTES_DECIDE})
# What subscribers select. The second reads more of the database for each event.
SELECTIONS = (
    "id type cursor occurredAt",
    "id type cursor occurredAt node { id ... on Quote { poNumber items { id recipients { name } } } }",
    "id type cursor occurredAt nodeId actor { name }",
)
EVENTS = "subscription($after: String) {{ events(after: $after, includeCurrent: true) {{ {} }} }}"
QUOTE = (
    "subscription($id: ID!, $after: String) {{ quoteChanged(id: $id, after: $after, includeCurrent: true) {{ {} }} }}"
)


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    servers: int = 4
    companies: int = 10
    subscribers: int = 500
    writers: int = 50
    # How often each fault happens while `seconds` pass, evenly spread in a random order.
    seconds: float = 90.0
    kills: int = 8
    lost_listeners: int = 4
    restarts: int = 2
    crashes: int = 1
    dropped_connections: int = 100
    # Between two calls of a writer.
    pause: float = 4.0

    @property
    def faults(self) -> list[str]:
        return [
            *["kill"] * self.kills,
            *["lose_listeners"] * self.lost_listeners,
            *["restart"] * self.restarts,
            *["crash"] * self.crashes,
            *["drop_connections"] * 5,
        ]


@dataclass
class Company:
    """A company, what happens to it and who follows it."""

    code: str
    key: str
    writers: list[Writer] = field(default_factory=list)
    subscribers: list[Subscriber] = field(default_factory=list)


@dataclass
class Live:
    """One run."""

    url: str
    size: Size
    servers: list[Process]
    companies: list[Company]
    notes: Notes
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)

    @property
    def writers(self) -> list[Writer]:
        return [it for company in self.companies for it in company.writers]

    @property
    def subscribers(self) -> list[Subscriber]:
        return [it for company in self.companies for it in company.subscribers]

    async def fail(self) -> None:
        """Does every fault, at random moments of equal slices of time."""
        faults = self.size.faults
        self.chance.shuffle(faults)
        each = self.size.seconds / len(faults)
        for fault in faults:
            moment = self.chance.uniform(0, each)
            await asyncio.sleep(moment)
            await getattr(self, f"_{fault}")()
            self.done[fault] += 1
            await asyncio.sleep(each - moment)

    async def _kill(self) -> None:
        server = self.chance.choice(self.servers)
        await server.up.wait()
        server.kill()

    async def _lose_listeners(self) -> None:
        terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'"
        async with connected(self.url) as connection:
            self.done["connections that listened"] += len(await connection.fetch(terminate))

    async def _restart(self) -> None:
        restart_postgres("INT", pause=self.chance.uniform(0, 2))
        await answers(self.url)

    async def _crash(self) -> None:
        restart_postgres("QUIT")
        await answers(self.url)

    async def _drop_connections(self) -> None:
        for it in self.chance.sample(self.subscribers, min(len(self.subscribers), self.size.dropped_connections // 5)):
            it.drop()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    place = make_url(url)
    connection = await asyncpg.connect(host=place.query["host"], user="postgres", database=place.database)
    try:
        yield connection
    finally:
        await connection.close()


async def answers(url: str) -> None:
    """Returns once PostgreSQL answers."""

    async def reached() -> bool:
        try:
            async with connected(url) as connection:
                return bool(await connection.fetchval("SELECT true"))
        except (OSError, asyncpg.PostgresError):
            return False

    await eventually(reached)


async def run(size: Size, seed: int, **settings: Any) -> Report:
    """Run on a new database, and compare what was received with the log."""
    url, chance = new_postgres_database(), random.Random(seed)
    # What was answered survives a crash of the server, as it does in production.
    execute_on_postgres(f'ALTER DATABASE "{make_url(url).database}" SET synchronous_commit = on')
    with tempfile.TemporaryDirectory() as directory:
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
            async with _servers(Path(directory), url, size, settings) as (servers, addresses):
                companies = await _prepared(url, size, http, addresses, chance)
                live = Live(url, size, servers, companies, companies[0].subscribers[0].notes, chance)
                started, used = time.monotonic(), time.process_time()
                await _happen(live)
                report = Report()
                report.figure("seconds", round(time.monotonic() - started))
                report.figure("  processor time of all clients", round(time.process_time() - used))
                await compare(live, report)
            _print_errors(report, servers)
            return report


async def _happen(live: Live) -> None:
    """Everybody begins; then things happen and fail; then what happened last arrives."""
    await asyncio.gather(*(it.begin() for it in live.writers))
    for company in live.companies:
        for it in company.subscribers:
            if "quoteChanged" in it.query:
                it.variables["id"] = live.chance.choice(company.writers).quote
    following = [asyncio.create_task(it.run()) for it in live.subscribers]
    async with asyncio.timeout(ARRIVED_IN):
        await asyncio.gather(*(it.begun.wait() for it in live.subscribers))
    until = asyncio.Event()
    writing = [asyncio.create_task(it.run(live.size.pause, until)) for it in live.writers]
    await live.fail()
    until.set()
    await asyncio.gather(*writing)
    wanted = await _owed(live)

    def arrived() -> bool:
        return all(len(it.received) >= len(wanted[id(it)]) for it in live.subscribers)

    with suppress(TimeoutError):
        await eventually(arrived, ARRIVED_IN)
    # What comes twice may come late.
    await asyncio.sleep(1.0)
    await stopped(following)


async def _owed(live: Live) -> dict[int, list[str]]:
    """What each subscriber was to receive: everything after its start, which was before the first change."""
    logs = {it.code: await _log(live.url, it.code) for it in live.companies}
    return {
        id(subscriber): [event for event, quote in logs[company.code] if subscriber.variables.get("id", quote) == quote]
        for company in live.companies
        for subscriber in company.subscribers
    }


async def _log(url: str, code: str) -> list[tuple[str, str]]:
    """The changes of a company's quotes in the order of the log: ids of event and quote."""
    statement = """
        SELECT events.id, node_id FROM events JOIN tenants ON tenants.id = tenant_id
        JOIN companies ON companies.id = company_id
        WHERE code = $1 AND environment = 'LIVE' AND type = 'QUOTE_UPDATED' ORDER BY number
    """
    async with connected(url) as connection:
        rows = await connection.fetch(statement, code)
    return [(global_id("Event", str(row[0])), global_id("Quote", str(row[1]))) for row in rows]


async def compare(live: Live, report: Report) -> None:
    owed, notes = await _owed(live), live.notes
    logged = [it for company in live.companies for it in await _log(live.url, company.code)]
    answered = sum(it.answered for it in live.writers)
    again = sum((it.sent_again for it in live.writers), Counter[str]())
    for name, count in live.done.items():
        report.figure(f"fault: {name.replace('_', ' ')}", count)
    report.figure("servers started again", sum(it.kills for it in live.servers))
    report.figure("connections of subscribers", notes.connections)
    report.figure("  that ended", dict(notes.ends.most_common()) or 0)
    report.figure("  refused for another reason than an outage", dict(notes.refusals) or 0, not notes.refusals)
    report.figure("calls of writers sent again", dict(again) or 0, not again["INTERNAL_ERROR"])
    report.figure("changes answered", answered)
    report.figure("changes in the log", len(logged), len(logged) == answered)
    due = sum(map(len, owed.values()))
    lost = sum(len(set(owed[id(it)]) - set(it.received)) for it in live.subscribers)
    twice = sum(len(it.received) - len(set(it.received)) for it in live.subscribers)
    foreign = sum(len(set(it.received) - set(owed[id(it)])) for it in live.subscribers)
    orderly = [it for it in live.subscribers if _in_order(it.received, owed[id(it)])]
    report.figure("deliveries owed", due)
    report.figure("deliveries lost", lost, lost == 0)
    report.figure("deliveries twice", twice, twice == 0)
    report.figure("deliveries of events not followed", foreign, foreign == 0)
    report.figure(
        "subscribers whose order was not that of the log", len(owed) - len(orderly), len(orderly) == len(owed)
    )
    report.figure("events with errors of fields", dict(notes.broken_events) or 0, not notes.broken_events)
    delays = sorted(notes.delays)
    for share in (50, 90, 99):
        report.figure(f"ms from change to arrival, p{share}", round(1000 * delays[len(delays) * share // 100]))


def _in_order(received: list[str], log: list[str]) -> bool:
    places = {it: place for place, it in enumerate(log)}
    found = [places[it] for it in received if it in places]
    return found == sorted(found)


def _print_errors(report: Report, servers: list[Process]) -> None:
    for server in servers if report.wrong else ():
        print(*[it for it in server.past.splitlines() if '"level": "error"' in it][:5], sep="\n", file=sys.stderr)


@asynccontextmanager
async def _servers(
    directory: Path, url: str, size: Size, settings: dict[str, Any]
) -> AsyncIterator[tuple[list[Process], list[str]]]:
    """Server processes that are started again whenever they end, and their addresses."""
    database = open_database(url)
    await migrate(database)
    await database.close()
    ports = [free_port() for _ in range(size.servers)]
    quiet = {"database_url": url, "worker": "off", "log_level": "warning", "max_emails_per_hour": 0, **settings}
    servers = [
        Process(directory / f"{port}.log", ("serve",), "quotegraph serves", {**quiet, "port": port}) for port in ports
    ]
    tasks = [asyncio.create_task(it.run()) for it in servers]
    try:
        await asyncio.gather(*(it.up.wait() for it in servers))
        yield servers, [f"http://127.0.0.1:{port}/graphql" for port in ports]
    finally:
        for server in servers:
            server.stop()
        await asyncio.wait(tasks)


async def _prepared(
    url: str, size: Size, http: aiohttp.ClientSession, addresses: list[str], chance: random.Random
) -> list[Company]:
    notes, database = Notes(), open_database(url)
    companies = [Company(it, await _key(database, it)) for it in (f"LIVE{number}" for number in range(size.companies))]
    await database.close()
    for number in range(size.writers):
        company = companies[number % len(companies)]
        company.writers.append(Writer(http, addresses, company.key, f"writer-{number}", random.Random(chance.random())))
    for number in range(size.subscribers):
        company, selection = companies[number % len(companies)], SELECTIONS[number % len(SELECTIONS)]
        # One in ten follows one quote only.
        query = (QUOTE if number // len(companies) % 10 == 9 else EVENTS).format(selection)
        company.subscribers.append(
            Subscriber(
                http,
                lambda: addresses,
                company.key,
                query,
                notes,
                random.Random(chance.random()),
                streams=number % ONE_STREAM_IN == 4,
            )
        )
    return companies


async def _key(database: Database, code: str) -> str:
    """Adds a company. Returns a key of it."""
    company_id, now = new_id(), datetime.now(UTC)
    secret = new_key(Environment.LIVE)
    async with database.write.begin() as connection:
        await add_company(connection, company_id, code, f"Company {code}", now)
        key = ApiKey(new_id(), code, key_prefix(secret), Environment.LIVE, company_id, None, SCOPES, now, None)
        await add_key(connection, key, secret)
    return secret


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    whole = Size()
    reader.add_argument("--servers", type=int, default=whole.servers)
    reader.add_argument("--subscribers", type=int, default=whole.subscribers)
    reader.add_argument("--writers", type=int, default=whole.writers)
    reader.add_argument("--seconds", type=float, default=whole.seconds)
    reader.add_argument("--signals-url", help="of NATS; by default signals go by LISTEN and NOTIFY")
    reader.add_argument("--seed", type=int, default=15)
    given = reader.parse_args()
    more = {"signals_url": given.signals_url} if given.signals_url else {}
    chosen = Size(given.servers, subscribers=given.subscribers, writers=given.writers, seconds=given.seconds)
    sys.exit(1 if asyncio.run(run(chosen, given.seed, **more)).wrong else 0)
