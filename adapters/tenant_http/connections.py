"""Connections to addresses that a tenant chose: only public ones, with answers of a limited size.

Each connection is checked twice. The resolver refuses a name if any of its addresses is not public. The socket is made
for one address, and only if that one is public, whatever a name or a literal was read as: nothing can change between
this check and the connection.
"""

import asyncio
import socket
import ssl
from functools import partial
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler

from domain.shared.public_addresses import Address, is_loopback, is_public, read_address
from domain.shared.tenant_urls import is_local_host

# The head and the body of an answer together, in bytes; a flood of interim answers counts too.
LARGEST_ANSWER = 64 * 1024
MOST_HEADERS = 100
LONGEST_HEADER = 8 * 1024
# Shorter than the idle time after which common servers close a connection (5 seconds), as a request sent at that moment
# is lost.
IDLE_SECONDS = 4.0
# A name with more addresses than these is tried at the first of them.
MOST_ADDRESSES = 8

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]


class NotPublic(OSError):
    """The address is not on the public internet. The error does not say which address it is."""


class AnswerTooLarge(aiohttp.ClientError):
    """An answer has more bytes than are read of it."""

    def __init__(self, largest: int) -> None:
        super().__init__(largest)
        self.largest = largest


class PublicResolver(AbstractResolver):
    """Resolves names through another resolver, and refuses those with an address that is not public."""

    def __init__(self, resolver: AbstractResolver, loopback: bool) -> None:
        self._resolver = resolver
        self._loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        local = self._loopback and is_local_host(host)
        if not all(self._is_allowed(it["host"], local) for it in found):
            raise NotPublic("not public")
        return found[:MOST_ADDRESSES]

    async def close(self) -> None:
        await self._resolver.close()

    def _is_allowed(self, written: str, local: bool) -> bool:
        address = read_address(written)
        if address is None:
            return False
        return is_loopback(address) if local else is_permitted(address, self._loopback)


def is_permitted(address: Address, loopback: bool) -> bool:
    """Whether an address may be connected to."""
    return is_public(address) or (loopback and is_loopback(address))


def checked_socket(loopback: bool, info: AddressInfo) -> socket.socket:
    """A socket for one address. Raises: NotPublic."""
    family, kind, protocol, _, place = info
    address = read_address(place[0])
    if address is None or not is_permitted(address, loopback):
        raise NotPublic("not public")
    return socket.socket(family, kind, protocol)


class PublicConnector(aiohttp.TCPConnector):
    """Connects to public addresses only, and keeps connections open for a few seconds. Certificates are verified, by
    those of the system unless `tls` has others. An answer has at most `largest` bytes."""

    def __init__(
        self,
        resolver: AbstractResolver,
        loopback: bool,
        tls: ssl.SSLContext | None = None,
        largest: int = LARGEST_ANSWER,
    ) -> None:
        super().__init__(
            ssl=tls or True,
            resolver=PublicResolver(resolver, loopback),
            socket_factory=partial(checked_socket, loopback),
            keepalive_timeout=IDLE_SECONDS,
            # The number of connections is that of requests under way, which the caller limits.
            limit=0,
        )
        # aiohttp limits the size of a header but not that of an answer, and has no public way to do so.
        self._factory = partial(LimitedAnswers, largest, loop=self._loop)  # type: ignore[assignment]


class LimitedAnswers(ResponseHandler):
    """Reads the answers of one connection, each of at most `largest` bytes, and then nothing more."""

    _left = 0

    def __init__(self, largest: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._largest = largest

    def set_response_params(self, **options: Any) -> None:
        self._left = self._largest
        super().set_response_params(**options)

    def data_received(self, data: bytes) -> None:
        """Passes on what is within the limit. Without a request, nothing is."""
        within, self._left = data[: self._left], self._left - len(data)
        super().data_received(within)
        if self._left < 0:
            self._left = 0
            self._end()

    def _end(self) -> None:
        payload, error = self._payload, AnswerTooLarge(self._largest)
        self.set_exception(error)
        if payload is not None and not payload.is_eof():
            payload.set_exception(error)
        if self.transport is not None:
            self.transport.abort()
