"""How the tests of the clients reach the emulators, and make them or other servers misbehave."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.emulators import start_emulators


class Emulated:
    """One running emulator, seen from outside. `urls` has all of them."""

    def __init__(self, name: str, urls: Mapping[str, str], session: aiohttp.ClientSession) -> None:
        self.url = urls[name]
        self.urls = urls
        self.session = session

    async def received(self) -> Any:
        async with self.session.get(f"{self.url}/received") as answer:
            return await answer.json()

    async def go_wrong(self, **fault: Any) -> None:
        async with self.session.post(f"{self.url}/faults", json=[fault]) as answer:
            assert answer.status == 204

    async def control(self, order_id: str, **changes: Any) -> Any:
        """Say what becomes of an order at the emulated Tecspal, by its id or by ours; the order as it is then."""
        async with self.session.post(f"{self.url}/control/orders/{order_id}", json=changes) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def call(self, verb: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        async with self.session.request(verb, self.url + path, json=body, **options) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def emulated(name: str, directory: Path) -> AsyncIterator[Emulated]:
    """The emulators on this directory, as long as the context lasts."""
    async with await start_emulators(directory) as emulators, aiohttp.ClientSession() as session:
        yield Emulated(name, emulators.urls, session)


@asynccontextmanager
async def answering(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> AsyncIterator[str]:
    """The address of a vendor that has only this to say."""
    text = body if isinstance(body, str) else json.dumps(body)

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text, status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")
