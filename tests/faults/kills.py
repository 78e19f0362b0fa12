"""Servers and workers killed while people accept: `python -m tests.faults.kills [--accepts N] [--database sqlite]`.

A server and a worker run as processes of their own and get SIGKILL at random moments, while clients create, price and
accept quotes, each call repeated under its idempotency key until it is answered. Emulators stand for the vendors, a
receiver in this process for an endpoint of the company. Then everything is left to finish, and the books are compared:
one vendor order an accept, and each event of the log delivered, or its delivery failed with a reason. The exit code
tells whether they agree.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.fernet import Fernet

from domain.shared.access import Scope
from domain.shared.events import EventType
from domain.webhooks.event_types import CATALOGUE
from tests.e2e.processes import command, eventually, free_port, running, until_ready, written
from tests.faults.books import Books, Report, compared, read
from tests.faults.receiver import Receiver
from tests.postgres import new_postgres_database

CLIENTS = 4
# How long everything may take to finish once nothing is killed any more: a delivery that failed twice waits 5 minutes.
FINISHED_IN = 900
# created, pending, item accepted, approved, and the vendor's order placed
DELIVERIES_EACH = 5
OPERATOR = (
    Scope.QUOTES_READ,
    Scope.QUOTES_WRITE,
    Scope.QUOTES_DECIDE,
    Scope.QUOTES_MANAGE,
    Scope.WEBHOOKS_MANAGE,
    Scope.EMPLOYEES_READ,
    Scope.PRODUCTS_READ,
)
CREATE = """
mutation($input: CreateQuoteInput!) { createQuote(input: $input) { quote { items { id } } userErrors { message } } }
"""
PRICE = "mutation($input: PriceItemInput!) { priceItem(input: $input) { quote { id } userErrors { message } } }"
ACCEPT = "mutation($input: AcceptItemInput!) { acceptItem(input: $input) { quote { id } userErrors { message } } }"
ENDPOINT = """
mutation($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) { secret userErrors { message } }
}
"""
ITEM = {
    "device": {"custom": {"productType": "LAPTOP", "specification": {"brand": "Apple", "model": "MacBook Pro 14"}}},
    "recipients": [
        {
            "name": "Ana Rodríguez",
            "email": "ana@people.example",
            "phoneNumber": "+59899123456",
            "country": "UY",
            "address": "18 de Julio 1234",
            "city": "Montevideo",
            "postalCode": "11100",
        }
    ],
}
DETAILS = {
    "--country": "UY",
    "--legal-number": "211111110019",
    "--contact-email": "it@kills.example",
    "--phone": "+59829001234",
}


@dataclass(frozen=True)
class Lives:
    """How long a process works before it is killed, in seconds, and how many are killed at least."""

    shortest: float = 0.1
    longest: float = 3.0
    least_kills: int = 20


@dataclass
class Process:
    """A command that is started again whenever it ends. It is `up` once it has logged that it has begun its work."""

    log: Path
    words: Sequence[str]
    begun: str
    settings: dict[str, Any]
    kills: int = 0
    # What it logged in earlier lives.
    past: str = ""
    up: asyncio.Event = field(default_factory=asyncio.Event)
    _current: asyncio.subprocess.Process | None = None
    _stopping: bool = False

    @property
    def pid(self) -> int | None:
        """The id of the process that runs now."""
        return None if self._current is None else self._current.pid

    async def run(self) -> None:
        while not self._stopping:
            self.log.write_text("")
            async with running(self.log, *self.words, **self.settings) as self._current:
                noticing = asyncio.create_task(self._notice())
                await self._current.wait()
                noticing.cancel()
                self.up.clear()
            self.past += self.log.read_text()

    async def _notice(self) -> None:
        await eventually(lambda: self.begun in self.log.read_text())
        self.up.set()

    def kill(self) -> None:
        if self.up.is_set() and self._current is not None and self._current.returncode is None:
            self._current.send_signal(signal.SIGKILL)
            self.up.clear()
            self.kills += 1

    def stop(self) -> None:
        self._stopping = True
        if self._current is not None and self._current.returncode is None:
            self._current.terminate()


@dataclass
class Client:
    """Calls mutations until they are answered, as a careful front end does."""

    http: aiohttp.ClientSession
    url: str
    key: str
    retries: int = 0

    async def call(self, mutation: str, idempotency_key: str, **given: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": idempotency_key}
        body = {"query": mutation, "variables": {"input": given}}
        async with asyncio.timeout(FINISHED_IN):
            while True:
                try:
                    async with self.http.post(self.url, json=body, headers=headers) as response:
                        answer = await response.json()
                    if response.status == 200 and "errors" not in answer:
                        return self._payload(answer)
                    if response.status < 500 and _code(answer) not in ("SERVICE_UNAVAILABLE", "INTERNAL_ERROR"):
                        raise AssertionError(answer)
                except (aiohttp.ClientError, ConnectionError, TimeoutError):
                    pass
                self.retries += 1
                await asyncio.sleep(0.1)

    def _payload(self, answer: Any) -> dict[str, Any]:
        (payload,) = answer["data"].values()
        assert payload["userErrors"] == [], payload
        found: dict[str, Any] = payload
        return found


def _code(answer: Any) -> str | None:
    found = answer.get("errors") or [{}]
    code: str | None = found[0].get("extensions", {}).get("code")
    return code


@dataclass
class Kills:
    """One run: its processes, and what was done."""

    server: Process
    worker: Process
    chance: random.Random
    lives: Lives
    accepted: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.server.kills + self.worker.kills >= self.lives.least_kills

    async def kill(self) -> None:
        """Kill one of the processes after another, at random moments."""
        while True:
            process = self.chance.choice((self.server, self.worker))
            await process.up.wait()
            await asyncio.sleep(self.chance.uniform(self.lives.shortest, self.lives.longest))
            process.kill()

    async def accept(self, client: Client, numbers: Iterator[int]) -> None:
        for number in numbers:
            draft = {"requesterEmail": "it@kills.example", "items": [ITEM]}
            quote = (await client.call(CREATE, f"create-{number}", **draft))["quote"]
            item = quote["items"][0]["id"]
            price = {"amount": "1450.00", "currencyCode": "USD"}
            await client.call(PRICE, f"price-{number}", itemId=item, price=price)
            await client.call(ACCEPT, f"accept-{number}", itemId=item)
            self.accepted.append(item)


async def run(accepts: int, database: str, seed: int, lives: Lives = Lives()) -> Report:
    """Run on a new database of this kind, and compare the books."""
    with tempfile.TemporaryDirectory() as directory:
        url = new_postgres_database() if database == "postgresql" else f"sqlite+aiosqlite:///{directory}/quotegraph.db"
        receiver = Receiver()
        async with receiver.listening() as address, _parts(Path(directory), url) as (server, worker, client, tecspal):
            kills, started = Kills(server, worker, random.Random(seed), lives), time.monotonic()
            await until_ready(client.http, client.url.removesuffix("/graphql"))
            made = await client.call(ENDPOINT, "endpoint", url=address, events=["*"])
            receiver.secrets.append(made["secret"])
            killing = asyncio.create_task(kills.kill())
            numbers = iter(range(accepts))
            await asyncio.gather(*(kills.accept(client, numbers) for _ in range(CLIENTS)))
            enough = accepts * DELIVERIES_EACH * 0.95
            await eventually(lambda: kills.done and len(receiver.times) >= enough, FINISHED_IN)
            killing.cancel()
            books = await _finished(url)
            print(f"\n{database}, seed {seed}: {time.monotonic() - started:.0f} s", flush=True)
            report = compared(books, await orders_at(client.http, tecspal), receiver, _wanted, len(kills.accepted))
            for name, figure in {
                "kills of the server": kills.server.kills,
                "kills of the worker": kills.worker.kills,
                "calls that were sent again": client.retries,
            }.items():
                report.figure(name, figure)
            return report


async def _finished(url: str) -> Books:
    """The books once nothing is left to do, or what there is after `FINISHED_IN` seconds."""

    async def finished() -> bool:
        return (await read(url)).finished

    with suppress(TimeoutError):
        await eventually(finished, FINISHED_IN)
    return await read(url)


@asynccontextmanager
async def _parts(directory: Path, url: str) -> AsyncIterator[tuple[Process, Process, Client, str]]:
    """The emulators, a prepared database, and a server and a worker that are started again whenever they end."""
    log, data, port = directory / "log", directory / "emulators", free_port()
    async with running(log, "emulators", "--data", str(data)), aiohttp.ClientSession() as http:
        emulators = await written(data / "emulators.json")
        settings = settings_of(url, emulators) | {"port": port}
        key = await prepared(settings)
        server = Process(directory / "server.log", ("serve",), "quotegraph serves", {**settings, "worker": "off"})
        worker = Process(directory / "worker.log", ("worker",), "quotegraph runs jobs", settings)
        running_parts = [asyncio.create_task(it.run()) for it in (server, worker)]
        try:
            yield server, worker, Client(http, f"http://127.0.0.1:{port}/graphql", key), emulators["tecspal"]
        except BaseException:
            for process in (server, worker):
                print(process.log.read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            for process in (server, worker):
                process.stop()
            await asyncio.wait(running_parts)


def settings_of(url: str, emulators: dict[str, str]) -> dict[str, Any]:
    return {
        "database_url": url,
        "tecspal_url": emulators["tecspal"],
        "tecspal_token": "a-token",
        "tecspal_tenant_id": "a-tenant",
        "asana_url": emulators["asana"],
        "asana_token": "a-token",
        "smtp_url": emulators["smtp"],
        "vendor_timeout": 2,
        "job_lease_seconds": 5,
        "settle_seconds": 4,
        # As a killed server leaves calls of unknown outcome, some jobs need many attempts.
        "retry_delays": ",".join(["0.2", "0.5", *["1"] * 60]),
        "max_emails_per_hour": 1_000_000,
        # The vendor has no news: what is polled would be events that nobody counts on.
        "look_seconds": 3600,
        "secret_key": Fernet.generate_key().decode(),
        "allow_loopback_webhooks": True,
    }


async def prepared(settings: dict[str, Any]) -> str:
    """Migrate, and create a company whose orders can be placed. Returns a key of it that may do everything."""
    details = [word for pair in DETAILS.items() for word in pair]
    scopes = [word for scope in OPERATOR for word in ("--scope", str(scope))]
    for words in (
        ["migrate"],
        ["companies", "create", "KILLS", "Kills"],
        ["companies", "describe", "KILLS", *details],
        ["keys", "create", "--company", "KILLS", *scopes, "--json"],
    ):
        code, output, errors = await command(*words, **settings)
        assert code == 0, errors
    return str(json.loads(output)["key"])


def _wanted(type_: EventType) -> bool:
    # The key was made before the endpoint.
    return type_ is not EventType.API_KEY_CREATED and any(type_ in it.events for it in CATALOGUE)


async def orders_at(http: aiohttp.ClientSession, tecspal: str) -> Counter[str]:
    """How many orders the vendor made for each of ours."""
    async with http.get(f"{tecspal}/received") as response:
        received = await response.json()
    made = (
        it["body"]["data"]["hardwares"]
        for it in received
        if (it["method"], it["path"]) == ("POST", "/orders/quote") and 200 <= (it["status"] or 0) < 300
    )
    return Counter(str(line["externalItemId"]) for lines in made for line in lines)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--accepts", type=int, default=1000, help="how many; each makes five deliveries")
    reader.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="by default both")
    reader.add_argument("--seed", type=int, default=14)
    given = reader.parse_args()
    reports = [asyncio.run(run(given.accepts, it, given.seed)) for it in given.database or ("sqlite", "postgresql")]
    sys.exit(1 if any(it.wrong for it in reports) else 0)
