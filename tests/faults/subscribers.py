"""Subscribers as careful front ends are: they note the cursor of each event, and connect again with it."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

PROTOCOL = "graphql-transport-ws"
# How long a server may say nothing, in seconds; it sends a sign of life every half minute.
SILENCE = 60.0
# Answers of a server that asks to try again, over HTTP and as close codes of a socket.
BUSY = (502, 503, 504)
REFUSED = (4400, 4401, 4403, 4409, 4429)


class Disconnected(Exception):
    """The connection ended. The client connects again."""


@dataclass
class Notes:
    """What all subscribers noted together."""

    connections: int = 0
    # Events that came with the errors of fields, and why operations ended.
    broken_events: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    # Seconds from an event to its arrival.
    delays: list[float] = field(default_factory=list)
    interned: dict[str, str] = field(default_factory=dict)

    def end(self, reason: str) -> Disconnected:
        self.ends[reason] += 1
        return Disconnected(reason)


@dataclass
class Subscriber:
    """One subscription, on a connection of its own. `addresses` gives the servers to choose from."""

    http: aiohttp.ClientSession
    addresses: Callable[[], list[str]]
    key: str
    query: str
    notes: Notes
    chance: random.Random
    variables: dict[str, Any] = field(default_factory=dict)
    streams: bool = False
    cursor: str | None = None
    # The ids of the events that came, in order. What was current at the start is not among them.
    received: list[str] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    _connection: Any = None

    async def run(self) -> None:
        """Listens until it is cancelled."""
        while True:
            address = self.chance.choice(self.addresses())
            listening = self._stream(address) if self.streams else self._socket(address)
            try:
                await listening
            except (Disconnected, aiohttp.ClientError, OSError, TimeoutError):
                await asyncio.sleep(self.chance.uniform(0.05, 0.5))

    def drop(self) -> None:
        """Loses the connection without a word."""
        connection = self._connection
        if connection is not None:
            response = connection._response if isinstance(connection, aiohttp.ClientWebSocketResponse) else connection
            if response.connection is not None and response.connection.transport is not None:
                response.connection.transport.abort()

    async def _socket(self, address: str) -> None:
        async with self.http.ws_connect(address, protocols=(PROTOCOL,), max_msg_size=0, compress=0) as socket:
            self._connection = socket
            self.notes.connections += 1
            await socket.send_json({"type": "connection_init", "payload": {"Authorization": f"Bearer {self.key}"}})
            try:
                await self._listen(socket)
            finally:
                self._connection = None
                # A dead server does not answer the farewell.
                if socket.closed is False:
                    self._abort(socket)

    def _abort(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = socket
        self.drop()
        self._connection = None

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            frame = await socket.receive(SILENCE)
            if frame.type is not aiohttp.WSMsgType.TEXT:
                code = socket.close_code
                if code in REFUSED:
                    self.notes.refusals[f"{code} {frame.extra or ''}"] += 1
                raise self.notes.end(f"closed {code}")
            message = json.loads(frame.data)
            match message["type"]:
                case "connection_ack":
                    payload = {"query": self.query, "variables": self._given()}
                    await socket.send_json({"type": "subscribe", "id": "1", "payload": payload})
                case "ping":
                    await socket.send_json({"type": "pong"})
                case "next":
                    self._note(message["payload"])
                case "error":
                    raise self._ended(message["payload"])
                case "complete":
                    raise self.notes.end("complete")

    async def _stream(self, address: str) -> None:
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "text/event-stream"}
        if self.cursor is not None:
            headers["Last-Event-ID"] = self.cursor
        body = {"query": self.query, "variables": self.variables}
        async with self.http.post(address, json=body, headers=headers) as response:
            self._connection = response
            self.notes.connections += 1
            try:
                if response.status != 200:
                    if response.status not in BUSY:
                        self.notes.refusals[f"{response.status} {await response.text()}"] += 1
                    raise self.notes.end(f"HTTP {response.status}")
                async for name, id_, data in _server_sent(response):
                    if name == "complete":
                        raise self.notes.end("complete")
                    if id_ is None and "errors" in data:
                        raise self._ended(data["errors"])
                    self._note(data)
                    assert id_ == self.cursor, (id_, self.cursor)
                raise self.notes.end("stream broke off")
            finally:
                self._connection = None

    def _given(self) -> dict[str, Any]:
        return self.variables if self.cursor is None else {**self.variables, "after": self.cursor}

    def _note(self, payload: Any) -> None:
        if payload.get("errors"):
            self.notes.broken_events[_code(payload["errors"])] += 1
        (event,) = (payload.get("data") or {None: None}).values()
        if event is None:
            # Nothing says which event it was: a client can only begin again after the one before.
            raise Disconnected("an event without data")
        self.cursor = event["cursor"]
        self.begun.set()
        if event["type"] == "CURRENT_STATE":
            return
        self.received.append(self.notes.interned.setdefault(event["id"], event["id"]))
        occurred = datetime.fromisoformat(event["occurredAt"])
        self.notes.delays.append((datetime.now(UTC) - occurred).total_seconds())

    def _ended(self, errors: Any) -> Disconnected:
        code = _code(errors)
        if code != "SERVICE_UNAVAILABLE":
            self.notes.refusals[f"{code} {errors[0].get('message')}"] += 1
        return self.notes.end(f"error {code}")


def _code(errors: Any) -> str:
    return str(errors[0].get("extensions", {}).get("code"))


async def _server_sent(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, str | None, Any]]:
    """The events of a stream: name, id and data. An event that is not finished by an empty line is none."""
    name, id_, data = "", None, ""
    lines = response.content
    while line := await asyncio.wait_for(lines.readline(), SILENCE):
        text = line.decode().rstrip("\n")
        if not text and name:
            yield name, id_, json.loads(data) if data else None
            name, id_, data = "", None, ""
        field_, _, value = text.partition(": ")
        if field_ == "event":
            name = value
        elif field_ == "id":
            id_ = value
        elif field_ == "data":
            data = value


async def stopped(tasks: "list[asyncio.Task[None]]") -> None:
    """Cancels tasks. Raises what one of them failed with."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
