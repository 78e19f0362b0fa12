"""The emulated BambooHR over real HTTP, and a client of it, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from adapters.bamboohr import BambooDirectory
from app.emulators.bamboohr import BambooEmulator
from app.emulators.store import Store


class Bamboo:
    """The emulated BambooHR, and a client of it."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session

    def directory(self, key: str = "a key", timeout: float = 10.0, attempts: int = 1) -> BambooDirectory:
        return BambooDirectory(f"{self.url}/api/v1", key, self.session, timeout, (0.0,) * (attempts - 1))

    async def tell(self, **person: Any) -> None:
        async with self.session.post(f"{self.url}/control/people", json=person) as answer:
            assert answer.status == 200

    async def hide(self, *fields: str) -> None:
        """Let the key read none of these fields any more."""
        async with self.session.post(f"{self.url}/control/key", json={"mayNotRead": fields}) as answer:
            assert answer.status == 200

    async def go_wrong(self, **fault: Any) -> None:
        async with self.session.post(f"{self.url}/faults", json=[fault]) as answer:
            assert answer.status == 204

    async def get_well(self) -> None:
        async with self.session.delete(f"{self.url}/faults") as answer:
            assert answer.status == 204

    async def received(self) -> list[Any]:
        async with self.session.get(f"{self.url}/received") as answer:
            found: list[Any] = await answer.json()
            return found

    async def asked(self, hris_id: str) -> list[Any]:
        """The requests for one person."""
        return [it for it in await self.received() if it["path"].endswith(f"/employees/{hris_id}")]


@asynccontextmanager
async def a_bamboo(directory: Path) -> AsyncIterator[Bamboo]:
    store = Store(directory / "bamboohr.sqlite3")
    try:
        async with TestServer(BambooEmulator(store).app()) as server, aiohttp.ClientSession() as session:
            yield Bamboo(str(server.make_url("")).rstrip("/"), session)
    finally:
        store.close()
