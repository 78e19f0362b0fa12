"""A load that does not wait: requests are sent at their time, whether or not earlier ones have been answered.

Clients that wait for their answers send less to a server that is slow, and so hide how slow it is. A request's time
counts from the moment it was due.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

# More are in flight at a time only where the server neither answers nor refuses.
MOST_CONNECTIONS = 8_000


@dataclass(slots=True)
class Outcome:
    """One request. The status is 0 until it is answered, or if the connection was lost."""

    due: float
    name: str
    answered: float = 0.0
    status: int = 0
    head: bytes = b""
    body: bytes = b""

    @property
    def seconds(self) -> float:
        return self.answered - self.due


class _Connection(asyncio.Protocol):
    """A connection that is used again after each answer."""

    def __init__(self, free: Callable[["_Connection"], None]) -> None:
        self._free = free
        self._buffer = b""
        self._whole = 0
        self._waiter: asyncio.Future[None] | None = None
        self._outcome: Outcome | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def send(self, request: bytes, outcome: Outcome) -> None:
        assert self.transport is not None
        self._outcome, self._buffer, self._whole = outcome, b"", 0
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._whole and (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = self._buffer[:end].lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            self._whole = end + 4 + int(length)
        if self._whole and len(self._buffer) >= self._whole and self._outcome is not None:
            outcome, self._outcome = self._outcome, None
            outcome.answered = time.perf_counter()
            outcome.status = int(self._buffer[9:12])
            outcome.head, _, outcome.body = self._buffer.partition(b"\r\n\r\n")
            self._free(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.transport = None
        if self._outcome is not None:
            self._outcome.answered = time.perf_counter()
            self._outcome = None


class Load:
    """Sends requests to one server. `requests` are pairs of a name and the bytes, sent in turn."""

    def __init__(self, port: int, requests: Iterable[tuple[str, bytes]]) -> None:
        self._port = port
        self._requests = cycle(requests)
        self._idle: list[_Connection] = []
        self._opened = 0
        self._opening: set[asyncio.Task[None]] = set()

    async def open(self, count: int) -> None:
        """Opens connections, as clients and proxies keep some that they use again."""
        for _ in range(count):
            self._idle.append(await self._connect())

    async def at_rate(self, rate: float, seconds: float, patience: float = 30.0) -> list[Outcome]:
        """Sends `rate` requests a second, and waits for the answers of all."""
        outcomes: list[Outcome] = []
        start = time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            due = range(len(outcomes), int(elapsed * rate) + 1)
            outcomes += [self._send(start + number / rate) for number in due]
            await asyncio.sleep(0.001)
        deadline = time.perf_counter() + patience
        while any(not it.answered for it in outcomes) and time.perf_counter() < deadline:
            await asyncio.sleep(0.01)
        return outcomes

    async def closed(self, concurrency: int, seconds: float) -> list[Outcome]:
        """Keeps so many requests under way, each sent when another is answered."""
        end = time.perf_counter() + seconds
        outcomes: list[Outcome] = []

        async def one_after_another() -> None:
            while (now := time.perf_counter()) < end:
                outcomes.append(outcome := self._send(now))
                while not outcome.answered:
                    await asyncio.sleep(0.0005)

        await asyncio.gather(*(one_after_another() for _ in range(concurrency)))
        return outcomes

    def close(self) -> None:
        for connection in self._idle:
            if connection.transport is not None:
                connection.transport.abort()

    def _send(self, due: float) -> Outcome:
        name, request = next(self._requests)
        outcome = Outcome(due, name)
        while self._idle:
            connection = self._idle.pop()
            if connection.transport is not None and not connection.transport.is_closing():
                connection.send(request, outcome)
                return outcome
        if self._opened >= MOST_CONNECTIONS:
            outcome.answered = time.perf_counter()
            return outcome
        task = asyncio.create_task(self._send_on_new(request, outcome))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return outcome

    async def _send_on_new(self, request: bytes, outcome: Outcome) -> None:
        try:
            connection = await self._connect()
        except OSError:
            outcome.answered = time.perf_counter()
        else:
            connection.send(request, outcome)

    async def _connect(self) -> _Connection:
        self._opened += 1
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: _Connection(self._idle.append), "127.0.0.1", self._port)
        return connection


def post(body: bytes, key: str, **headers: Any) -> bytes:
    """The bytes of a request of GraphQL."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/graphql-response+json\r\nAuthorization: Bearer {key}\r\n{more}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def percentile(values: Sequence[float], share: float) -> float:
    """A percentile, in milliseconds; 0 of no values."""
    ordered = sorted(values)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
