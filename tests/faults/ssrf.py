"""Every way inside that we know of, tried on the clients for tenants: `python -m tests.faults.ssrf`.

Each way is tried at every place that must refuse it, with a name server and a network of our own (network.py). The
table says how many were tried and refused, and how many connections inside were made: none. The exit code tells whether
that is so.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from adapters.connections.calls import SystemCalls
from adapters.tenant_http.client import TenantHttpClient
from adapters.tenant_http.connections import PublicConnector
from domain.shared.errors import Invalid
from domain.shared.outbound_errors import OutboundFailure
from domain.shared.tenant_urls import tenant_url
from tests.adapters.support.raw_servers import listening
from tests.faults.inside import INSIDE, NAMES, NOT_LOOPBACK, NOTATIONS, PROXY, PUBLIC, PUBLIC_V6, URLS
from tests.faults.network import Changing, Names, Network, canary, entry, network

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
REDIRECTS = (300, 301, 302, 303, 305, 307, 308)


@dataclass
class Row:
    """One place that must refuse, and what came of it."""

    name: str
    tried: int = 0
    refused: int = 0
    inside: int = 0
    let_through: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        return self.tried == self.refused > 0 and not self.inside


def literal(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def utc_now() -> datetime:
    return datetime.now(UTC)


async def when_saved(urls: Sequence[str], loopback: bool, net: Network) -> list[str]:
    """The URLs that may be saved."""
    return [it for it in urls if not _is_invalid(it, loopback)]


def _is_invalid(url: str, loopback: bool) -> bool:
    try:
        tenant_url(url, loopback)
    except Invalid:
        return True
    return False


async def when_sent(urls: Sequence[str], loopback: bool, net: Network) -> list[str]:
    """The URLs that are sent to if they are in the database nevertheless."""
    async with TenantHttpClient(utc_now, loopback=loopback, resolver=lambda: Names({})) as client:
        return [it for it in urls if (await client.post(it, {}, b"{}")).error is None or net.inside]


async def when_called(urls: Sequence[str], net: Network) -> list[str]:
    """The addresses of connected systems that are called if they are in the database nevertheless."""
    through = []
    async with SystemCalls(utc_now, resolver=lambda: Names({})) as calls:
        for url in urls:
            try:
                await calls.api("system", url, {}).call("GET", "/quotes")
            except OutboundFailure:
                if not net.inside:
                    continue
            through.append(url)
    return through


async def when_called_by_name(answers: Sequence[Sequence[Sequence[str]]], net: Network) -> list[str]:
    """The names of connected systems, by their answers, that are connected to inside."""
    through = []
    for answer in answers:
        names, said = Names({"quotes.example.com": answer}), ""
        async with SystemCalls(utc_now, resolver=partial(_same, names)) as calls:
            for _ in answer:
                try:
                    await calls.api("system", "https://quotes.example.com", {}).call("GET", "/quotes")
                except OutboundFailure as failure:
                    said = str(failure)
                calls.sessions.forget_names()
        if "The name has no public address." not in said or len(names.lookups) != len(answer):
            through.append(str(answer))
    return through


async def when_connected(hosts: Sequence[str], port: int, net: Network) -> list[str]:
    """The hosts that are connected to when nothing but the connection itself is checked. The system reads numbers in
    notations that nothing else does."""
    through = []
    connector = PublicConnector(_SystemNumbers(), loopback=False)
    async with aiohttp.ClientSession(connector=connector) as session:
        for host in hosts:
            try:
                async with session.post(URL(f"http://{host}:{port}/", encoded=True), data=b"{}"):
                    through.append(host)
            except (aiohttp.ClientError, ValueError, OSError):
                continue
    return through


class _SystemNumbers(Names):
    def __init__(self) -> None:
        super().__init__({"localhost": [["127.0.0.1"]]})

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        if host == "localhost":
            return await super().resolve(host, port)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return [entry(host, str(it[4][0]), port) for it in found]


async def when_resolved(answers: Sequence[Sequence[Sequence[str]]], net: Network) -> list[str]:
    """The names, by their answers, that are connected to inside although the last answer is the one that counts."""
    through = []
    for answer in answers:
        names = Names({"hooks.example.com": answer})
        async with TenantHttpClient(utc_now, resolver=partial(_same, names)) as client:
            for _ in answer:
                got = await client.post("https://hooks.example.com/", {}, b"{}")
                # What is remembered of names ends, as it does after a while.
                client.forget_names()
            if got.error != "The name has no public address." or len(names.lookups) != len(answer):
                through.append(str(answer))
    return through


def _same(resolver: AbstractResolver) -> AbstractResolver:
    return resolver


async def when_it_changes(addresses: Sequence[str], port: int, net: Network) -> list[str]:
    """The addresses that are connected to when they change after the check of the name, at whichever look."""
    through = []
    for address in addresses:
        for looks in range(6):
            lying = _Lying(address, looks)
            async with aiohttp.ClientSession(connector=PublicConnector(lying, loopback=False)) as session:
                try:
                    async with session.post(f"http://hooks.example.com:{port}/"):
                        through.append(address)
                except aiohttp.ClientError:
                    continue
    return through


class _Lying(Names):
    def __init__(self, inside: str, looks: int) -> None:
        super().__init__({})
        self._inside, self._looks = inside, looks

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        return [cast(ResolveResult, Changing(host, self._inside, port, self._looks))]


async def when_redirected(port: int, net: Network) -> list[str]:
    """The kinds of redirects that are followed."""

    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        status = request.split(b"/", 2)[1].split(b" ")[0].decode()
        place = f"http://127.0.0.1:{port}/"
        head = f"HTTP/1.1 {status} X\r\nLocation: {place}\r\nURI: {place}\r\nRefresh: 0; url={place}\r\n"
        writer.write(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())

    async with listening(redirect) as redirecting, TenantHttpClient(utc_now, loopback=True) as client:
        base = f"http://127.0.0.1:{redirecting}"
        answers = [await client.post(f"{base}/{status}", {}, b"{}") for status in REDIRECTS]
    net.connected.clear()
    return [str(it) for it, answer in zip(REDIRECTS, answers, strict=True) if answer.status != it]


async def when_there_is_a_proxy(net: Network) -> list[str]:
    """The variables of the environment that lead a request through a proxy."""
    before, through = dict(os.environ), []
    for name in PROXIES:
        os.environ[name] = f"http://{PROXY}:8080"
        net.connected.clear()
        async with TenantHttpClient(utc_now, resolver=lambda: Names({"hooks.example.com": [[PUBLIC]]})) as client:
            await client.post("https://hooks.example.com/", {}, b"{}")
        through += [name] if net.connected != [PUBLIC] else []
        os.environ.clear()
        os.environ.update(before)
    return through


def rows(port: int, net: Network) -> Sequence[tuple[str, int, Callable[[], Awaitable[list[str]]]]]:
    literals = [f"https://{literal(it)}/" for it in INSIDE]
    hosts = [*map(literal, INSIDE), *NOTATIONS, *NAMES]
    urls = [*literals, *(f"https://{it}/" for it in (*NOTATIONS, *NAMES)), *URLS]
    alone = [[[it]] for it in INSIDE]
    mixed = [[[PUBLIC, it]] for it in INSIDE] + [[[it, PUBLIC]] for it in INSIDE] + [[[PUBLIC_V6, it]] for it in INSIDE]
    many = [[[PUBLIC] * 8 + [it]] for it in INSIDE]
    rebinding = [[[PUBLIC], [it]] for it in INSIDE] + [[[PUBLIC_V6], [PUBLIC], [it]] for it in INSIDE]
    return (
        ("URLs, when an endpoint is saved", len(urls), partial(when_saved, urls, False, net)),
        ("URLs, when they are in the database", len(urls), partial(when_sent, urls, False, net)),
        ("URLs, with loopback permitted", len(NOT_LOOPBACK), partial(when_sent, NOT_LOOPBACK, True, net)),
        ("hosts, when they are connected to", len(hosts), partial(when_connected, hosts, port, net)),
        ("names that lead inside", len(alone), partial(when_resolved, alone, net)),
        ("names that also lead inside", len(mixed), partial(when_resolved, mixed, net)),
        ("names with many addresses", len(many), partial(when_resolved, many, net)),
        ("names that move inside", len(rebinding), partial(when_resolved, rebinding, net)),
        ("addresses that change after the check", len(INSIDE), partial(when_it_changes, INSIDE, port, net)),
        ("addresses of connected systems", len(urls), partial(when_called, urls, net)),
        ("names of connected systems", len(alone + rebinding), partial(when_called_by_name, alone + rebinding, net)),
        ("redirects", len(REDIRECTS), partial(when_redirected, port, net)),
        ("proxies of the environment", len(PROXIES), partial(when_there_is_a_proxy, net)),
    )


async def tried() -> list[Row]:
    """Tries everything, once."""
    done = []
    async with canary() as (port, reached), network() as net:
        for name, count, run in rows(port, net):
            reached.clear()
            net.connected.clear()
            through = await run()
            inside = len(net.inside) + len(reached)
            done.append(Row(name, count, count - len(through), inside, tuple(through)))
    return done


async def main() -> bool:
    """Prints the table. Tells whether everything was refused."""
    print(f"{'what':<42}{'tried':>7}{'refused':>9}{'connections inside':>20}")
    done = await tried()
    for row in done:
        print(f"{row.name:<42}{row.tried:>7}{row.refused:>9}{row.inside:>20}")
        for it in row.let_through:
            print(f"    let through: {it!r}")
    held = all(it.held for it in done)
    print("all refused" if held else "NOT all refused")
    return held


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
