"""The case `fanout`: one event to a thousand subscribers, beside other servers and a bare broadcaster.

The events of quotegraph come from its log in PostgreSQL, written by another process; those of the peers are in memory.
Alone: `python -m benchmarks.fanout [--rounds 3]`, three minutes; exit code 1 says that a target is missed.
"""

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks import cases
from benchmarks.data import LINES, DataSet, build_postgres
from benchmarks.load import Load
from benchmarks.publish import DOCUMENT, Publisher, documents, in_our_shape, to_peer
from benchmarks.servers import OTHER_CORES, Server, stop_all
from benchmarks.subscribers import Subscribers
from domain.shared.events import NewEvent
from tests.postgres import stop_postgres

OURS, LIMIT = "quotegraph", "fanout/broadcaster"
PEERS = ("fanout/mercurius", "fanout/yoga", "fanout/strawberry_view")
SERVERS = (OURS, *PEERS, LIMIT)
SUBSCRIBERS, EVENTS, SINGLE_EVENTS = 1_000, 50, 20
IDLE, IDLE_SECONDS = 10_000, 30.0
# How long a server may take to begin with what it was sent by all of them, and what it uses of a second when it has.
MOST_SETTLING_SECONDS, SETTLED = 30, 0.05
# How long a server may take to begin with all subscriptions that it was sent.
SETTLING_SECONDS = 1.5
# Accepted items in a turn, and small queries' seconds; events a second that flow meanwhile.
ACCEPTS, SMALL_SECONDS, FLOW = 120, 3.0, 10.0
OLDER = 2 * ACCEPTS // LINES + 60


@dataclass
class Measured:
    """All turns, and their medians."""

    turns: dict[tuple[str, str], list[dict[str, float]]] = field(default_factory=dict)
    alone: dict[str, float] = field(default_factory=dict)

    def median(self, case: str, server: str, what: str) -> float:
        return statistics.median(it[what] for it in self.turns[case, server])

    def runs(self) -> list[dict[str, Any]]:
        """Returns the medians in the form of results.json."""
        ways = {"burst": EVENTS, "single": 1}
        return [
            {"case": "fanout", "documents": case, "server": server, "events_at_once": ways[way]}
            | {"deliveries_per_second": round(self.median(case, server, way))}
            for case, server in self.turns
            for way in ways
        ]

    def most(self, case: str, server: str, what: str) -> float:
        """Returns the largest: memory that a process has taken once is there in later turns."""
        return max(it[what] for it in self.turns[case, server])


@dataclass(frozen=True)
class Bench:
    """What the measurements share."""

    data: DataSet
    publisher: Publisher
    subscribers: Subscribers

    async def publish(self, server: Server, events: Sequence[NewEvent]) -> None:
        if server.name == OURS:
            await self.publisher.to_quotegraph(events)
        else:
            to_peer(server.port, events)

    async def deliver(self, server: Server, size: int) -> dict[str, Any]:
        """Publishes events, and waits until all subscribers have them. Returns seconds, processor seconds of the
        server, and the last message. Raises: RuntimeError, if the message is not that event."""
        events = self.publisher.events(size)
        self.subscribers.expect(size)
        cpu, started = server.cpu_seconds(), time.monotonic()
        await self.publish(server, events)
        received = await asyncio.to_thread(self.subscribers.received)
        _check(server, events[-1], received["last"])
        took = received["at"] - started
        return {"seconds": took, "cpu": server.cpu_seconds() - cpu, "client": received["cpu"] / took}


def _check(server: Server, event: NewEvent, message: dict[str, Any]) -> None:
    expected, got = in_our_shape(event), message["data"]["events"]
    if {**got, "id": ""} != {**expected, "id": ""} or len(got["id"]) != len(expected["id"]):
        raise RuntimeError(f"{server.name} sent {got}, not {expected}")


async def turn(bench: Bench, server: Server, texts: Sequence[str]) -> dict[str, float]:
    """One turn of one server: 50 events at once, then events one by one, each when all have the one before."""
    before = server.rss_mib()
    bench.subscribers.connect(server.port, bench.data.key, texts, SUBSCRIBERS)
    await asyncio.sleep(SETTLING_SECONDS)
    await bench.deliver(server, 1)
    kib = (server.rss_mib() - before) * 1024 / SUBSCRIBERS
    burst = await bench.deliver(server, EVENTS)
    single = [await bench.deliver(server, 1) for _ in range(SINGLE_EVENTS)]
    bench.subscribers.close()
    await asyncio.sleep(0.5)
    each, all_of_burst = sum(it["seconds"] for it in single), SUBSCRIBERS * EVENTS
    return {
        "burst": all_of_burst / burst["seconds"],
        "single": SUBSCRIBERS * SINGLE_EVENTS / each,
        "microseconds": 1e6 * burst["cpu"] / all_of_burst,
        "microseconds_single": 1e6 * sum(it["cpu"] for it in single) / (SUBSCRIBERS * SINGLE_EVENTS),
        "kib": kib,
        "client": max(it["client"] for it in (burst, *single)),
    }


async def compare(bench: Bench, servers: Sequence[Server], rounds: int, measured: Measured, log: Any) -> None:
    """Interleaved rounds of all servers."""
    for case, texts in (("one document", [DOCUMENT]), ("50 documents", documents(50))):
        for number in range(rounds):
            start = number % len(servers)
            for server in [*servers[start:], *servers[:start]]:
                found = await turn(bench, server, texts)
                measured.turns.setdefault((case, server.name), []).append(found)
                log(f"fanout, {case}, {server.name}: {found['burst']:,.0f} and {found['single']:,.0f} deliveries/s")


async def beside(bench: Bench, server: Server, load: Load, measured: Measured, log: Any) -> None:
    """What other requests feel: `acceptItem` without and with 1,000 listening sockets, a small query while nothing and
    while events happen."""
    # The quotes that no other case has used are the last ones.
    items = [it[line] for line in range(LINES) for it in bench.data.open_items[-OLDER:]]
    halves = [[cases.accept(it) for it in items[part::2][:ACCEPTS]] for part in (0, 1)]
    small = [cases.small(OURS, it) for it in bench.data.quote_ids[:20]]

    async def run(bodies: Sequence[dict[str, Any]], **limits: Any) -> dict[str, float]:
        return await asyncio.to_thread(load.run, [server.port], bodies, bench.data.key, 1, **limits)

    # They share a core with PostgreSQL and the load, whose waiting for them is no work of the server.
    subscribers = Subscribers(nice=19)
    await run(small, seconds=0.5)
    quiet_accept = await run(halves[0], requests=ACCEPTS)
    quiet_small = await run(small, seconds=SMALL_SECONDS)
    subscribers.connect(server.port, bench.data.key, [DOCUMENT], SUBSCRIBERS)
    await asyncio.sleep(SETTLING_SECONDS)
    subscribers.drain(12)
    accept = await run(halves[1], requests=ACCEPTS)
    flowing = asyncio.create_task(_flow(bench))
    busy_small = await run(small, seconds=SMALL_SECONDS)
    flowing.cancel()
    await asyncio.to_thread(subscribers.drained)
    subscribers.stop()
    measured.alone |= {
        "accept_quiet": quiet_accept["p50_ms"], "accept": accept["p50_ms"],
        "small_quiet": quiet_small["p99_ms"], "small": busy_small["p99_ms"],
    }  # fmt: skip
    log(f"fanout, beside: {measured.alone}")


async def _flow(bench: Bench) -> None:
    while True:
        await bench.publisher.to_quotegraph(bench.publisher.events(1))
        await asyncio.sleep(1 / FLOW)


async def _settled(server: Server) -> None:
    """Waits until the server has begun with what it was sent."""
    for _ in range(MOST_SETTLING_SECONDS):
        before = server.cpu_seconds()
        await asyncio.sleep(1)
        if server.cpu_seconds() - before < SETTLED:
            return


async def hold(bench: Bench, server: Server, measured: Measured, log: Any) -> None:
    """10,000 sockets that say nothing, each with a subscription to one quote to which nothing happens."""
    before = server.rss_mib()
    quiet = f'subscription {{ quoteChanged(id: "Quote_{bench.data.quote_ids[1]}") {{ id }} }}'
    bench.subscribers.connect(server.port, bench.data.key, [quiet], IDLE)
    bench.subscribers.drain(IDLE_SECONDS + MOST_SETTLING_SECONDS)
    await _settled(server)
    cpu = server.cpu_seconds()
    await asyncio.sleep(IDLE_SECONDS)
    used = (server.cpu_seconds() - cpu) / IDLE_SECONDS
    await asyncio.to_thread(bench.subscribers.drained)
    measured.alone |= {"idle_share": used, "idle_kib": (server.rss_mib() - before) * 1024 / IDLE}
    bench.subscribers.close()
    log(f"fanout, {IDLE:,} idle sockets: {used:.2%} of a core, {measured.alone['idle_kib']:.1f} KiB each")


async def measure(data: DataSet, load: Load, rounds: int, log: Any, names: Sequence[str] = SERVERS) -> Measured:
    """Runs everything, on servers of its own."""
    measured, servers = Measured(), [Server(name, data.url, data.key) for name in names]
    bench = Bench(data, Publisher(data.url, data.tenant_id, data.quote_ids[0]), Subscribers())
    try:
        for server in servers:
            if server.name != LIMIT:
                server.wait({"query": "{ __typename }"})
        await compare(bench, servers, rounds, measured, log)
        if servers[0].name == OURS:
            await beside(bench, servers[0], load, measured, log)
            await hold(bench, servers[0], measured, log)
    finally:
        bench.subscribers.stop()
        stop_all(servers)
        await bench.publisher.close()
    return measured


@dataclass(frozen=True)
class Target:
    """A figure that is to hold."""

    what: str
    value: float
    limit: float
    is_most: bool = False

    @property
    def holds(self) -> bool:
        return self.value <= self.limit if self.is_most else self.value >= self.limit

    def __str__(self) -> str:
        sign = "≤" if self.is_most else "≥"
        return f"{self.what}: {self.value:.2f} ({sign} {self.limit:g}{'' if self.holds else ', missed'})"


def targets(measured: Measured) -> list[Target]:
    """Returns what is to hold, and what was measured."""
    found = []
    for case, way in ((case, way) for case in ("one document", "50 documents") for way in ("burst", "single")):
        ours, limit = (measured.median(case, it, way) for it in (OURS, LIMIT))
        fastest = max(measured.median(case, peer, way) for peer in PEERS)
        said = "50 events at once" if way == "burst" else "events one by one"
        found.append(Target(f"deliveries/s over the fastest peer, {case}, {said}", ours / fastest, 2.0))
        found.append(Target(f"deliveries/s over the broadcaster, {case}, {said}", ours / limit, 0.5))
    alone = measured.alone
    return [
        *found,
        Target("KiB a socket", measured.most("one document", OURS, "kib"), 25, True),
        Target("acceptItem p50 with 1,000 sockets over none", alone["accept"] / alone["accept_quiet"], 1.5, True),
        Target("small query p99 while events flow over quiet", alone["small"] / alone["small_quiet"], 3.0, True),
        Target("share of a core for 10,000 idle sockets, %", 100 * alone["idle_share"], 1.0, True),
        Target("KiB of an idle socket", alone["idle_kib"], 25, True),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--servers", nargs="*", default=SERVERS, choices=SERVERS, help="only these; no targets then")
    given = parser.parse_args()
    os.sched_setaffinity(0, OTHER_CORES)
    data, load = build_postgres(quotes=100, older=OLDER), Load()
    try:
        measured = asyncio.run(measure(data, load, given.rounds, lambda it: print(it, flush=True), given.servers))
    finally:
        load.stop()
        stop_postgres()
    if given.servers == SERVERS:
        found = targets(measured)
        print(*found, sep="\n")
        sys.exit(not all(it.holds for it in found))


if __name__ == "__main__":
    main()
