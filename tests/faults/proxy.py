"""A proxy in front of a server of a test: it delays, cuts, resets, blackholes, answers garbage and streams forever.

A fault strikes before the server sees the request, or when it has answered it: then the work is done and the answer is
lost. `choose` says what happens to each request; by default it is passed on.
"""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import NamedTuple

from tests.adapters.support.raw_servers import listening


class Kind(StrEnum):
    """What the proxy does to a request or an answer."""

    PASS = "passes on"
    DELAY = "delays until the client has given up"
    CUT = "closes the connection"
    RESET = "resets the connection"
    BLACKHOLE = "says nothing"
    GARBAGE = "answers what is not HTTP"
    ANOTHER = "answers a page of its own"
    STREAM = "answers without end"


class Side(StrEnum):
    """Whether a fault strikes before the server sees the request, or in place of its answer."""

    REQUEST = "on the way there"
    ANSWER = "on the way back"


class Fault(NamedTuple):
    """What happens to one request."""

    kind: Kind
    side: Side

    def __str__(self) -> str:
        return f"{self.kind}, {self.side}"


NONE = Fault(Kind.PASS, Side.ANSWER)
FAULTS = tuple(Fault(kind, side) for kind in Kind if kind != Kind.PASS for side in Side)

GARBAGE = b"\x16\x03\x01\x00\xa5\x01\x00 not HTTP at all\r\n\r\n"
PAGE = b"<html><body>Sign in to this network</body></html>"
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK = b"1000\r\n" + b" " * 4_096 + b"\r\n"


class FaultProxy:
    """A proxy on loopback in front of `port`. `struck` counts the requests by what happened to them, and `passed` how
    many the server saw. A delayed request is passed on `late` seconds after its client has given up."""

    def __init__(self, port: int) -> None:
        self.server_port = port
        self.port = 0
        self.choose: Callable[[bytes], Fault] = lambda request: NONE
        self.struck: Counter[Fault] = Counter()
        self.passed = 0
        self.late = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await _message(reader)
            fault = self.choose(request)
            self.struck[fault] += 1
            if not await self._exchange(fault, request, reader, writer):
                return

    async def _exchange(
        self, fault: Fault, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Tells whether the connection can be used again."""
        early = fault.side == Side.REQUEST
        if fault.kind == Kind.DELAY and early:
            await _hung_up(reader)
            await asyncio.sleep(self.late)
        answer = b"" if early and fault.kind != Kind.DELAY else await self._pass_on(request)
        match fault.kind:
            case Kind.PASS:
                writer.write(answer)
                await writer.drain()
                return True
            case Kind.DELAY if not early:
                await _hung_up(reader)
            case Kind.CUT:
                writer.write(answer[: len(answer) // 2])
                await writer.drain()
            case Kind.RESET:
                _reset(writer)
            case Kind.BLACKHOLE:
                await _hung_up(reader)
            case Kind.GARBAGE:
                writer.write(GARBAGE)
                await writer.drain()
            case Kind.ANOTHER:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE))
                await writer.drain()
                return True
            case Kind.STREAM:
                await _stream(writer)
        return False

    async def _pass_on(self, request: bytes) -> bytes:
        """The server's answer."""
        self.passed += 1
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            writer.write(request)
            return await _message(reader)
        finally:
            writer.close()
            await writer.wait_closed()


@asynccontextmanager
async def fault_proxy(port: int) -> AsyncIterator[FaultProxy]:
    """The proxy in front of a port, as long as the context lasts."""
    proxy = FaultProxy(port)
    async with listening(proxy.serve) as proxy.port:
        yield proxy


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer, which says its length."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
    return head + await reader.readexactly(int(length or 0))


async def _hung_up(reader: asyncio.StreamReader) -> None:
    """Waits until the client has closed its connection."""
    try:
        while await reader.read(4_096):
            pass
    except ConnectionError:
        return


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection by RST: what was sent and not yet read is lost."""
    bound = writer.get_extra_info("socket")
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _stream(writer: asyncio.StreamWriter) -> None:
    writer.write(ENDLESS)
    while not writer.is_closing():
        writer.write(CHUNK)
        await writer.drain()
        await asyncio.sleep(0)
