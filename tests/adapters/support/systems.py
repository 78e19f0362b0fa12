"""The emulated quote systems over real HTTP, and a client of each, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from adapters.connections.calls import SystemCalls
from adapters.connections.systems import Systems
from adapters.tenant_http.sessions import Times
from app.emulators.store import Store
from app.emulators.systems import SystemEmulator
from domain.connections.records import ForeignQuote, Unread
from domain.connections.systems import Collection, Credentials, System
from domain.ports.connections import ConnectedSystem

UUID = "6f6d3f6e-0d0c-4a4e-9a53-3f7f5a9d2b11"
CREDENTIALS = Credentials("a token of the system", uuid=UUID, profile_id=12)


class EmulatedSystem:
    """An emulated system, seen from outside."""

    def __init__(self, system: System, url: str, session: aiohttp.ClientSession) -> None:
        self.system = system
        self.url = url
        self.session = session
        self.calls = SystemCalls(lambda: datetime.now(UTC), loopback=True, times=Times(connect=1.0, total=0.5))

    def client(self, path: str = "", credentials: Credentials = CREDENTIALS) -> ConnectedSystem:
        return Systems(self.calls).open(self.system, self.url + path, credentials)

    async def add(self, *quotes: dict[str, Any]) -> list[str]:
        """Adds quotes that differ from the ordinary one in these fields, and returns their ids."""
        ids: list[str] = (await self.control("quotes", list(quotes)))["ids"]
        return ids

    async def add_many(self, count: int) -> list[str]:
        ids: list[str] = (await self.control("quotes", {"count": count}))["ids"]
        return ids

    async def control(self, what: str, body: Any) -> Any:
        async with self.session.post(f"{self.url}/control/{what}", json=body) as answer:
            assert answer.status in (200, 204), await answer.text()
            return await answer.json() if answer.status == 200 else None

    async def delete(self, quote_id: str) -> None:
        async with self.session.delete(f"{self.url}/control/quotes/{quote_id}") as answer:
            assert answer.status == 204

    async def go_wrong(self, **fault: Any) -> None:
        async with self.session.post(f"{self.url}/faults", json=[fault]) as answer:
            assert answer.status == 204

    async def received(self) -> list[Any]:
        async with self.session.get(f"{self.url}/received") as answer:
            found: list[Any] = await answer.json()
            return found


@asynccontextmanager
async def emulated_system(
    system: System, emulator: type[SystemEmulator], directory: Path
) -> AsyncIterator[EmulatedSystem]:
    store = Store(directory / "system.sqlite3")
    try:
        async with TestServer(emulator(store).app()) as server, aiohttp.ClientSession() as session:
            running = EmulatedSystem(system, str(server.make_url("")).rstrip("/"), session)
            async with running.calls:
                yield running
    finally:
        store.close()


async def read_all(
    client: ConnectedSystem, since: datetime | None = None, most_pages: int = 1_000
) -> list[ForeignQuote | Unread]:
    """All quotes, page by page."""
    found: list[Any] = []
    cursor = None
    for _ in range(most_pages):
        page = await client.page(Collection.QUOTES, since, cursor)
        found += page.records
        if (cursor := page.cursor) is None:
            return found
    raise AssertionError("The pages have no end.")


def ids_of(records: list[ForeignQuote | Unread]) -> list[str]:
    return [it.external_id for it in records]


def only(record: ForeignQuote | Unread | None) -> ForeignQuote:
    """A record that could be read."""
    assert isinstance(record, ForeignQuote), record
    return record


def reasons(quote: ForeignQuote | Unread) -> dict[str, str]:
    """The flaws of a quote: the reason of each path."""
    return {it.path: it.reason for it in only(quote).flaws}
