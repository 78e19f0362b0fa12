"""Mutations sent many times at once while servers are killed: `python -m tests.faults.idempotency [--keys N]
[--database sqlite] [--seed N]`.

Two servers work on one database and get SIGKILL at random moments. For each idempotency key several clients send the
same `createQuote` at once, to either server, and each sends it again until it is answered. Then some keys are sent with
other input, some after they have expired, and the expired ones are purged. The exit code tells whether each key was
executed once, and all of its answers are alike.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.fernet import Fernet
from sqlalchemy import func, select, update

from adapters.database.core.engine import Database, open_database
from adapters.database.idempotency.tables import idempotency_keys
from adapters.database.quotes.tables import quotes
from adapters.database.retention import RetentionPeriods, SqlRetention
from domain.shared.access import Scope
from tests.e2e.processes import free_port, until_ready
from tests.faults.books import Report
from tests.faults.kills import ITEM, Process
from tests.faults.prepared import prepared
from tests.postgres import new_postgres_database

SERVERS = 2
# How often each mutation is sent at once, and how many keys are in use at a time.
COPIES = 5
CLIENTS = 4
# How many keys are tried with other input and after they have expired.
TRIED_AGAIN = 20
ANSWERED_IN = 300
CREATE = """mutation($input: CreateQuoteInput!) {
  createQuote(input: $input) { quote { id orderId items { id } } userErrors { message } }
}"""


@dataclass
class Fire:
    """One run: its servers, and what was answered for each key."""

    http: aiohttp.ClientSession
    servers: list[Process]
    key: str
    chance: random.Random
    answers: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    sent: int = 0

    @property
    def kills(self) -> int:
        return sum(it.kills for it in self.servers)

    async def kill(self, least: float, most: float, times: int) -> None:
        """Kill one of the servers after another, at random moments, so many times."""
        while self.kills < times:
            server = self.chance.choice(self.servers)
            await server.up.wait()
            await asyncio.sleep(self.chance.uniform(least, most))
            server.kill()

    async def create(self, numbers: Iterator[int]) -> None:
        """Send the mutation of each number by all copies at once."""
        for number in numbers:
            await asyncio.gather(*(self._copy(f"key-{number}") for _ in range(COPIES)))

    async def _copy(self, name: str) -> None:
        self.answers[name].append(await self.call(name, poNumber=name))

    async def call(self, name: str, **given: Any) -> Any:
        """The answer for a key, as soon as there is one."""
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": name}
        draft = {"requesterEmail": "it@fire.example", "items": [ITEM], **given}
        body = {"query": CREATE, "variables": {"input": draft}}
        async with asyncio.timeout(ANSWERED_IN):
            while True:
                self.sent += 1
                port = self.chance.choice(self.servers).settings["port"]
                try:
                    url = f"http://127.0.0.1:{port}/graphql"
                    async with self.http.post(url, json=body, headers=headers) as response:
                        answer = await response.json()
                    if not _is_temporary(response.status, answer):
                        return answer
                except (aiohttp.ClientError, ConnectionError, TimeoutError):
                    pass
                await asyncio.sleep(0.05)


def _is_temporary(status: int, answer: Any) -> bool:
    codes = {it["extensions"]["code"] for it in answer.get("errors", ())}
    return status >= 500 or bool(codes & {"SERVICE_UNAVAILABLE", "INTERNAL_ERROR", "OVERLOADED"})


async def run(keys: int, database: str, seed: int, kills: int, lives: tuple[float, float] = (0.3, 3.0)) -> Report:
    """Run on a new database of this kind, and count."""
    report = Report()
    with tempfile.TemporaryDirectory() as directory:
        url = new_postgres_database() if database == "postgresql" else f"sqlite+aiosqlite:///{directory}/quotegraph.db"
        print(f"\n{database}, seed {seed}", flush=True)
        async with _servers(Path(directory), url, random.Random(seed)) as fire:
            began, killing = time.monotonic(), asyncio.create_task(fire.kill(*lives, times=kills))
            numbers = iter(range(keys))
            await asyncio.gather(*(fire.create(numbers) for _ in range(CLIENTS)))
            while fire.kills < kills:
                await fire.create(iter([keys + len(fire.answers)]))
            killing.cancel()
            report.figure("seconds", round(time.monotonic() - began))
            stored = open_database(url)
            try:
                await _count(report, fire, stored)
                await _try_again(report, fire, stored)
            finally:
                await stored.close()
    return report


async def _count(report: Report, fire: Fire, stored: Database) -> None:
    """Each key was executed once, and its answers are alike: at most one of them is not marked as a replay, which is
    lost where the server was killed between the commit and the answer."""
    everything = [it for answers in fire.answers.values() for it in answers]
    firsts = Counter({name: sum("extensions" not in it for it in found) for name, found in fire.answers.items()})
    unlike = [name for name, found in fire.answers.items() if any(it["data"] != found[0]["data"] for it in found)]
    made = await _made(stored)
    report.figure("kills of servers", fire.kills)
    report.figure("requests that were sent", fire.sent)
    report.figure("keys", len(fire.answers))
    report.figure("answers", len(everything), len(everything) == COPIES * len(fire.answers))
    report.figure(
        "  that are errors", sum("errors" in it for it in everything), all("errors" not in it for it in everything)
    )
    report.figure("  that are marked as replays", sum(map(_is_replay, everything)))
    report.figure(
        "keys with two answers that are no replays", sum(it > 1 for it in firsts.values()), max(firsts.values()) <= 1
    )
    report.figure("keys whose first answer was lost", sum(it == 0 for it in firsts.values()))
    report.figure("keys with unlike answers", len(unlike), not unlike)
    report.figure("keys that were executed twice", sum(it > 1 for it in made.values()), max(made.values()) == 1)
    report.figure("keys that were not executed", len(fire.answers.keys() - made), made.keys() == fire.answers.keys())


async def _try_again(report: Report, fire: Fire, stored: Database) -> None:
    """The same keys with other input, after they have expired, and once they are purged."""
    names = list(fire.answers)[: min(TRIED_AGAIN, len(fire.answers) // 2)]
    other = [await fire.call(it, poNumber="other") for it in names]
    clashes = sum([it["extensions"]["code"] for it in answer.get("errors", ())] == ["CONFLICT"] for answer in other)
    report.figure("keys that clash with other input", clashes, clashes == len(names))
    of = idempotency_keys.c
    async with stored.write.begin() as connection:
        long_ago = datetime.now(UTC) - timedelta(hours=24, minutes=1)
        await connection.execute(update(idempotency_keys).values(created_at=long_ago))
    renewed = [await fire.call(it, poNumber=f"again {it}") for it in names]
    new = sum("errors" not in it and not _is_replay(it) for it in renewed)
    report.figure("expired keys that are new ones", new, new == len(names))
    purged = (await SqlRetention(stored, RetentionPeriods()).purge(datetime.now(UTC), _no_pause))["idempotency_keys"]
    report.figure("expired keys that are purged", purged, purged == len(fire.answers) - len(names))
    async with stored.read.connect() as connection:
        left = (await connection.execute(select(func.count()).where(of.key.like("key-%")))).scalar_one()
    report.figure("keys that are left", left, left == len(names))
    again = [await fire.call(it, poNumber=f"again {it}") for it in names]
    replayed = sum(_is_replay(it) for it in again)
    report.figure("new ones that are replayed", replayed, replayed == len(names))


async def _no_pause() -> None:
    return


async def _made(stored: Database) -> Counter[str]:
    """How many quotes there are for each key."""
    counted = select(quotes.c.po_number, func.count().label("times")).group_by(quotes.c.po_number)
    async with stored.read.connect() as connection:
        return Counter({str(it.po_number): int(it.times) for it in await connection.execute(counted)})


def _is_replay(answer: Any) -> bool:
    return bool(answer.get("extensions", {}).get("idempotentReplay"))


@asynccontextmanager
async def _servers(directory: Path, url: str, chance: random.Random) -> AsyncIterator[Fire]:
    """A prepared database, and servers that are started again whenever they end."""
    settings = {
        "database_url": url,
        "worker": "off",
        "secret_key": Fernet.generate_key().decode(),
        "rate_limit": "off",
        "max_emails_per_hour": 1_000_000,
    }
    [key] = await prepared(url, [((Scope.QUOTES_READ, Scope.QUOTES_WRITE), "FIRE")], ["FIRE"])
    servers = [
        Process(directory / f"{it}.log", ("serve",), "quotegraph serves", {**settings, "port": free_port()})
        for it in range(SERVERS)
    ]
    tasks = [asyncio.create_task(it.run()) for it in servers]
    async with aiohttp.ClientSession() as http:
        try:
            for it in servers:
                await until_ready(http, f"http://127.0.0.1:{it.settings['port']}")
            yield Fire(http, servers, key, chance)
        except BaseException:
            for it in servers:
                print(it.log.read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            for it in servers:
                it.stop()
            await asyncio.wait(tasks)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--keys", type=int, default=250, help=f"how many; each is sent {COPIES} times at once")
    reader.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="by default both")
    reader.add_argument("--seed", type=int, default=16)
    given = reader.parse_args()
    databases = given.database or ["sqlite", "postgresql"]
    reports = [asyncio.run(run(given.keys, it, given.seed, kills=20)) for it in databases]
    sys.exit(1 if any(it.wrong for it in reports) else 0)
