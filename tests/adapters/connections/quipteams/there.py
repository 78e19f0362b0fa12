"""The emulated quipteams, and our side of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.connections.calls import TIMES, SystemCalls
from adapters.connections.quipteams.client import open_client
from adapters.connections.quipteams.system import Quipteams
from adapters.tenant_http.sessions import Times
from app.emulators.quipteams import QuipteamsEmulator
from app.emulators.store import Store
from domain.catalogue.products import ProductType, Specification
from domain.connections.records import ForeignItem, ForeignPerson, ForeignRecipient, RecordPage
from domain.connections.systems import Collection, Credentials
from domain.ports.connections import ConnectedSystem, NewForeignQuote
from tests.adapters.connections.quipteams import samples

KEY = "qk_live_0quipteams0key"
CREDENTIALS = Credentials(KEY, webhook_secret="5e" * 32)
HASTE = Times(connect=2.0, total=0.5)


class Clock:
    """The time that both sides go by. It stands still unless it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class There:
    """The emulated system as its people and a plain client see it; `system` and `client` are ours."""

    def __init__(self, url: str, session: aiohttp.ClientSession, calls: SystemCalls, clock: Clock) -> None:
        self.url = url
        self.session = session
        self.clock = clock
        self.client = open_client(calls, url, CREDENTIALS)
        self.system = Quipteams(self.client)

    async def call(self, verb: str, path: str, body: Any = None, key: str = KEY, **query: Any) -> tuple[int, Any, Any]:
        """The status, the body and the headers of an answer."""
        headers = {"Authorization": f"Bearer {key}"}
        async with self.session.request(
            verb, f"{self.url}/api/v1/{path}", json=body, params=query, headers=headers
        ) as answer:
            return answer.status, await answer.json(), answer.headers

    async def data(self, verb: str, path: str, body: Any = None, **query: Any) -> Any:
        """The data of a success."""
        status, answer, _ = await self.call(verb, path, body, **query)
        assert status < 300, answer
        return answer["data"]

    async def control(self, path: str, body: Any, verb: str = "POST") -> Any:
        async with self.session.request(verb, f"{self.url}/control/{path}", json=body) as answer:
            assert answer.status in (200, 204), await answer.text()
            return await answer.json() if answer.status == 200 else None

    async def add(self, kind: str, *records: dict[str, Any]) -> None:
        await self.control("records", {"kind": kind, "records": records})

    async def go_wrong(self, **fault: Any) -> None:
        async with self.session.post(f"{self.url}/faults", json=[fault]) as answer:
            assert answer.status == 204

    async def received(self) -> list[dict[str, Any]]:
        async with self.session.get(f"{self.url}/received") as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def new_quote(self, prices: Any = None, alternatives: int = 0, lines: int = 1) -> Any:
        """A quote as it is shown, priced by `prices` if there are some."""
        recipient = {"name": "Ana", "country": "Uruguay", "address": "Calle 1"}
        item = {"product_type": "Laptop", "specification": {"model": "XPS"}, "recipients": [recipient]}
        body = {"requester_email": "it@example.org", "items": [item] * lines}
        quote = await self.data("POST", "quotes", body)
        offered = {"*": [{"brand": "Dell", "model": f"XPS {number}"} for number in range(alternatives)]}
        await self.work(quote, alternatives=offered)
        if prices is not None:
            await self.work(quote, prices={"*": prices})
        return await self.data("GET", f"quotes/{quote['order_id']}")

    async def work(self, quote: Any, **done: Any) -> Any:
        return await self.control(f"quotes/{quote['order_id']}", done)


@asynccontextmanager
async def quipteams(directory: Path, times: Times = TIMES, pace: timedelta | None = None) -> AsyncIterator[There]:
    """The emulated quipteams, with its data in a directory."""
    clock, store = Clock(), Store(directory / "quipteams.sqlite3")
    emulator = QuipteamsEmulator(store, pace, clock)
    try:
        async with (
            TestServer(emulator.app()) as server,
            aiohttp.ClientSession() as session,
            SystemCalls(clock, loopback=True, times=times) as calls,
        ):
            yield There(str(server.make_url("")).rstrip("/"), session, calls, clock)
    finally:
        store.close()


@asynccontextmanager
async def receiver(status: int = 200) -> AsyncIterator[tuple[str, list[tuple[Any, bytes]]]]:
    """A receiver of webhooks: its URL, and the headers and bodies it got."""
    got: list[tuple[Any, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((request.headers.copy(), await request.read()))
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/hook", take)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/hook")), got


def several(number: int) -> list[dict[str, Any]]:
    """Quotes that were created and changed one minute after the other."""
    return [numbered(place) for place in range(number)]


def numbered(place: int, **values: Any) -> dict[str, Any]:
    at = f"2026-03-{10 + place // 1_440:02}T{place // 60 % 24:02}:{place % 60:02}:00.000Z"
    ids = {"order_id": str(1_773_000_000_000 + place), "id": f"00000000-0000-4000-8000-{place:012}"}
    return {**deepcopy(samples.QUOTE), **ids, "created_at": at, "updated_at": at, **values}


async def all_pages(
    system: ConnectedSystem,
    collection: Collection = Collection.QUOTES,
    since: datetime | None = None,
    between: Callable[[int], Any] | None = None,
) -> list[Any]:
    """All pages; `between` is called after each of them with its number."""
    pages: list[RecordPage] = [await system.page(collection, since, None)]
    while (cursor := pages[-1].cursor) is not None:
        if between is not None:
            await between(len(pages))
        pages.append(await system.page(collection, since, cursor))
    return pages


def ids_of(pages: list[RecordPage]) -> list[str]:
    return [it.external_id for page in pages for it in page.records]


def a_recipient(**fields: Any) -> ForeignRecipient:
    base: dict[str, Any] = {"external_id": "", "name": "Ana", "country": "Uruguay"}
    return ForeignRecipient(**{**base, **fields})


def an_item(**fields: Any) -> ForeignItem:
    base: dict[str, Any] = {
        "external_id": "",
        "product_type": ProductType.LAPTOP,
        "specification": Specification("Dell", "XPS"),
    }
    return ForeignItem(**{"external_id": "", **base, "recipients": (a_recipient(),), **fields})


def a_new_quote(*items: ForeignItem, **fields: Any) -> NewForeignQuote:
    return NewForeignQuote("our-1", ForeignPerson("IT", "it@example.org"), tuple(items) or (an_item(),), **fields)
