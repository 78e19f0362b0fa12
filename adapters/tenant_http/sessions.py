"""Sessions for addresses that tenants choose, each of which ends with all its connections after a while.

That is how long a name may move without being looked up again. Which addresses are permitted, and how much of an answer
is read, is in `connections.py`.
"""

import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

import aiohttp
from aiohttp.abc import AbstractResolver

from adapters.tenant_http.connections import LONGEST_HEADER, MOST_HEADERS, PublicConnector

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
LIFETIME_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Times:
    """Limits in seconds: until there is a connection, until the answer is complete, and for reusing connections."""

    connect: float = CONNECT_SECONDS
    total: float = TOTAL_SECONDS
    lifetime: float = LIFETIME_SECONDS


@dataclass(slots=True)
class _Generation:
    """A session with its connections, all of which end together."""

    session: aiohttp.ClientSession
    ends: float
    requests: int = 0
    is_over: bool = False

    async def close_if_idle(self) -> None:
        if self.is_over and not self.requests:
            await self.session.close()


class PublicSessions:
    """Sessions without redirects to other hosts, cookies, proxies and decompression. `largest` is the size of an answer
    in bytes, `loopback` permits addresses of this machine."""

    def __init__(
        self,
        times: Times,
        largest: int,
        *,
        accept: str = "*/*",
        loopback: bool = False,
        resolver: Callable[[], AbstractResolver] = aiohttp.AsyncResolver,
        tls: ssl.SSLContext | None = None,
        tracing: Sequence[aiohttp.TraceConfig] = (),
    ) -> None:
        self._times = times
        self._largest = largest
        self._accept = accept
        self._loopback = loopback
        self._new_resolver = resolver
        self._tls = tls
        self._tracing = list(tracing)
        self._resolver: AbstractResolver | None = None
        self._generations: list[_Generation] = []

    @asynccontextmanager
    async def current(self) -> AsyncIterator[aiohttp.ClientSession]:
        """The session of now, for one request. It is not closed before the request has ended."""
        generation = await self._current()
        generation.requests += 1
        try:
            yield generation.session
        finally:
            generation.requests -= 1
            await generation.close_if_idle()

    def forget_names(self) -> None:
        """Look up all names anew."""
        for generation in self._generations:
            if isinstance(generation.session.connector, aiohttp.TCPConnector):
                generation.session.connector.clear_dns_cache()

    async def close(self) -> None:
        """Closes all connections."""
        for generation in self._generations:
            await generation.session.close()
        self._generations.clear()
        if self._resolver is not None:
            await self._resolver.close()

    async def _current(self) -> _Generation:
        """The session of now; one that has reached its end is closed when its last request is answered."""
        if self._generations and monotonic() < self._generations[-1].ends:
            return self._generations[-1]
        over, self._generations = self._generations, []
        for generation in over:
            generation.is_over = True
            if generation.requests:
                self._generations.append(generation)
        self._generations.append(_Generation(self._session(), monotonic() + self._times.lifetime))
        for generation in over:
            await generation.close_if_idle()
        return self._generations[-1]

    def _session(self) -> aiohttp.ClientSession:
        if self._resolver is None:
            self._resolver = self._new_resolver()
        return aiohttp.ClientSession(
            connector=PublicConnector(self._resolver, self._loopback, self._tls, self._largest),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            headers={"Accept": self._accept, "Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(total=None, connect=self._times.connect),
            max_headers=MOST_HEADERS,
            max_field_size=LONGEST_HEADER,
            max_line_size=LONGEST_HEADER,
            trace_configs=self._tracing,
        )
