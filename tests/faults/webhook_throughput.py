"""How many signed deliveries a second a worker makes: `python -m tests.faults.webhook_throughput [--profile]`.

A worker on one core delivers events to endpoints at a receiver in another process, on the other cores beside
PostgreSQL. A bare aiohttp client on the same core then posts the same number of bodies of the same size to the same
receiver, with the same concurrency: what signing, the queue, the checks of addresses and the records cost is the
difference. `--profile` prints where the worker spends its time. No test judges by a clock, so this is a program.
"""

import argparse
import asyncio
import cProfile
import json
import os
import pstats
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from adapters.database.core.engine import open_database
from adapters.secrets import new_secret_key, secret_box
from app.settings import Settings
from app.wiring import assemble
from benchmarks.database import new_database
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import new_id
from domain.webhooks.endpoints import EndpointSecrets
from tests.builders import ANA, NOW, a_quote, an_endpoint
from tests.databases import LIVE, a_company, dependencies_on, rows_of, write_quotes
from tests.postgres import stop_postgres

CORES = sorted(os.sched_getaffinity(0))
WORKER_CORE, OTHER_CORES = {CORES[0]}, set(CORES[1:] or CORES)
# As many as the worker has slots for webhooks.
CONCURRENCY = 16
SECONDS = 120.0
PENDING = "SELECT count(*) FROM webhook_deliveries WHERE status <> 'SUCCESS'"


@dataclass(frozen=True)
class Measured:
    """What a client made of its deliveries."""

    name: str
    deliveries: int
    seconds: float
    cpu_seconds: float

    def __str__(self) -> str:
        rate, busy = self.deliveries / self.seconds, self.cpu_seconds / self.seconds
        each = 1000 * self.cpu_seconds / self.deliveries
        return f"{self.name:24}{rate:8.0f} a second{each:8.2f} ms of processor time each{100 * busy:6.0f} % of the core"


async def receive() -> None:
    """A receiver that prints its port, and counts what comes at each path."""
    counts: Counter[str] = Counter()

    async def count(request: web.Request) -> web.Response:
        await request.read()
        counts[request.path] += 1
        return web.Response(status=204)

    async def counted(_: web.Request) -> web.Response:
        return web.json_response(counts)

    app = web.Application()
    app.router.add_get("/counts", counted)
    app.router.add_post("/{endpoint}", count)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


@contextmanager
def receiving() -> Iterator[str]:
    """The address of a receiver in a process of its own."""
    command = [sys.executable, "-m", "tests.faults.webhook_throughput", "--receive"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        os.sched_setaffinity(process.pid, OTHER_CORES)
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


async def prepare(url: str, receiver: str, endpoints: int, events: int, key: str) -> None:
    """Companies with an endpoint each, and events that were not delivered."""
    database, box = open_database(url), secret_box([key])
    for number in range(endpoints):
        company = await a_company(database, f"C{number}")
        quote = a_quote(tenant_id=company.live)
        await write_quotes(database, quote)
        endpoint = an_endpoint(tenant_id=company.live, url=f"{receiver}/{number}")
        async with dependencies_on(database).unit_of_work(LIVE) as work:
            await work.webhooks.add(endpoint, EndpointSecrets(box.seal(os.urandom(32).hex())))
            for _ in range(events):
                node = NodeRef("Quote", quote.quote.id)
                work.record(NewEvent(EventType.QUOTE_PENDING, company.live, node, ANA, NOW))
            await work.commit()
    await database.close()


async def work(url: str, key: str, total: int, profile: cProfile.Profile | None) -> Measured:
    """Let a worker deliver everything."""
    settings = Settings(database_url=url, secret_key=SecretStr(key), allow_loopback_webhooks=True, log_level="warning")
    async with assemble(settings) as parts:
        began, cpu = time.monotonic(), time.process_time()
        if profile is not None:
            profile.enable()
        running = asyncio.create_task(parts.worker.run())
        async with asyncio.timeout(SECONDS):
            while sum(parts.deps.webhooks.results.values()) < total:
                await asyncio.sleep(0.05)
        measured = Measured("worker", total, time.monotonic() - began, time.process_time() - cpu)
        if profile is not None:
            profile.disable()
        await parts.worker.stop(5)
        await running
        [(pending,)] = await rows_of(parts.database, PENDING)
        [(attempts,)] = await rows_of(parts.database, "SELECT count(*) FROM webhook_attempts")
        if (pending, attempts) != (0, total):
            raise SystemExit(f"{pending} deliveries are not delivered, {attempts} attempts were recorded of {total}")
    return measured


async def post(receiver: str, endpoints: int, events: int, body: bytes) -> Measured:
    """Let a bare client post the same."""
    queue = iter([(number, it) for it in range(events) for number in range(endpoints)])
    headers = {"Content-Type": "application/json", "webhook-id": new_id(), "webhook-signature": "v1," + "a" * 44}
    headers |= {"X-Quip-Signature": "sha256=" + "a" * 64, "X-Quip-Event": "quote.pending", "webhook-timestamp": "0"}
    async with aiohttp.ClientSession() as session:

        async def one() -> None:
            for number, _ in queue:
                async with session.post(f"{receiver}/{number}", data=body, headers=headers) as answer:
                    await answer.read()

        began, cpu = time.monotonic(), time.process_time()
        await asyncio.gather(*(one() for _ in range(min(CONCURRENCY, endpoints))))
        return Measured("bare aiohttp client", endpoints * events, time.monotonic() - began, time.process_time() - cpu)


async def measure(endpoints: int, events: int, profile: cProfile.Profile | None) -> None:
    os.sched_setaffinity(0, OTHER_CORES)
    url, key, total = new_database(), new_secret_key(), endpoints * events
    with receiving() as receiver:
        await prepare(url, receiver, endpoints, events, key)
        # The threads of this process that exist by now stay where they are; they have nothing to do.
        os.sched_setaffinity(0, WORKER_CORE)
        print(f"{endpoints} endpoints with {events} events each", flush=True)
        print(await work(url, key, total, profile), flush=True)
        async with aiohttp.ClientSession() as session, session.get(f"{receiver}/counts") as answer:
            counts: dict[str, Any] = await answer.json()
        if set(counts.values()) != {events}:
            raise SystemExit(f"the receiver got {json.dumps(counts)}")
        database = open_database(url)
        [(body,)] = await rows_of(database, "SELECT payload FROM webhook_deliveries LIMIT 1")
        await database.close()
        print(await post(receiver, endpoints, events, body.encode()), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoints", type=int, default=20)
    parser.add_argument("--events", type=int, default=250, help="of each endpoint")
    parser.add_argument("--profile", action="store_true", help="print where the worker spends its time")
    parser.add_argument("--receive", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.receive:
        asyncio.run(receive())
        return
    profile = cProfile.Profile() if given.profile else None
    try:
        asyncio.run(measure(given.endpoints, given.events, profile))
    finally:
        stop_postgres()
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
