"""A polite client of a server that is attacked: how long its small queries take, and the memory of the server.

Attacks run in processes of their own, so that they take no time from the client.
"""

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from domain.shared.access import CUSTOMER_SCOPES
from tests.e2e.processes import free_port, running, until_ready
from tests.faults.idle_sockets import memory, processor_seconds
from tests.faults.open_loop import Load, Outcome, percentile, post
from tests.faults.prepared import prepared

# A query may take twice as long as usual while somebody attacks, or this long.
SLOWER, ENOUGH_MS = 2.0, 50.0
# The memory that a server may keep after an attack.
MORE_MEMORY = 1.1
SMALL = "{ viewer { environment } quotes(first: 2) { nodes { id orderId status } } }"


@dataclass
class Attacked:
    """A server of its own with the data of the seed, and a hostile key. `polite` sends small queries of other keys in
    turn."""

    port: int
    pid: int
    log: Path
    hostile: str
    polite: Load
    http: aiohttp.ClientSession

    async def p99(self, seconds: float, rate: float) -> "Times":
        return Times(await self.polite.at_rate(rate, seconds), memory(self.pid), processor_seconds(self.pid))


@dataclass
class Times:
    """What a polite client has seen, and the memory (KiB) and processor time of the server after it."""

    outcomes: Sequence[Outcome]
    memory: float
    processor: float

    @property
    def p99(self) -> float:
        return percentile([it.seconds for it in self.outcomes if it.status == 200], 0.99)

    @property
    def p50(self) -> float:
        return percentile([it.seconds for it in self.outcomes if it.status == 200], 0.5)

    @property
    def lost(self) -> int:
        return sum(it.status != 200 or b'"errors"' in it.body for it in self.outcomes)


@dataclass
class Row:
    """One attack, what was answered to it how often, and the polite client before, during and after it."""

    name: str
    before: Times
    during: Times
    after: Times
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if lost := self.during.lost + self.after.lost:
            self.wrong.append(f"{self.name}: {lost:,} polite requests were refused or not answered")

    @property
    def slow(self) -> list[str]:
        usual, found = self.before.p99, list[str]()
        if self.during.p99 > max(SLOWER * usual, ENOUGH_MS):
            found.append(f"{self.name}: p99 {self.during.p99:.0f} ms, {self.during.p99 / usual:.1f} times as long")
        if self.after.memory > MORE_MEMORY * self.before.memory:
            found.append(f"{self.name}: {(self.after.memory - self.before.memory) / 1024:.0f} MiB more after it")
        return found

    def __str__(self) -> str:
        usual = max(self.before.p99, 0.001)
        return (
            f"{self.name:<44}p99 {self.before.p99:6.1f} ms {self.during.p99:8.1f} ms  x {self.during.p99 / usual:5.1f}"
            f"   p50 {self.before.p50:5.1f} {self.during.p50:6.1f} ms"
            f"   {self.before.memory / 1024:5.0f} {self.during.memory / 1024:5.0f} {self.after.memory / 1024:5.0f} MiB"
        )


@asynccontextmanager
async def attacked(polite: int, **settings: object) -> AsyncIterator[Attacked]:
    """A server on SQLite with a hostile key, and so many polite ones."""
    with tempfile.TemporaryDirectory() as directory:
        files = Path(directory)
        url, port = f"sqlite+aiosqlite:///{files}/quotegraph.db", free_port()
        hostile, *others = await prepared(url, [(CUSTOMER_SCOPES, None)] * (1 + polite))
        usual = {"database_url": url, "worker": "off", "log_level": "warning", "rate_limit": "off"}
        words = ("serve", "--port", str(port))
        async with (
            running(files / "log", *words, **usual | settings) as server,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
        ):
            await until_ready(http, "")
            load = Load(port, [("small", post(json.dumps({"query": SMALL}).encode(), it)) for it in others])
            try:
                await load.open(polite)
                await load.closed(1, 1)
                yield Attacked(port, server.pid, files / "log", hostile, load, http)
            finally:
                load.close()


@asynccontextmanager
async def attacking(module: str, *words: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """An attack in a process of its own, until the block ends. It prints a line when it begins, and may print what is
    answered how often."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *map(str, words), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        # It says when it begins.
        await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def under_attack(server: Attacked, name: str, module: str, *words: object, seconds: float, rate: float) -> Row:
    """Measures before an attack, while it lasts, and after it."""
    before = await server.p99(seconds, rate)
    async with attacking(module, *words) as attack:
        during = await server.p99(seconds, rate)
    assert attack.stdout is not None
    answers = Counter[str]()
    for line in (await attack.stdout.read()).splitlines():
        # It may have been ended while it wrote the last one.
        with suppress(ValueError):
            answers.update(json.loads(line))
    await asyncio.sleep(min(2.0, seconds))
    return Row(name, before, during, await server.p99(seconds, rate), answers)
