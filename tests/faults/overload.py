"""Four times the load that a server can take: `python -m tests.faults.overload [--database sqlite] [--seconds 15]`.

First the capacity is measured, then the times of answers at half of it, then four times the capacity is sent, whether
or not it is answered, and then half again. One request in ten is a mutation. What is accepted may take three times as
long as usual (p99), what is refused is refused within 50 ms (p99), five seconds later all is as before, and health,
readiness and metrics answer meanwhile. The exit code tells whether that holds; the times hold on a quiet machine only.
"""

import argparse
import asyncio
import gc
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from domain.shared.access import Scope
from tests.e2e.processes import free_port, running, until_ready
from tests.faults.open_loop import Load, Outcome, percentile, post
from tests.faults.prepared import prepared
from tests.postgres import new_postgres_database

TIMES = 4
USUAL = 0.5
SLOWER = 3.0
REFUSED_WITHIN_MS = 50.0
NORMAL_WITHIN = 5.0
# Times of a busy second differ more than those of a phase.
AS_BEFORE = 2.0
CONCURRENCY = 8
# Opened before, as clients keep theirs; where more requests are under way, more are opened.
CONNECTIONS = 256

QUERY = """
query($first: Int!) { quotes(first: $first) { nodes { id orderId status items { id status recipients { name } } } } }
"""
MUTATION = """
mutation($quoteId: ID!) {
  updateQuote(input: {quoteId: $quoteId, publicNotes: "Ships together"}) { quote { id } userErrors { code } }
}
"""
OPERATING = ("/healthz", "/readyz", "/metrics")


@dataclass
class Phase:
    """The answers of one phase."""

    name: str
    seconds: float
    outcomes: Sequence[Outcome]

    def of(self, status: int) -> list[Outcome]:
        return [it for it in self.outcomes if it.status == status]

    def p99(self, status: int) -> float:
        return percentile([it.seconds for it in self.of(status)], 0.99)

    @property
    def rate(self) -> float:
        return len(self.of(200)) / self.seconds

    def __str__(self) -> str:
        accepted, refused = self.of(200), self.of(503)
        p50 = percentile([it.seconds for it in accepted], 0.5)
        return (
            f"{self.name:<24}{len(self.outcomes) / self.seconds:>8,.0f} a second{self.rate:>8,.0f} accepted"
            f"   p50 {p50:6.1f} ms   p99 {self.p99(200):6.1f} ms"
            + (f"   {len(refused):,} refused, p99 {self.p99(503):.1f} ms" if refused else "")
        )


@dataclass
class Report:
    """What was seen. `wrong` does not depend on the speed of the machine, `slow` does."""

    phases: list[Phase] = field(default_factory=list)
    probes: int = 0
    wrong: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)

    def add(self, name: str, seconds: float, outcomes: Sequence[Outcome]) -> Phase:
        phase = Phase(name, seconds, outcomes)
        self.phases.append(phase)
        lost = [it for it in outcomes if it.status not in (200, 503)]
        if lost:
            self.wrong.append(f"{name}: {len(lost):,} requests were neither answered nor refused")
        self.wrong += {f"{name}: {problem}" for it in outcomes if (problem := _problem_of(it)) is not None}
        return phase


def _problem_of(outcome: Outcome) -> str | None:
    if outcome.status == 200 and (b'"errors"' in outcome.body or b'"userErrors":[{' in outcome.body):
        return f"a bad answer: {outcome.body[:300]!r}"
    if outcome.status == 503:
        code = json.loads(outcome.body)["errors"][0]["extensions"]["code"]
        if code != "OVERLOADED" or b"\r\nretry-after: " not in outcome.head.lower():
            return f"a bad refusal: {outcome.head!r} {outcome.body[:300]!r}"
    return None


async def run(database: str, seconds: float, recovery: float = 2 * NORMAL_WITHIN) -> Report:
    """Overloads a server of its own."""
    with tempfile.TemporaryDirectory() as directory:
        files = Path(directory)
        url = f"sqlite+aiosqlite:///{files}/quotegraph.db" if database == "sqlite" else new_postgres_database()
        [key] = await prepared(url, [((Scope.QUOTES_READ, Scope.QUOTES_WRITE, Scope.QUOTES_DECIDE), None)])
        port = free_port()
        settings = {"database_url": url, "worker": "off", "log_level": "warning"}
        async with (
            running(files / "log", "serve", "--port", str(port), **settings),
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
        ):
            await until_ready(session, "")
            load = Load(port, await _requests(session, key))
            try:
                return await _loaded(load, session, seconds, recovery)
            finally:
                load.close()


async def _loaded(load: Load, session: aiohttp.ClientSession, seconds: float, recovery: float) -> Report:
    report = Report()
    await load.open(CONNECTIONS)
    await load.closed(CONCURRENCY, seconds / 4)
    capacity = report.add("capacity", seconds, await load.closed(CONCURRENCY, seconds)).rate
    usual = report.add("half of it", seconds, await load.at_rate(USUAL * capacity, seconds))
    probing = asyncio.create_task(_probe(session, report))
    over = report.add(f"{TIMES} times as much", seconds, await load.at_rate(TIMES * capacity, seconds))
    probing.cancel()
    after = [
        report.add(f"half, second {second}", 1, await load.at_rate(USUAL * capacity, 1))
        for second in range(1, int(recovery) + 1)
    ]
    if not over.of(503):
        report.slow.append("nothing was refused: more was not sent than the server could take")
    if not over.of(200):
        report.wrong.append("nothing was accepted")
    if over.p99(200) > SLOWER * usual.p99(200):
        report.slow.append(f"accepted requests took {over.p99(200) / usual.p99(200):.1f} times as long as usual")
    if over.p99(503) > REFUSED_WITHIN_MS:
        report.slow.append(f"refusing took {over.p99(503):.0f} ms")
    late = [it for it in after[int(NORMAL_WITHIN) :] if it.of(503) or it.p99(200) > AS_BEFORE * usual.p99(200)]
    if len(late) > len(after[int(NORMAL_WITHIN) :]) / 2:
        report.slow.append(f"not as before after {NORMAL_WITHIN:.0f} seconds")
    return report


async def _probe(session: aiohttp.ClientSession, report: Report) -> None:
    while True:
        for path in OPERATING:
            async with session.get(path) as response:
                await response.read()
            report.probes += 1
            if response.status != 200:
                report.wrong.append(f"{path} answered {response.status}")
        await asyncio.sleep(0.1)


async def _requests(session: aiohttp.ClientSession, key: str) -> list[tuple[str, bytes]]:
    headers = {"Authorization": f"Bearer {key}"}

    async def data(query: str, **variables: object) -> dict[str, Any]:
        sent = {"query": query, "variables": variables}
        async with session.post("/graphql", json=sent, headers=headers) as response:
            found: dict[str, Any] = (await response.json())["data"]
        return found

    queries = [
        post(json.dumps({"query": QUERY, "variables": {"first": first}}).encode(), key)
        for first in (1, 3, 5, 1, 1, 3, 1, 5, 1)
    ]
    requests = []
    # Each mutation another quote: those of one quote wait for each other.
    for quote in (await data(QUERY, first=20))["quotes"]["nodes"]:
        if not (await data(MUTATION, quoteId=quote["id"]))["updateQuote"]["userErrors"]:
            body = json.dumps({"query": MUTATION, "variables": {"quoteId": quote["id"]}}).encode()
            requests += [*(("query", it) for it in queries), ("mutation", post(body, key))]
    return requests


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    # Its pauses would be measured as the server's.
    gc.disable()
    with asyncio.Runner(loop_factory=_uvloop()) as runner:
        report = runner.run(run(options.database, options.seconds))
    print(*report.phases, f"{report.probes:,} probes were answered meanwhile", sep="\n")
    problems = report.wrong + report.slow
    print(*(problems or ["All of it holds."]), sep="\n")
    return 1 if problems else 0


def _uvloop() -> type[asyncio.AbstractEventLoop] | None:
    """The load takes a core of its own with Python's loop."""
    try:
        import uvloop
    except ImportError:
        return None
    loop: type[asyncio.AbstractEventLoop] = uvloop.Loop
    return loop


if __name__ == "__main__":
    sys.exit(main())
