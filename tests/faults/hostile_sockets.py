"""Sockets that attack: `python -m tests.faults.hostile_sockets [ATTACK …] [--seconds 8]`.

Each attack has a server of its own, and runs in a process of its own, as fast as it can. Meanwhile a polite client
sends small queries by HTTP: they may take twice as long as before, or 50 ms (p99), none of them is refused, and the
memory of the server is back within a tenth after it. The exit code tells whether that holds; the times hold on a quiet
machine only.
"""

import argparse
import asyncio
import gc
import resource
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.faults.fair import LARGE
from tests.faults.idle_sockets import frame
from tests.faults.polite import Row, attacked, under_attack

POLITE, RATE = 5, 20.0
# What opening many connections takes.
OPENING_SECONDS, MANY = 3.0, 1_000
HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
MASK = bytes(4)
PING = bytes((0x89, 0x80)) + MASK
# The beginning of a text message of 4 MB.
LONG = bytes((0x81, 0x80 | 127)) + (4 * 1024 * 1024).to_bytes(8) + MASK
SUBSCRIPTION = "subscription S%d { events { type cursor } }"


class Client:
    """One connection of an attacker."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._reading: asyncio.Task[None] | None = None

    async def send(self, sent: bytes) -> None:
        self._writer.write(sent)
        await self._writer.drain()

    async def introduced(self, key: str) -> None:
        """Opens a socket with a key, and waits until it is acknowledged."""
        await self.send(HANDSHAKE + frame(type="connection_init", payload={"Authorization": f"Bearer {key}"}))
        await self._reader.readuntil(b"connection_ack")

    def read(self) -> None:
        """Reads from now on, and ignores what it reads."""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while await self._reader.read(65536):
            pass

    async def closed(self) -> None:
        """Returns when the server has closed the connection."""
        await self._read()

    def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._writer.transport.abort()


Attack = Callable[[Client, str], Awaitable[None]]


async def pings(client: Client, key: str) -> None:
    await client.introduced(key)
    client.read()
    while True:
        await client.send(PING * 1_000)


async def long_messages(client: Client, _key: str) -> None:
    """Messages of 4 MB before the client has said who it is."""
    await client.send(HANDSHAKE + LONG)
    client.read()
    for _ in range(64):
        await client.send(bytes(65536))


async def subscriptions(client: Client, key: str) -> None:
    """99 subscriptions, each of which ends and begins again."""
    await client.introduced(key)
    client.read()
    while True:
        for number in range(99):
            await client.send(frame(type="complete", id=str(number)))
            await client.send(frame(type="subscribe", id=str(number), payload={"query": SUBSCRIPTION % number}))


async def unread(client: Client, key: str) -> None:
    """Large queries whose answers are not read."""
    await client.introduced(key)
    number = 0
    while True:
        number += 1
        await client.send(frame(type="subscribe", id=str(number), payload={"query": LARGE}))


async def idle(client: Client, _key: str) -> None:
    await client.send(HANDSHAKE)
    await client.closed()


async def slow(client: Client, _key: str) -> None:
    """A request that comes a byte at a time."""
    for byte in HANDSHAKE * 100:
        await client.send(bytes((byte,)))
        await asyncio.sleep(0.5)


# The name of each attack, what it is called, and its connections.
ATTACKS: dict[str, tuple[str, list[tuple[int, Attack]]]] = {
    "subscriptions": ("100 sockets, 99 subscriptions each", [(100, subscriptions)]),
    "unread": ("50 sockets that never read", [(50, unread)]),
    "pings": ("20 sockets that send pings", [(20, pings)]),
    "long": ("50 sockets with 4 MB before connection_init", [(50, long_messages)]),
    "idle": ("2,000 idle sockets, 200 slow requests", [(2_000, idle), (200, slow)]),
}


async def attack(name: str, port: int, key: str) -> None:
    """Attacks until the process is ended."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    tasks = [asyncio.create_task(_again(it, port, key)) for count, it in ATTACKS[name][1] for _ in range(count)]
    # What opening takes is not what it takes to be open.
    await asyncio.sleep(OPENING_SECONDS if len(tasks) > MANY else OPENING_SECONDS / 10)
    print("begins", flush=True)
    await asyncio.gather(*tasks)


async def _again(one: Attack, port: int, key: str) -> None:
    """Attacks, and connects again when the connection is closed."""
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            connection = socket.create_connection(("127.0.0.1", port))
            client = Client(*await asyncio.open_connection(sock=connection))
            try:
                await one(client, key)
            finally:
                client.close()
        await asyncio.sleep(0)


async def run(name: str, seconds: float, rate: float = RATE) -> Row:
    async with attacked(POLITE) as server:
        words = ("attack", name, server.port, server.hostile)
        title = ATTACKS[name][0]
        return await under_attack(server, title, "tests.faults.hostile_sockets", *words, seconds=seconds, rate=rate)


def main() -> int:
    if sys.argv[1:2] == ["attack"]:
        asyncio.run(attack(sys.argv[2], int(sys.argv[3]), sys.argv[4]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=", ".join(ATTACKS))
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    # Its pauses would be measured as the server's.
    gc.disable()
    problems = []
    for name in options.attacks or ATTACKS:
        row = asyncio.run(run(name, options.seconds))
        print(row, flush=True)
        problems += row.wrong + row.slow
    print(*(problems or ["All of it holds."]), sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
