"""A network for tests of the client for tenants: names and public addresses that exist only in it.

Every connection of the event loop goes through it, so that it knows all addresses that were connected to. Those of this
machine are reached as they are; all others lead nowhere.
"""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiohttp.abc import AbstractResolver, ResolveResult

from domain.shared.public_addresses import is_public, read_address
from tests.adapters.support.raw_servers import listening
from tests.faults.inside import PUBLIC


class Names(AbstractResolver):
    """Answers each lookup of a name with the next of its answers, and with the last one ever after."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._answers = {name: list(it) for name, it in answers.items()}
        self.lookups: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.lookups.append(host)
        answers = self._answers.get(host)
        if not answers:
            raise OSError(None, "Domain name not found")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry(host, it, port) for it in answer]

    async def close(self) -> None:
        pass


def entry(name: str, address: str, port: int) -> ResolveResult:
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=name, host=address, port=port, family=kind, proto=0, flags=0)


class Changing(dict[str, object]):
    """An address that is a public one whenever it is looked at, but for the last time: when it is connected to."""

    def __init__(self, name: str, inside: str, port: int, looks: int) -> None:
        super().__init__(entry(name, inside, port))
        self._looks = looks

    def __getitem__(self, key: str) -> object:
        if key == "host" and self._looks > 0:
            self._looks -= 1
            return PUBLIC
        return super().__getitem__(key)


class Network:
    """The addresses that were connected to."""

    def __init__(self) -> None:
        self.connected: list[str] = []

    @property
    def inside(self) -> list[str]:
        """The addresses connected to that are not public."""
        return [it for it in self.connected if not ((address := read_address(it)) and is_public(address))]


@asynccontextmanager
async def network() -> AsyncIterator[Network]:
    """The network, for everything that runs in this event loop as long as the context lasts."""
    loop, net = asyncio.get_running_loop(), Network()
    really = loop.sock_connect

    async def connect(sock: socket.socket, address: tuple[str, int]) -> None:
        net.connected.append(address[0])
        if not address[0].startswith("127."):
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        await really(sock, address)

    loop.sock_connect = connect  # type: ignore[method-assign, assignment]
    try:
        yield net
    finally:
        loop.sock_connect = really  # type: ignore[method-assign]


@asynccontextmanager
async def canary() -> AsyncIterator[tuple[int, list[str]]]:
    """A server on loopback that nobody may reach: its port, and from where it was reached."""
    reached: list[str] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(str(writer.get_extra_info("peername")))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")

    async with listening(note) as port:
        yield port, reached
