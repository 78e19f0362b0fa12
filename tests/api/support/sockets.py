"""A client of graphql-transport-ws, plain enough to say anything."""

import asyncio
import itertools
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.api.support.running import Running, without_cost
from tests.patience import PATIENCE


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


def _without_cost(message: Any) -> Any:
    return {**message, "payload": without_cost(message["payload"])[0]} if message.get("type") == "next" else message


class Socket:
    """One connection; messages of several operations are told apart by their ids."""

    def __init__(self, raw: ClientWebSocketResponse) -> None:
        self.raw = raw
        self._numbers = itertools.count(1)
        self._waiting: defaultdict[str | None, deque[Any]] = defaultdict(deque)

    async def say(self, **message: Any) -> None:
        await self.raw.send_json(message)

    async def hear(self, id_: str | None = None) -> Any:
        """The next message of an operation, or of the connection itself. Raises: Closed."""
        while not self._waiting[id_]:
            message = await self._receive()
            self._waiting[message.get("id")].append(message)
        return self._waiting[id_].popleft()

    async def _receive(self) -> Any:
        async with asyncio.timeout(PATIENCE):
            message = await self.raw.receive()
        if message.type is WSMsgType.TEXT:
            return _without_cost(json.loads(message.data))
        assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING), message
        raise Closed(self.raw.close_code, str(message.extra or ""))

    async def init(self, payload: Mapping[str, Any] | None = None) -> Any:
        await self.say(type="connection_init", **({} if payload is None else {"payload": payload}))
        message = await self.hear()
        assert message["type"] == "connection_ack", message
        return message

    async def start(self, query: str, variables: Mapping[str, Any] | None = None) -> str:
        """Start an operation and give its id."""
        id_ = str(next(self._numbers))
        await self.say(type="subscribe", id=id_, payload={"query": query, "variables": variables})
        return id_

    async def event(self, id_: str) -> Any:
        """The data of the next event of a subscription with one field."""
        message = await self.hear(id_)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return next(iter(message["payload"]["data"].values()))

    async def refusal(self, id_: str) -> Any:
        """The only error an operation ends with."""
        message = await self.hear(id_)
        assert message["type"] == "error", message
        [error] = message["payload"]
        return error

    async def settled(self) -> None:
        """Returns once the server has answered everything it was sent so far."""
        await self.say(type="ping")
        while (await self.hear())["type"] != "pong":
            pass

    async def subscribed(self, api: Running, tenant_id: int = 1, listeners: int = 1) -> None:
        """Returns once so many subscriptions to a tenant are listening."""
        async with asyncio.timeout(PATIENCE):
            while api.parts.engine.feed.subscriptions_of(tenant_id) < listeners:
                await self.settled()

    def silent(self, id_: str) -> bool:
        """Whether nothing that was received is of this operation."""
        return not self._waiting[id_]

    async def closed(self) -> Closed:
        """How the server closes the socket."""
        while True:
            try:
                await self._receive()
            except Closed as closed:
                return closed


@asynccontextmanager
async def connected(
    api: Running, key: str | None = None, headers: Mapping[str, str] | None = None, init: bool = True
) -> AsyncIterator[Socket]:
    """A socket, by default with the key of the first company."""
    async with api.http.ws_connect(
        api.url, protocols=("graphql-transport-ws",), headers=headers, autoping=True, max_msg_size=0
    ) as raw:
        socket = Socket(raw)
        if init:
            await socket.init({"Authorization": f"Bearer {key or api.customer}"})
        yield socket
