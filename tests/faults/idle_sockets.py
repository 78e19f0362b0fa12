"""What sockets cost that only listen: `python -m tests.faults.idle_sockets [--sockets 10000] [--seconds 120]`.

A server is opened so many sockets, each introduced with a key and with a subscription, of which nothing comes. Its
memory for each and the processor time it takes are read from /proc. The exit code says whether they hold: 25 KiB a
socket, 1 % of a core with 10,000.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp.http_websocket import WSMsgType

from adapters.database.companies.api_keys import SqlApiKeys
from adapters.database.core.engine import open_database
from domain.shared.access import CUSTOMER_SCOPES, ApiKey, Environment, key_prefix, new_key
from domain.shared.ids import new_id
from tests.databases import a_company
from tests.e2e.processes import command, free_port, running, until_ready

MOST_KIB, MOST_OF_A_CORE = 25.0, 0.01
# Sockets that are opened at the same time.
OPENING = 100
SUBSCRIPTION = "subscription { events { type cursor } }"
PING, PONG = bytes((0x80 | WSMsgType.PING, 0)), bytes((0x80 | WSMsgType.PONG, 0x80)) + bytes(4)
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") / 1024
TICKS = os.sysconf("SC_CLK_TCK")


class IdleClient(asyncio.Protocol):
    """The cheapest client there is: it answers pings, and ignores what else it receives."""

    def __init__(self, introduction: bytes) -> None:
        self._introduction = introduction
        self._received = b""
        self.is_open = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(
            b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Origin: https://quotes.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n" + self._introduction
        )

    def data_received(self, data: bytes) -> None:
        if not self.is_open.done():
            self._received += data
            if b"connection_ack" in self._received:
                self.is_open.set_result(None)
        if PING in data:
            assert self.transport is not None
            self.transport.write(PONG)

    def connection_lost(self, _: Exception | None) -> None:
        if not self.is_open.done():
            self.is_open.set_exception(ConnectionError("The server has closed the socket."))


def frame(**message: object) -> bytes:
    """A text frame of a client, with a mask of zeros."""
    text = json.dumps(message).encode()
    length = bytes((0x80 | len(text),)) if len(text) < 126 else bytes((0x80 | 126, *divmod(len(text), 256)))
    return bytes((0x81,)) + length + bytes(4) + text


async def prepare(url: str) -> str:
    """A company in a new database. Returns its key."""
    code, _, errors = await command("migrate", database_url=url)
    assert code == 0, errors
    database, secret = open_database(url), new_key(Environment.LIVE)
    company = await a_company(database)
    place = (Environment.LIVE, company.id, None, frozenset(CUSTOMER_SCOPES))
    key = ApiKey(new_id(), "Idle sockets", key_prefix(secret), *place, datetime.now(UTC), None)
    await SqlApiKeys(database).add(key, secret)
    await database.close()
    return secret


def memory(pid: int) -> float:
    """The resident memory of a process in KiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_KIB


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def opened(port: int, count: int, introduction: bytes) -> list[IdleClient]:
    """So many sockets that are acknowledged."""
    loop, clients = asyncio.get_running_loop(), list[IdleClient]()
    for start in range(0, count, OPENING):
        connecting = [
            loop.create_connection(lambda: IdleClient(introduction), "127.0.0.1", port)
            for _ in range(min(OPENING, count - start))
        ]
        found = [client for _, client in await asyncio.gather(*connecting)]
        await asyncio.gather(*(it.is_open for it in found))
        clients += found
    return clients


async def measure(sockets: int, seconds: float, subscribed: bool) -> tuple[float, float]:
    """Returns the memory of each socket in KiB, and the part of a core that all of them take."""
    with tempfile.TemporaryDirectory() as folder:
        url, port = f"sqlite+aiosqlite:///{folder}/quotegraph.db", free_port()
        key = await prepare(url)
        introduction = frame(type="connection_init", payload={"Authorization": f"Bearer {key}"})
        if subscribed:
            introduction += frame(type="subscribe", id=new_id(), payload={"query": SUBSCRIPTION})
        log, words = Path(folder) / "log", ("serve", "--port", str(port))
        limits = {"max_sockets_per_key": 2 * sockets + 1_000, "max_sockets_per_address": 2 * sockets + 1_000}
        settings = {"database_url": url, "worker": "off", **limits}
        async with running(log, *words, **settings) as server, aiohttp.ClientSession() as http:
            await until_ready(http, f"http://127.0.0.1:{port}")
            # What the first sockets bring in is not counted.
            first = await opened(port, min(100, sockets), introduction)
            before = memory(server.pid)
            clients = await opened(port, sockets, introduction)
            # Subscriptions begin after the acknowledgement.
            await asyncio.sleep(2)
            each = (memory(server.pid) - before) / sockets
            quiet = await _part_of_a_core(server.pid, seconds)
            lost = sum(it.transport is None or it.transport.is_closing() for it in (*first, *clients))
            assert not lost, f"{lost} sockets were closed\n{log.read_text()[-2000:]}"
            return each, quiet


async def _part_of_a_core(pid: int, seconds: float) -> float:
    before, start = processor_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds)
    return (processor_seconds(pid) - before) / (time.monotonic() - start)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--unsubscribed", action="store_true")
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    each, quiet = asyncio.run(measure(arguments.sockets, arguments.seconds, not arguments.unsubscribed))
    allowed = MOST_OF_A_CORE * max(1.0, arguments.sockets / 10_000)
    print(f"{arguments.sockets:,} sockets: {each:.1f} KiB each (at most {MOST_KIB:.0f})")
    print(f"{100 * quiet:.2f} % of a core (at most {100 * allowed:.0f} %)")
    return int(each > MOST_KIB or quiet > allowed)


if __name__ == "__main__":
    sys.exit(main())
