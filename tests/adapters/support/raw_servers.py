"""Servers that say what a test writes, byte by byte."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.patience import PATIENCE

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class RawServer:
    """A server on loopback: its URL, the requests it got on each connection, and how many connections ended."""

    def __init__(self) -> None:
        self.port = 0
        self.connections: list[list[bytes]] = []
        self.ended = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def requests(self) -> list[bytes]:
        return [it for connection in self.connections for it in connection]


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on loopback, by its port. At the end its connections are cut, and what serves them has ended."""
    running = dict[asyncio.Task[None], asyncio.StreamWriter]()

    async def until_cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running[task] = writer
        try:
            await serve(reader, writer)
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(until_cut, "127.0.0.1", 0, ssl=tls, backlog=1_000)
    async with server:
        yield server.sockets[0].getsockname()[1]
    for task, writer in running.items():
        writer.transport.abort()
        task.cancel()
    await asyncio.gather(*running)
    # Aborted transports close their sockets in the loop's next round.
    await asyncio.sleep(0)


@asynccontextmanager
async def raw_server(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """A server that answers each request by `answer`, which is given the head of the request."""
    server = RawServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests = list[bytes]()
        server.connections.append(requests)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                requests.append(head + await reader.readexactly(int(length or 0)))
                await answer(head, writer)
        finally:
            server.ended += 1

    async with listening(serve, tls) as server.port:
        yield server


def saying(*parts: bytes) -> Answer:
    """Says this, and keeps the connection."""

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(parts))

    return answer


def saying_forever(begin: bytes, part: bytes, pause: float = 0) -> Answer:
    """Says this, and then the same again and again until nobody listens."""

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        while not writer.is_closing():
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        raise ConnectionResetError

    return answer


async def eventually(condition: Callable[[], bool]) -> None:
    """Waits until a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)
