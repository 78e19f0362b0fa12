"""What signals between processes cost: `python -m tests.faults.signals [--processes N] [--listeners N] [--rounds N]`.

Processes commit events as fast as they can, each to a tenant of its own, and tell the others; one more commits ten
times a second, and all note when they are woken for it. That is measured without signals, for NOTIFY as a part of each
transaction, for NOTIFY as it is used here (one at a time, of what was committed meanwhile) and for NATS, in turns, and
medians are printed: commits a second of all processes, milliseconds from a commit to the wake-up in another process,
and the processor time of PostgreSQL and of a process for a commit. Polling is off. The database is durable, so that
commits wait for the disk. The exit code tells whether our ways woke everybody for every
commit.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import text

from adapters.database.core.engine import Database, open_database
from adapters.database.migrator import migrate
from adapters.signals.notify import CHANNEL
from adapters.signals.signals import Signals
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import new_id
from tests import postgres
from tests.builders import ANA, NOW
from tests.databases import LIVE, a_company, dependencies_on
from tests.nats_servers import nats_server

WAYS = ("without signals", "NOTIFY in each transaction", "NOTIFY", "NATS")
OURS = ("NOTIFY", "NATS")
PROBES_A_SECOND = 10
NEVER = 3600.0
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


async def commit(database: Database, tenant_id: int, notify: bool) -> None:
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        work.record(NewEvent(EventType.QUOTE_ITEM_PRICED, tenant_id, NodeRef("Quote", "q"), ANA, NOW))
        if notify:
            statement = text("SELECT pg_notify(:channel, :message)")
            sql: Any = work
            await sql._connection.execute(statement, {"channel": CHANNEL, "message": f"other:{tenant_id}"})
        await work.commit()


async def one_process(
    number: int, url: str, nats: str, way: str, tenants: list[int], listeners: int, seconds: float
) -> Any:
    """Commits, or probes if it is the first, and notes when it is woken for the probes' tenant, the first one."""
    async with AsyncExitStack() as stack:
        database = open_database(url, pool_size=3)
        stack.push_async_callback(database.close)
        signals_url = nats if way == "NATS" else None
        found = [
            await stack.enter_async_context(Signals(database, signals_url, NEVER))
            for _ in range(listeners if way != "without signals" else 0)
        ]
        await _until_connected(found)
        woken: list[list[float]] = [[] for _ in found]
        listening = [asyncio.create_task(_listen(*it, tenants[0])) for it in zip(found, woken, strict=True)]
        tell = found[0].committed if way in OURS else lambda _: None
        committed: list[float] = []
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        begun, used = time.monotonic(), time.process_time()
        while time.monotonic() - begun < seconds:
            await commit(database, tenants[number], notify=way == "NOTIFY in each transaction")
            committed.append(time.monotonic())
            tell({tenants[number]})
            await asyncio.sleep(1 / PROBES_A_SECOND if number == 0 else 0)
        used = time.process_time() - used
        # The last one may be late on a busy machine.
        await asyncio.sleep(2)
        for task in listening:
            task.cancel()
        return {"committed": committed, "woken": woken, "used": used}


async def _until_connected(found: list[Signals]) -> None:
    async with asyncio.timeout(30):
        while not all(it.figures().connected for it in found):
            await asyncio.sleep(0.05)


async def _listen(signals: Signals, woken: list[float], tenant_id: int) -> None:
    with signals.listen(tenant_id) as wake_up:
        while True:
            await wake_up.wait()
            woken.append(time.monotonic())


async def measured(way: str, processes: int, listeners: int, seconds: float, url: str, nats: str) -> dict[str, float]:
    tenants = await _tenants(url, processes + 1)
    started = []
    for number in range(processes + 1):
        given = json.dumps([number, url, nats, way, tenants, listeners, seconds])
        started.append(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.faults.signals", "--process", given,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**26,
            )
        )  # fmt: skip
    for process in started:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    before = _used_by_postgres()
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"\n")
    results = [json.loads((await process.communicate())[0]) for process in started]
    database = _used_by_postgres() - before
    probe, *writers = results
    commits = sum(len(it["committed"]) for it in writers)
    delays = [
        1000 * (woken[place] - at) if (place := bisect_left(woken, at)) < len(woken) else NEVER
        for it in writers
        for woken in it["woken"]
        for at in probe["committed"]
    ]
    return {
        "commits a second": commits / seconds,
        "p50": _share(delays, 50),
        "p99": _share(delays, 99),
        "PostgreSQL, ms a commit": 1000 * database / commits,
        "process, ms a commit": 1000 * sum(it["used"] for it in writers) / commits,
        "missed": delays.count(NEVER),
    }


def _share(values: Sequence[float], share: int) -> float:
    return sorted(values)[len(values) * share // 100] if values else 0.0


def _used_by_postgres() -> float:
    """The processor time of the server and all its processes, in seconds."""
    main = int((postgres._running().directory / "data" / "postmaster.pid").read_text().split()[0])
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = stat.read_text().partition(" (")
        except OSError:
            continue
        fields = rest.rpartition(") ")[2].split()
        if int(pid) == main:
            # With those of its processes that have ended.
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == main:
            ticks += sum(map(int, fields[11:13]))
    return ticks / 100


async def _tenants(url: str, count: int) -> list[int]:
    database = open_database(url)
    try:
        return [(await a_company(database, new_id()[-12:])).live for _ in range(count)]
    finally:
        await database.close()


async def run(processes: int, listeners: int, rounds: int, seconds: float, ways: Sequence[str] = WAYS) -> bool:
    url = postgres.new_postgres_database()
    database = open_database(url)
    await migrate(database)
    await database.close()
    found: dict[str, list[dict[str, float]]] = {it: [] for it in ways}
    with tempfile.TemporaryDirectory() as directory:
        async with nats_server(Path(directory)) as nats:
            for _ in range(rounds):
                for way in ways:
                    found[way].append(await measured(way, processes, listeners, seconds, url, nats.url()))
    return _printed(found)


def _printed(found: dict[str, list[dict[str, float]]]) -> bool:
    right = True
    for way, rounds in found.items():
        print(way)
        for name in rounds[0]:
            value = statistics.median(it[name] for it in rounds)
            wrong = name == "missed" and value > 0 and way in OURS
            right = right and not wrong
            print(f"  {name:<30}{value:>10.1f}{'  <-- WRONG' if wrong else ''}", flush=True)
    return right


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--processes", type=int, default=8)
    reader.add_argument("--listeners", type=int, default=1, help="for each process, as if there were more processes")
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--seconds", type=float, default=5.0)
    reader.add_argument("--process", help=argparse.SUPPRESS)
    given = reader.parse_args()
    if given.process:
        print(json.dumps(asyncio.run(one_process(*json.loads(given.process)))))
    else:
        postgres.SETTINGS.update(DURABLE)
        sys.exit(0 if asyncio.run(run(given.processes, given.listeners, given.rounds, given.seconds)) else 1)
