"""The emulated quote systems as those see them who work there, and what is compared of the quotes that they have."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from adapters.connections.exact_json import read_json
from adapters.connections.kitchen import records as kitchen
from adapters.connections.quick_quote import records as quick_quote
from adapters.connections.quipteams import quotes as quipteams
from adapters.connections.salesbyte import records as salesbyte
from app.emulators.store import Store
from domain.connections.records import ForeignQuote, Unread
from domain.connections.systems import System

# Below which path of an emulator the system answers, and what credentials it takes.
PATHS = {System.KITCHEN: "/api", System.QUICK_QUOTE: "/api/v1"}
CREDENTIALS: Mapping[System, Mapping[str, Any]] = {
    System.KITCHEN: {"kitchen": {"token": "a-token"}},
    System.SALESBYTE: {"salesbyte": {"token": "a-token"}},
    System.QUICK_QUOTE: {"quickQuote": {"apiKey": "a-key"}},
}
# At most so many calls a minute, unless a rate is asked for: nobody waits for a rate that is not what is measured.
NO_RATE = 1_000_000
READERS: Mapping[System, Callable[[Any], ForeignQuote | Unread]] = {
    System.QUIPTEAMS: quipteams.quote_of,
    System.KITCHEN: partial(kitchen.quote_of, workspace="https://workspace.example"),
    System.SALESBYTE: salesbyte.quote_of,
    System.QUICK_QUOTE: quick_quote.quote_of,
}


class Line(NamedTuple):
    """What is compared of an item."""

    external_id: str
    status: str
    price: Decimal | None


class Shown(NamedTuple):
    """What is compared of a quote: its status in the words of the system, and its items, in the order of their ids."""

    word: str
    lines: tuple[Line, ...]


@dataclass
class There:
    """One emulated system. In quipteams, a company of its own, so that each scenario has other quotes."""

    system: System
    url: str
    store: Path
    http: aiohttp.ClientSession
    company: str

    @property
    def base_url(self) -> str:
        return self.url + PATHS.get(self.system, "")

    @property
    def key(self) -> str:
        """The key of our connection."""
        return f"qk_live_{self.company}"

    @property
    def other_key(self) -> str:
        """The key of another client, which has a rate of its own."""
        return f"{self.key}2"

    def credentials(self, webhook_secret: str | None = None) -> Mapping[str, Any]:
        if self.system == System.QUIPTEAMS:
            return {"quipteams": {"token": self.key, "webhookSecret": webhook_secret}}
        return CREDENTIALS[self.system]

    async def begin(self, count: int) -> list[str]:
        """Gives the company its keys and its quotes. Returns their ids."""
        if self.system == System.QUIPTEAMS:
            for key in (self.key, self.other_key):
                await self.control("keys", {"key": key, "company": self.company})
            await self.control("limit", {"limit": NO_RATE})
        return list((await self.control("quotes", {"count": count}))["ids"]) if count else []

    async def control(self, what: str, body: Any, verb: str = "POST") -> Any:
        address = f"{self.url}/control/{what}"
        async with self.http.request(verb, address, json=body, params={"company": self.company}) as answer:
            assert answer.status in (200, 204), await answer.text()
            return await answer.json() if answer.status == 200 else None

    async def go_wrong(self, *faults: Mapping[str, Any]) -> None:
        async with self.http.post(f"{self.url}/faults", json=faults) as answer:
            assert answer.status == 204, await answer.text()

    async def go_right(self) -> None:
        async with self.http.delete(f"{self.url}/faults") as answer:
            assert answer.status == 204

    async def call(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A call to quipteams by another client of it: the status and the answer."""
        headers = {"Authorization": f"Bearer {self.other_key}"}
        async with self.http.request(verb, f"{self.url}/api/v1/{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def decide(self, order_id: str, item_id: str, action: str) -> bool:
        """Whether a decision that somebody makes there was taken."""
        return (await self.call("PATCH", f"quotes/{order_id}/items/{item_id}", {"action": action}))[0] == 200

    async def received(self) -> list[dict[str, Any]]:
        """The calls to the system, of whatever company."""
        async with self.http.get(f"{self.url}/received") as answer:
            found: list[dict[str, Any]] = await answer.json()
        return [it for it in found if not it["path"].startswith("/control")]

    async def effects(self) -> list[dict[str, Any]]:
        """What was done there outside the API because of decisions."""
        async with self.http.get(f"{self.url}/control/effects", params={"company": self.company}) as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def quotes(self) -> Mapping[str, Shown]:
        """What is compared of all quotes, by their ids."""
        records = await asyncio.to_thread(self._stored)
        return dict(_shown(READERS[self.system], it) for it in records)

    def _stored(self) -> Sequence[Mapping[str, Any]]:
        store = Store(self.store)
        try:
            found = store.all("quote")
        finally:
            store.close()
        if self.system == System.QUIPTEAMS:
            return [it for it in found if it["_company"] == f"{self.company}:live"]
        return [it["quote"] for it in found]


def _shown(read: Callable[[Any], ForeignQuote | Unread], stored: Mapping[str, Any]) -> tuple[str, Shown]:
    sent = {name: value for name, value in stored.items() if not name.startswith("_")}
    quote = read(read_json(json.dumps(sent).encode()))
    assert isinstance(quote, ForeignQuote), quote
    lines = (Line(it.external_id, str(it.status), it.price) for it in quote.items)
    return quote.external_id, Shown(quote.status_word, tuple(sorted(lines, key=lambda it: it.external_id)))
