"""A server and a worker at half of their capacity for half an hour: nothing may grow.

`python -m benchmarks.soak` takes 35 minutes and writes soak.json and soak.png; `--minutes 3` is for every day and
writes nothing. Queries, new documents, mutations with all that follows from them, and sockets that come and go; the
emulators stand for the vendors. The exit code tells whether anything grew by more than 5 % after the first five
minutes (a third of a shorter run).
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from benchmarks import cases, database
from benchmarks.servers import PYTHON
from tests.e2e.processes import free_port, running, until_ready, written
from tests.faults.kills import ACCEPT, CREATE, ITEM, PRICE, prepared, settings_of
from tests.postgres import stop_postgres

HERE = Path(__file__).parent
MOST_GROWTH = 0.05
CONCURRENCY, CALIBRATION_SECONDS, SAMPLE_SECONDS = 16, 15.0, 5.0
# Small numbers grow by whole steps: so much more is nothing.
SLACK = {"memory MiB": 2.0, "tasks": 5.0, "handles": 5.0, "connections": 2.0}
SOCKETS, SOCKET_SECONDS = 60, (2.0, 20.0)
KEPT_QUOTES = 500
SUBSCRIPTIONS = (
    "subscription { events { id type occurredAt cursor node { id } changes { nodeId from to } } }",
    "subscription Screen { events(types: [QUOTE_APPROVED]) { type node { ... on Quote { status items { id } } } } }",
)
# What a client does next, and how often.
MIX = {"small": 50, "nested": 15, "new document": 15, "lifecycle": 20}


@dataclass
class Clients:
    """What is sent, and how it went."""

    http: aiohttp.ClientSession
    url: str
    key: str
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    quotes: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def steps(self) -> int:
        """How many were made. What comes over the sockets is none."""
        return sum(self.done[what] for what in MIX)

    async def step(self) -> None:
        """One request, or the four of a quote's life."""
        what = self.chance.choices(list(MIX), list(MIX.values()))[0]
        match what:
            case "lifecycle":
                await self._lifecycle()
            case "nested":
                await self._ask(cases.nested("quotegraph", self.chance.choice((5, 10, 20)), 0))
            case "small":
                await self._ask(cases.small("quotegraph", self.chance.choice(self.quotes).partition("_")[2]))
            case _:
                text = cases.NESTED.replace("query Nested", f"query Nested{next(self.numbers)}")
                await self._ask({"query": text, "variables": {"first": 5}})
        self.done[what] += 1

    async def _lifecycle(self) -> None:
        made = await self._mutate(CREATE, requesterEmail="it@kills.example", items=[ITEM])
        if made is None:
            return
        item, price = made["quote"]["items"][0]["id"], {"amount": "1450.00", "currencyCode": "USD"}
        await self._mutate(PRICE, itemId=item, price=price)
        accepted = await self._mutate(ACCEPT, itemId=item)
        if accepted is not None:
            self.quotes.append(accepted["quote"]["id"])
            del self.quotes[:-KEPT_QUOTES]

    async def _mutate(self, text: str, **given: Any) -> dict[str, Any] | None:
        answer = await self._ask({"query": text, "variables": {"input": given}})
        if answer is None:
            return None
        (payload,) = answer["data"].values()
        if payload["userErrors"]:
            self.problems[payload["userErrors"][0]["message"]] += 1
            return None
        return dict(payload)

    async def _ask(self, body: dict[str, Any]) -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            async with self.http.post(self.url, json=body, headers=headers) as response:
                answer: dict[str, Any] = await response.json()
        except aiohttp.ClientError as error:
            self.problems[type(error).__name__] += 1
            return None
        if response.status != 200 or "errors" in answer:
            self.problems[f"{response.status} {refused(answer)}"] += 1
            return None
        return answer

    async def steadily(self, rate: float | None, seconds: float) -> float:
        """Keeps some connections busy, at so many steps a second, or as fast as it goes. Returns steps a second."""
        started, before = time.monotonic(), self.steps
        turns = itertools.count()

        async def work() -> None:
            while time.monotonic() - started < seconds:
                if rate is not None:
                    await asyncio.sleep(max(0.0, started + next(turns) / rate - time.monotonic()))
                await self.step()

        await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
        return (self.steps - before) / (time.monotonic() - started)

    async def listen(self) -> None:
        """Opens one socket after another, each for a while; half of them go without a word."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                async with asyncio.timeout(self.chance.uniform(*SOCKET_SECONDS)):
                    await self._subscribed()

    async def _subscribed(self) -> None:
        ws = await self.http.ws_connect(self.url, protocols=["graphql-transport-ws"])
        try:
            await ws.send_json({"type": "connection_init", "payload": {"Authorization": f"Bearer {self.key}"}})
            await ws.send_json(
                {"type": "subscribe", "id": "1", "payload": {"query": self.chance.choice(SUBSCRIPTIONS)}}
            )
            async for message in ws:
                kind = message.json()["type"]
                self.done[f"socket {kind}"] += 1
                if kind in ("error", "complete"):
                    self.problems[f"socket: {message.data[:100]}"] += 1
                    return
        finally:
            if self.chance.random() < 0.5:
                await ws.close()
            else:
                # A client that is simply gone.
                ws._response.close()


def refused(answer: dict[str, Any]) -> str:
    """The codes and messages of an answer, by which problems are counted."""
    errors = answer.get("errors") or [{"message": str(answer)[:100]}]
    return "; ".join(f"{it.get('extensions', {}).get('code', '?')}: {it['message'][:100]}" for it in errors)


def lines_of(log: Path) -> Counter[str]:
    """What a process has logged, without times, by how often: why it refused, say."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return Counter(
        re.sub(r"\d+", "0", line)[:200] for line in lines if "WARN" in line.upper() or "ERROR" in line.upper()
    )


@dataclass
class Watch:
    """What the processes hold, sampled."""

    http: aiohttp.ClientSession
    address: str
    pids: dict[str, int]
    connection: asyncpg.Connection
    samples: list[dict[str, float]] = field(default_factory=list)

    async def run(self) -> None:
        started = time.monotonic()
        while True:
            self.samples.append({"minute": (time.monotonic() - started) / 60, **await self._sample()})
            await asyncio.sleep(SAMPLE_SECONDS)

    async def _sample(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, pid in self.pids.items():
            found |= {f"{name}: {what}": value for what, value in _held(pid).items()}
        async with self.http.get(f"{self.address}/metrics") as response:
            metrics = await response.text()
        found["server: tasks"] = float(metrics.partition("\nquotegraph_tasks ")[2].split()[0])
        backends = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        found["database: connections"] = await self.connection.fetchval(backends)
        return found


def _held(pid: int) -> dict[str, float]:
    status = Path(f"/proc/{pid}/status").read_text()
    memory = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return {"memory MiB": memory, "handles": len(os.listdir(f"/proc/{pid}/fd"))}


@dataclass(frozen=True)
class Growth:
    """The median of a figure after the beginning, and at the end."""

    what: str
    early: float
    late: float

    @property
    def holds(self) -> bool:
        return self.late <= max(self.early * (1 + MOST_GROWTH), self.early + SLACK[self.what.partition(": ")[2]])

    def __str__(self) -> str:
        share = self.late / self.early - 1
        return f"{self.what}: {self.early:.1f} to {self.late:.1f} ({share:+.1%}{'' if self.holds else ', too much'})"


def growths(samples: list[dict[str, float]], minutes: float) -> list[Growth]:
    """Compares a sixth of the time after the beginning with the last sixth."""
    beginning, part = min(5.0, minutes / 3), minutes / 6

    def median(what: str, start: float, end: float) -> float:
        return statistics.median(it[what] for it in samples if start <= it["minute"] <= end)

    return [
        Growth(what, median(what, beginning, beginning + part), median(what, minutes - part, minutes + 1))
        for what in samples[0]
        if what != "minute"
    ]


@asynccontextmanager
async def parts(directory: Path, url: str) -> AsyncIterator[tuple[Clients, Watch]]:
    """Emulators, a prepared database, a server and a worker."""
    data, port = directory / "emulators", free_port()
    async with running(directory / "log", "emulators", "--data", str(data)), aiohttp.ClientSession() as http:
        settings = settings_of(url, await written(data / "emulators.json")) | {"port": port, "log_level": "warning"}
        key = await prepared(settings)
        async with (
            running(directory / "server.log", "serve", **{**settings, "worker": "off"}) as server,
            running(directory / "worker.log", "worker", **settings) as worker,
        ):
            await until_ready(http, f"http://127.0.0.1:{port}")
            connection = await database.connect(url)
            pids = {"server": server.pid, "worker": worker.pid}
            yield (
                Clients(http, f"http://127.0.0.1:{port}/graphql", key, random.Random(15)),
                Watch(http, f"http://127.0.0.1:{port}", pids, connection),
            )
            await connection.close()


async def soak(minutes: float) -> tuple[dict[str, Any], list[Growth]]:
    with tempfile.TemporaryDirectory(prefix="quotegraph-soak-") as directory:
        async with parts(Path(directory), database.new_database()) as (clients, watch):
            await clients._lifecycle()
            sockets = [asyncio.create_task(clients.listen()) for _ in range(SOCKETS)]
            capacity = await clients.steadily(None, CALIBRATION_SECONDS)
            print(f"capacity: {capacity:.0f} steps a second; {minutes:g} minutes at half of it", flush=True)
            clients.done.clear()
            watching = asyncio.create_task(watch.run())
            rate = await clients.steadily(capacity / 2, minutes * 60)
            for task in (watching, *sockets):
                task.cancel()
            await asyncio.gather(watching, *sockets, return_exceptions=True)
            facts = {
                "minutes": minutes,
                "capacity": round(capacity, 1),
                "rate": round(rate, 1),
                "done": dict(clients.done),
                "problems": dict(clients.problems),
                "logged": {it: dict(lines_of(Path(directory) / f"{it}.log")) for it in ("server", "worker")},
                "samples": [{what: round(it, 2) for what, it in sample.items()} for sample in watch.samples],
            }
            return facts, growths(watch.samples, minutes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    minutes = parser.parse_args().minutes
    try:
        facts, found = asyncio.run(soak(minutes))
    finally:
        stop_postgres()
    print(f"{facts['rate']} steps a second\ndone: {facts['done']}\nproblems: {facts['problems']}")
    print(f"warnings of the processes: {facts['logged']}")
    print(*found, sep="\n")
    if minutes >= 30:
        facts["growth"] = [str(it) for it in found]
        (HERE / "soak.json").write_text(json.dumps(facts, indent=1) + "\n")
        plotted = json.dumps(facts)
        subprocess.run([PYTHON, HERE / "plot_soak.py", HERE / "soak.png"], input=plotted, text=True, check=True)
    sys.exit(bool(facts["problems"]) or not all(it.holds for it in found))


if __name__ == "__main__":
    main()
