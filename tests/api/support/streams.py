"""A client of server-sent events, plain enough to see every line."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientResponse

from tests.api.support.running import Running, without_cost
from tests.patience import PATIENCE


class Stream:
    """The events of one answer."""

    def __init__(self, answer: ClientResponse) -> None:
        self.answer = answer
        # What a browser would send as `Last-Event-ID`.
        self.last_id: str | None = None

    async def next(self) -> tuple[str, Any]:
        """The name and data of the next event; what is not an event is passed over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                lines = (await self.answer.content.readuntil(b"\n\n")).decode().strip("\n").split("\n")
                fields = {name: value.strip() for name, _, value in (it.partition(":") for it in lines)}
                self.last_id = fields.get("id", self.last_id)
                if "event" in fields:
                    return fields["event"], _read(fields["data"])

    async def ended(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            return await self.answer.content.read() == b""


def _read(text: str) -> Any:
    """The data of an event, without what it cost."""
    sent = json.loads(text) if text else None
    if isinstance(sent, dict) and "payload" in sent:
        return {**sent, "payload": without_cost(sent["payload"])[0]}
    return without_cost(sent)[0]


@asynccontextmanager
async def streamed(
    api: Running, query: str, key: str | None = None, headers: Mapping[str, str] | None = None, **variables: Any
) -> AsyncIterator[Stream]:
    """An operation on a connection of its own."""
    sent = {"Authorization": f"Bearer {key or api.customer}", "Accept": "text/event-stream", **(headers or {})}
    async with api.http.post(api.url, json={"query": query, "variables": variables}, headers=sent) as answer:
        yield Stream(answer)
