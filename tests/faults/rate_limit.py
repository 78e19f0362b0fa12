"""A key that sends all it can to two processes at once: `python -m tests.faults.rate_limit [--seconds 10]`.

They share the bucket of the key on PostgreSQL, and admit together what it holds, what is restored meanwhile, and at
most two slices each beyond that. Then the processor time of a small query is compared with that without a limit, in
turns. The exit code tells whether both hold; the second on a quiet machine only.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import aiohttp

from domain.rate_limits.leases import most_held
from domain.shared.rate_limits import RateLimit
from tests.e2e.processes import command, free_port, running, until_ready
from tests.faults.idle_sockets import processor_seconds
from tests.postgres import new_postgres_database

LIMIT = RateLimit(500, 50)
# So wide that nothing is refused, with slices as small as those of the default.
WIDE = RateLimit(90_000_000, 100)
PROCESSES = 2
CLIENTS = 8
QUERY = "{ viewer { environment } }"
DEARER = 1.10


@dataclass
class Report:
    """What was seen. `wrong` does not depend on the speed of the machine, `slow` does."""

    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)


class Served:
    """A server process of its own, and what it has answered."""

    def __init__(self, session: aiohttp.ClientSession, pid: int, key: str) -> None:
        self._session, self._pid, self._key = session, pid, key
        self.statuses: Counter[int] = Counter()
        self.left = 0

    async def ask(self) -> None:
        headers = {"Authorization": f"Bearer {self._key}"}
        async with self._session.post("/graphql", json={"query": QUERY}, headers=headers) as response:
            await response.read()
            self.statuses[response.status] += 1
            self.left = int(response.headers.get("X-RateLimit-Remaining", 0))

    async def ask_until(self, end: float) -> None:
        while time.monotonic() < end:
            await self.ask()

    async def processor_ms(self, requests: int) -> float:
        """The processor time of one request, in milliseconds."""
        before = processor_seconds(self._pid)
        await asyncio.gather(*(self._ask_often(requests // CLIENTS) for _ in range(CLIENTS)))
        return 1_000 * (processor_seconds(self._pid) - before) / requests

    async def _ask_often(self, times: int) -> None:
        for _ in range(times):
            await self.ask()


@dataclass(frozen=True)
class Installation:
    """A database with a key."""

    files: Path
    url: str
    key: str

    @asynccontextmanager
    async def servers(self, limits: Sequence[RateLimit | None]) -> AsyncIterator[list[Served]]:
        """Server processes with these limits."""
        async with AsyncExitStack() as stack:
            yield [await self._server(stack, number, it) for number, it in enumerate(limits)]

    async def _server(self, stack: AsyncExitStack, number: int, limit: RateLimit | None) -> Served:
        port = free_port()
        settings = {"database_url": self.url, "worker": "off", "log_level": "warning"}
        log, words = self.files / f"log-{number}", ("serve", "--port", str(port))
        server = running(log, *words, **settings, rate_limit="off" if limit is None else str(limit))
        process = await stack.enter_async_context(server)
        session = await stack.enter_async_context(aiohttp.ClientSession(f"http://127.0.0.1:{port}"))
        await until_ready(session, "")
        return Served(session, process.pid, self.key)


async def run(seconds: float, rounds: int, requests: int = 2_000) -> Report:
    """Sends too much to servers of its own, and compares what limits cost in so many rounds."""
    report, url = Report(), new_postgres_database()
    code, _, output = await command("migrate", database_url=url)
    assert code == 0, output
    _, made, _ = await command("keys", "create", "--platform", "--scope", "quotes:read", "--json", database_url=url)
    with tempfile.TemporaryDirectory() as directory:
        installation = Installation(Path(directory), url, str(json.loads(made)["key"]))
        await _admitted(report, installation, seconds)
        if rounds:
            await _cost(report, installation, rounds, requests)
    return report


async def _admitted(report: Report, installation: Installation, seconds: float) -> None:
    async with installation.servers([LIMIT] * PROCESSES) as servers:
        await servers[0].ask()
        points = LIMIT.points - servers[0].left
        began = time.monotonic()
        await asyncio.gather(*(it.ask_until(began + seconds) for it in servers for _ in range(CLIENTS)))
        took = time.monotonic() - began
    admitted = points * sum(it.statuses[200] for it in servers)
    refused = sum(it.statuses[429] for it in servers)
    fair = LIMIT.points + LIMIT.restore * took
    most = fair + PROCESSES * most_held(LIMIT)
    report.lines.append(
        f"{PROCESSES} processes, {LIMIT}, {took:.1f} s, {points} points each: {admitted:,} points admitted of "
        f"{fair:,.0f} ({admitted / fair:.3f}), at most {most:,.0f}; {refused:,} refused"
    )
    if others := {status for it in servers for status in it.statuses} - {200, 429}:
        report.wrong.append(f"answers had the statuses {others}")
    if not refused:
        report.slow.append("nothing was refused: less was sent than the limit allows")
    if admitted > most:
        report.wrong.append(f"{admitted - most:,.0f} points too many were admitted")
    if refused and admitted < 0.9 * fair:
        report.wrong.append(f"only {admitted:,} of {fair:,.0f} points were admitted")


async def _cost(report: Report, installation: Installation, rounds: int, requests: int) -> None:
    async with installation.servers([None, WIDE]) as servers:
        for it in servers:
            await it.processor_ms(requests // 2)
        found = list[list[float]]()
        for number in range(rounds):
            # Who is measured second may have more of the processor's caches, or less.
            order = servers if number % 2 else servers[::-1]
            taken = {it: await it.processor_ms(requests) for it in order}
            found.append([taken[it] for it in servers])
    without, limited = (median(it) for it in zip(*found, strict=True))
    ratio = median(limited / without for without, limited in found)
    report.lines.append(
        f"processor time of a small query, medians of {rounds} rounds of {requests:,}: {without:.3f} ms without a "
        f"limit, {limited:.3f} ms with one ({ratio:.3f} times)"
    )
    if ratio > DEARER:
        report.slow.append(f"a limit costs {ratio:.2f} times what a query costs without")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    report = asyncio.run(run(options.seconds, options.rounds))
    print(*report.lines, *report.wrong, *report.slow, sep="\n")
    return 1 if report.wrong or report.slow else 0


if __name__ == "__main__":
    sys.exit(main())
