"""A database that fails while people work: `python -m tests.faults.database [--seconds 20] [--fault NAME]`.

A server with a worker runs as a process of its own; people create, price and accept quotes, each call repeated under
its idempotency key; somebody follows all events, and a balancer asks for `/readyz`. Then the database fails for a
while in one way after another. Each time the server must refuse by SERVICE_UNAVAILABLE and nothing else, say that it is
not ready, and go on by itself when the database does. At the end the books are compared: each accept once, with one
order at the vendor, and each event told once and in order. The exit code tells whether all of it holds.
"""

import argparse
import asyncio
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from adapters.database.core.engine import open_database
from tests.databases import rows_of
from tests.e2e.processes import eventually, free_port, running, until_ready, written
from tests.faults.books import Report, read
from tests.faults.database_clients import Answers, Balancer, Follower, Person
from tests.faults.kills import orders_at, prepared, settings_of
from tests.faults.postgres_cluster import ROLE, Cluster

PEOPLE = 3
# How long it may take until `/readyz` has turned, and until a call is refused, in seconds.
TURNS_IN = 10.0
REFUSED_IN = 20.0
SMALL = 48
# The key was made before anybody followed.
TOLD = "SELECT id FROM events WHERE type <> 'API_KEY_CREATED' ORDER BY tenant_id, number"
GAPS = """SELECT count(*) FROM tenants WHERE last_event <> (SELECT count(*) FROM events WHERE tenant_id = tenants.id)
    OR last_event <> (SELECT coalesce(max(number), 0) FROM events WHERE tenant_id = tenants.id)"""
PARTS = """SELECT count(*) FROM quotes WHERE NOT EXISTS (SELECT 1 FROM quote_items WHERE quote_id = quotes.id)
    OR NOT EXISTS (SELECT 1 FROM recipients WHERE quote_id = quotes.id)
    OR NOT EXISTS (SELECT 1 FROM events WHERE node_id = quotes.id)"""


@dataclass
class Fault:
    """What is done to the database, and what ends it. Some are felt by those who write only when space is used up."""

    name: str
    begin: Callable[[], Awaitable[None]]
    end: Callable[[], Awaitable[None]]


@dataclass
class House:
    """Everything that runs, and what has been noted."""

    url: str
    server: asyncio.subprocess.Process
    people: list[Person]
    follower: Follower
    balancer: Balancer
    answers: Answers
    tecspal: str
    log: Path
    # Whether it is wrong to be slow: a test judges by no clock.
    timed: bool = True
    report: Report = field(default_factory=Report)

    @property
    def accepted(self) -> int:
        return sum(it.accepted for it in self.people)

    async def suffer(self, fault: Fault, seconds: float) -> None:
        """Have the database fail for a while, and wait until everything works again."""
        refused, self.answers.slowest_refusal = self.answers.refused, 0.0
        begun = time.monotonic()
        await fault.begin()
        try:
            await eventually(lambda: self.balancer.ready is False)
            turned = self.balancer.changed - begun
            reason = self.balancer.reason
            await eventually(lambda: self.answers.refused > refused)
            await asyncio.sleep(max(0.0, begun + seconds - time.monotonic()))
        finally:
            ended = time.monotonic()
            await fault.end()
        await eventually(lambda: self.balancer.ready)
        back = max(0.0, self.balancer.changed - ended)
        accepted, seen = self.accepted, len(self.follower.seen)
        await eventually(lambda: self.accepted >= accepted + PEOPLE and len(self.follower.seen) > seen)
        works = time.monotonic() - ended
        self._time(f"{fault.name}: not ready after, s ({reason})", turned, TURNS_IN)
        self._time("  slowest refusal, s", self.answers.slowest_refusal, REFUSED_IN)
        self._time("  ready again after, s", back, TURNS_IN)
        self._time("  all who write and follow are served again after, s", works, 2 * TURNS_IN)

    def _time(self, name: str, seconds: float, most: float) -> None:
        self.report.figure(name, f"{seconds:.1f}", seconds < most if self.timed else None)

    async def compare(self) -> None:
        """Compare what is in the database with what was answered and told."""
        books = await read(self.url)
        accepted, made = self.accepted, await orders_at(self.people[0].http, self.tecspal)
        figure = self.report.figure
        figure("calls answered", self.answers.counts["answered"])
        figure("calls refused by SERVICE_UNAVAILABLE", self.answers.refused)
        figure("calls answered by anything else", self.answers.counts["wrong"], not self.answers.wrong)
        figure("accepts", accepted)
        lines = len(set(books.orders.values()))
        figure("  with an order in the database", lines, lines == len(books.orders) == accepted)
        figure("  with an order at the vendor", len(made), len(made) == made.total() == accepted)
        figure("jobs that wait", dict(books.waiting) or 0, not books.waiting)
        figure("dead jobs", dict(books.dead) or 0, not books.dead)
        database = open_database(self.url)
        log = [str(it) for (it,) in await rows_of(database, TOLD)]
        for name, statement in (("companies whose event numbers have gaps", GAPS), ("quotes in part", PARTS)):
            [(count,)] = await rows_of(database, statement)
            figure(name, count, count == 0)
        await database.close()
        figure("events in the log", len(log))
        figure("  told in order, each once", len(self.follower.seen), self.follower.seen == log)
        figure("ends of the subscription", dict(self.follower.ends))
        tracebacks = self.log.read_text().count("Traceback")
        figure("tracebacks in the server's log", tracebacks, tracebacks == 0)
        for it in self.answers.wrong[:5]:
            print(it, file=sys.stderr)


@asynccontextmanager
async def house(directory: Path, url: str) -> AsyncIterator[House]:
    """The emulators, a server on a prepared database, and its clients."""
    data, port, log = directory / "emulators", free_port(), directory / "server.log"
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running(directory / "emulators.log", "emulators", "--data", str(data)))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        settings = settings_of(url, emulators := await written(data / "emulators.json")) | {"port": port}
        key = await prepared(settings)
        server = await stack.enter_async_context(running(log, "serve", **settings))
        address, answers = f"http://127.0.0.1:{port}", Answers()
        await until_ready(http, address)
        people = [Person(http, f"{address}/graphql", key, f"person-{it}", answers) for it in range(PEOPLE)]
        found = House(
            url, server, people, Follower(http, f"{address}/graphql", key), Balancer(http, address), answers,
            emulators["tecspal"], log,
        )  # fmt: skip
        try:
            yield found
        except BaseException:
            print(log.read_text()[-6_000:], file=sys.stderr)
            raise


async def run(database: str, seconds: float, names: tuple[str, ...] = (), timed: bool = True) -> Report:
    """Have a new database of this kind fail in every way, or in those of some `names`."""
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        async with AsyncExitStack() as stack:
            if database == "postgresql":
                cluster = stack.enter_context(Cluster())
                small = _small_file_system(cluster.directory / "small", stack)
                await asyncio.to_thread(cluster.make_database, small)
                found = await stack.enter_async_context(house(directory, cluster.url))
                faults = of_postgresql(cluster, small)
            else:
                file = directory / "quotegraph.db"
                found = await stack.enter_async_context(house(directory, f"sqlite+aiosqlite:///{file}"))
                faults = of_sqlite(found.server, file)
            found.timed = timed
            await _suffer(found, [it for it in faults if not names or it.name in names], seconds)
            return found.report


async def _suffer(found: House, faults: list[Fault], seconds: float) -> None:
    print(f"\n{found.url.partition(':')[0]}", flush=True)
    writing = [asyncio.create_task(it.run()) for it in found.people]
    working = [*writing, asyncio.create_task(found.follower.run()), asyncio.create_task(found.balancer.run())]
    watch = asyncio.gather(*working)
    try:
        await eventually(lambda: found.accepted >= PEOPLE and found.balancer.ready)
        for fault in faults:
            suffering = asyncio.create_task(found.suffer(fault, seconds))
            both: set[asyncio.Future[Any]] = {suffering, watch}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            # One of those that run for ever has failed.
            if watch.done():
                suffering.cancel()
                await watch
            await suffering
        await _finish(found, writing)
        await found.compare()
    finally:
        for it in working:
            it.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _finish(found: House, writing: list["asyncio.Task[None]"]) -> None:
    """Have everybody finish what they have begun, and the worker what follows."""
    for it in found.people:
        it.stopping = True
    await asyncio.wait(writing)

    async def finished() -> bool:
        return (await read(found.url)).finished

    async def told() -> bool:
        database = open_database(found.url)
        try:
            return len(found.follower.seen) >= len(await rows_of(database, TOLD))
        finally:
            await database.close()

    await eventually(finished, 300)
    await eventually(told)


def of_postgresql(cluster: Cluster, small: Path | None) -> list[Fault]:
    """The faults of PostgreSQL."""

    async def act(*statements: str) -> None:
        for it in statements:
            await asyncio.to_thread(cluster.execute, it)

    async def stop() -> None:
        await asyncio.to_thread(cluster.stop)

    async def crash() -> None:
        await asyncio.to_thread(cluster.stop, "QUIT")

    async def start() -> None:
        await asyncio.to_thread(cluster.start)

    async def halt() -> None:
        cluster.halt()

    async def go_on() -> None:
        cluster.go_on()

    async def no_connections() -> None:
        await act(f"ALTER ROLE {ROLE} CONNECTION LIMIT 0")
        await asyncio.to_thread(cluster.end_connections)

    faults = [
        Fault("restarted", stop, start),
        Fault("crashed", crash, start),
        Fault("halted", halt, go_on),
        Fault("out of connections", no_connections, lambda: act(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")),
        Fault(
            "read-only",
            lambda: act("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"),
            lambda: act("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"),
        ),
    ]
    return [*faults, Fault("disk full", *_filled(small))] if small else faults


def of_sqlite(server: asyncio.subprocess.Process, file: Path) -> list[Fault]:
    """The faults of SQLite."""
    others: list[sqlite3.Connection] = []

    async def lock() -> None:
        other = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        others.append(other)

    async def unlock() -> None:
        others.pop().close()

    async def limit_files() -> None:
        # Writing beyond this size fails as on a full disk.
        size = file.with_name(f"{file.name}-wal").stat().st_size
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    async def unlimit_files() -> None:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited)

    return [Fault("locked", lock, unlock), Fault("disk full", limit_files, unlimit_files)]


def _small_file_system(directory: Path, stack: AsyncExitStack) -> Path | None:
    """A file system of a few MiB, or None where this process may not make one."""
    directory.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}m", "tmpfs", str(directory)]
    with suppress(FileNotFoundError):
        if subprocess.run(options, capture_output=True, check=False).returncode == 0:
            stack.callback(subprocess.run, ["umount", "--lazy", str(directory)], check=False)
            return directory
    print("a full disk of PostgreSQL is not tried: no file system can be made here")
    return None


def _filled(directory: Path) -> tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]:
    filler = directory / "filler"

    async def fill() -> None:
        with suppress(OSError), filler.open("wb") as written:
            while True:
                written.write(bytes(65_536))
                written.flush()

    async def empty() -> None:
        filler.unlink()

    return fill, empty


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--seconds", type=float, default=20, help="how long each fault lasts at least")
    reader.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="by default both")
    reader.add_argument("--fault", action="append", default=[], help="its name; by default all")
    given = reader.parse_args()
    reports = [
        asyncio.run(run(it, given.seconds, tuple(given.fault))) for it in given.database or ("sqlite", "postgresql")
    ]
    sys.exit(1 if any(it.wrong for it in reports) else 0)
