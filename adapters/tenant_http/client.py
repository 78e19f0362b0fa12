"""The client for addresses that tenants choose. It trusts neither the address nor what answers there.

A request is one POST, without redirects, cookies, proxies or decompression, and its answer counts only if it is
complete within the time and size allowed. How long connections are reused is in `sessions.py`, which addresses are
permitted in `connections.py`.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from time import monotonic
from types import SimpleNamespace, TracebackType
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from adapters.tenant_http.answers import KEPT_BYTES, body_text, failure, retry_after
from adapters.tenant_http.connections import LARGEST_ANSWER
from adapters.tenant_http.sessions import PublicSessions, Times
from domain.ports.webhooks import WebhookAnswer
from domain.shared.errors import Invalid
from domain.shared.tenant_urls import tenant_url

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Exchange:
    """One request, and what is known of its answer so far."""

    url: URL
    headers: Mapping[str, str]
    body: bytes
    is_reused: bool = False
    status: int | None = None
    retry_after: str | None = None
    encoding: str = ""
    kept: bytes = b""


class TenantHttpClient:
    """Implements the `WebhookSender` port. `loopback` permits addresses of this machine, for tests and the demo."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        loopback: bool = False,
        times: Times | None = None,
        resolver: Callable[[], AbstractResolver] = aiohttp.AsyncResolver,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._now = now
        self._loopback = loopback
        self._times = times or Times()
        self._sessions = PublicSessions(
            self._times, LARGEST_ANSWER, loopback=loopback, resolver=resolver, tls=tls, tracing=[_noting_reuse()]
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        """Sends a request, and returns the answer or why there is none."""
        began = monotonic()
        try:
            exchange = _Exchange(_usable(url, self._loopback), headers, body)
        except Invalid as refused:
            return WebhookAnswer(None, 0, error=refused.message)
        error = await self._exchange(exchange)
        return WebhookAnswer(
            exchange.status,
            round((monotonic() - began) * 1000),
            error,
            None if exchange.status is None else body_text(exchange.kept, exchange.encoding),
            retry_after(exchange.retry_after, self._now()),
        )

    async def close(self) -> None:
        """Closes all connections."""
        await self._sessions.close()

    def forget_names(self) -> None:
        """Look up all names anew."""
        self._sessions.forget_names()

    async def __aenter__(self) -> "TenantHttpClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _exchange(self, exchange: _Exchange) -> str | None:
        """Sends a request and reads its answer. Returns why that failed, if it did."""
        try:
            async with self._sessions.current() as session, asyncio.timeout(self._times.total):
                await self._send_again_if_lost(session, exchange)
        except (aiohttp.ClientError, OSError) as error:
            return failure(error, self._times.connect, self._times.total)
        except Exception as bug:  # noqa: BLE001 - what one endpoint answers must not stop its job again and again
            # Its message may contain the URL, which may be secret.
            log.error("a request to an address of a tenant failed by %s", type(bug).__name__)
            return failure(bug, self._times.connect, self._times.total)
        return None

    async def _send_again_if_lost(self, session: aiohttp.ClientSession, exchange: _Exchange) -> None:
        """A connection that is reused may have been closed at the other side when the request left. That is no failure
        of the endpoint: the request is sent once more."""
        try:
            await self._send(session, exchange)
        except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
            raise
        except aiohttp.ClientConnectionError:
            if not exchange.is_reused or exchange.status is not None:
                raise
            await self._send(session, exchange)

    async def _send(self, session: aiohttp.ClientSession, exchange: _Exchange) -> None:
        async with session.post(
            exchange.url,
            headers=exchange.headers,
            data=exchange.body,
            allow_redirects=False,
            trace_request_ctx=exchange,
        ) as answer:
            exchange.status = answer.status
            exchange.retry_after = answer.headers.get("Retry-After")
            exchange.encoding = answer.headers.get("Content-Encoding", "")
            async for chunk in answer.content.iter_any():
                if len(exchange.kept) < KEPT_BYTES:
                    exchange.kept = (exchange.kept + chunk)[:KEPT_BYTES]


@lru_cache(maxsize=1024)
def _usable(url: str, loopback: bool) -> URL:
    """A stored URL, which was valid when it was saved, but perhaps by other rules. Raises: Invalid."""
    return URL(tenant_url(url, loopback), encoded=True)


def _noting_reuse() -> aiohttp.TraceConfig:
    """Notes in each exchange whether its connection was there before."""

    async def note(_: aiohttp.ClientSession, context: SimpleNamespace, __: Any) -> None:
        context.trace_request_ctx.is_reused = True

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_reuseconn.append(note)
    return tracing
