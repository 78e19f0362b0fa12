"""The client of all connected systems. Their addresses are chosen by companies, so that it calls public ones only.

A call that reads has either an answer or certainly no effect: its failures are `Unavailable`, `Busy` or `Refused`. One
that writes may also be `Uncertain`. What each system is asked and answers is in the package of the system.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from adapters.connections.exact_json import read_json, write_json
from adapters.connections.failures import LONGEST_REASON, TOO_MANY_REQUESTS, failure_of, reason_of, wait_of
from adapters.connections.rates import Rates
from adapters.http import MIB, one_line, redacted
from adapters.tenant_http.answers import failure
from adapters.tenant_http.sessions import PublicSessions, Times
from domain.shared.errors import Invalid
from domain.shared.outbound_errors import Busy, OutboundFailure, Refused, Unavailable, Uncertain, Unreadable
from domain.shared.tenant_urls import tenant_url

log = logging.getLogger(__name__)

LARGEST_PAGE = 8 * MIB
TIMES = Times(total=30.0)
READING = frozenset({"GET", "HEAD"})
# How many systems are remembered that asked to wait, or did not answer.
MOST_WAITS = 10_000
# When a call is tried again that was not sent because another one waits for an answer, in seconds.
SILENCE = 5.0

_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer. `body` is its JSON, or None if it is empty."""

    status: int
    body: Any
    headers: Mapping[str, str]


class SystemCalls:
    """Sends all calls, and remembers which systems asked to wait. `loopback` permits addresses of this machine, for
    tests and the demo."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        loopback: bool = False,
        times: Times = TIMES,
        resolver: Callable[[], AbstractResolver] = aiohttp.AsyncResolver,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.now = now
        self.loopback = loopback
        self.times = times
        self.sessions = PublicSessions(
            times, LARGEST_PAGE, accept="application/json", loopback=loopback, resolver=resolver, tls=tls
        )
        self.rates = Rates(now)
        self._waits: dict[bytes, datetime] = {}
        # The accounts whose system did not answer in time, and whether a call to it is under way.
        self._silent: dict[bytes, bool] = {}

    def api(self, system: str, base_url: str, headers: Mapping[str, str], *secrets: str | None) -> "SystemApi":
        """The API at an address. `headers` are sent with each call; `secrets` are redacted in errors, and calls with
        the same ones share a rate."""
        return SystemApi(self, system, base_url, headers, tuple(it for it in secrets if it))

    def wait(self, account: bytes, seconds: float) -> None:
        """Send nothing more for this account before that many seconds."""
        now = self.now()
        if len(self._waits) >= MOST_WAITS:
            self._waits = {it: until for it, until in self._waits.items() if until > now}
        self._waits[account] = now + timedelta(seconds=seconds)

    def seconds_left(self, account: bytes) -> float:
        until = self._waits.get(account)
        return 0 if until is None else max((until - self.now()).total_seconds(), 0)

    def check_wait(self, account: bytes, name: str) -> None:
        """Raises: Busy, if the system asked this account to wait."""
        if left := self.seconds_left(account):
            raise Busy(f"{name}: not sent, as the system asked to wait", left)

    def note_silence(self, account: bytes) -> None:
        """Remember that the system has not answered this account in time."""
        if account not in self._silent:
            if len(self._silent) >= MOST_WAITS:
                self._silent.clear()
            self._silent[account] = False

    def note_answer(self, account: bytes) -> None:
        self._silent.pop(account, None)

    @contextmanager
    def turn(self, account: bytes, name: str) -> Iterator[None]:
        """A call of an account. A system that did not answer in time has one at a time until it answers, so that its
        calls do not take the time and the places of those to others. Raises: Busy."""
        if account not in self._silent:
            yield
            return
        if self._silent[account]:
            raise Busy(f"{name}: not sent, as the system did not answer, and another call waits for it", SILENCE)
        self._silent[account] = True
        try:
            yield
        finally:
            if account in self._silent:
                self._silent[account] = False

    async def close(self) -> None:
        await self.sessions.close()

    async def __aenter__(self) -> "SystemCalls":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class SystemApi:
    """The API of one connected system."""

    def __init__(
        self, calls: SystemCalls, system: str, base_url: str, headers: Mapping[str, str], secrets: tuple[str, ...]
    ) -> None:
        self._calls = calls
        self._system = system
        self._base_url = base_url
        self._headers = headers
        self._secrets = secrets
        self._account = sha256("\0".join((base_url, *secrets)).encode()).digest()

    async def call(
        self,
        verb: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        is_text: bool = False,
    ) -> Reply:
        """Returns a successful answer. `path` is below the base address, with its parts percent-encoded; `body` is sent
        as JSON, `headers` with this call only. If the answer `is_text`, it is not parsed. Raises: OutboundFailure."""
        name = self._readable(f"{self._system} {verb} {path}")
        self._calls.check_wait(self._account, name)
        with self._calls.turn(self._account, name):
            async with self._calls.rates.turn(self._account, name):
                # The answer that this call waited for may have asked to wait.
                self._calls.check_wait(self._account, name)
                status, got, content = await self._exchange(verb, path, query, body, headers or {}, name)
                if status != TOO_MANY_REQUESTS:
                    self._calls.rates.note(self._account, got)
        self._calls.note_answer(self._account)
        wait = wait_of(status, got, self._calls.now())
        succeeded = 200 <= status < 300
        error = None if succeeded else failure_of(status, verb in READING, name, self._reason(content), wait)
        if isinstance(error, Busy):
            wait = error.seconds
        if wait is not None:
            self._calls.wait(self._account, wait)
        if error is not None:
            raise error
        if is_text:
            return Reply(status, content.decode("utf-8", "replace"), got)
        return Reply(status, self._json(content, verb, name, status), got)

    def unreadable(self, verb: str, path: str, what: str) -> OutboundFailure:
        """The failure for a successful answer that cannot be used, such as one without an id. What was sent may have
        been done."""
        message = f"{self._readable(f'{self._system} {verb} {path}')}: {what}"
        reason = f"The answer cannot be used: {what}"
        return Unreadable(message, reason=reason) if verb in READING else Uncertain(message, reason=reason)

    async def _exchange(
        self,
        verb: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Any,
        headers: Mapping[str, str],
        name: str,
    ) -> tuple[int, Mapping[str, str], bytes]:
        times = self._calls.times
        try:
            url = self._url(path, query)
            async with self._calls.sessions.current() as session, asyncio.timeout(times.total):
                return await self._send(session, verb, url, headers, body)
        except Invalid as refused:
            raise Refused(f"{name}: {refused.message}", reason=refused.message) from None
        except _NEVER_SENT as error:
            self._note(error)
            reason = failure(error, times.connect, times.total)
            raise Unavailable(f"{name}: {reason}", reason=reason) from None
        except (aiohttp.ClientError, OSError) as error:
            self._note(error)
            raise self._lost(verb, name, error) from None
        except Exception as bug:  # noqa: BLE001 - what one system answers must not stop its job again and again
            # Its message may contain the URL, which may be secret.
            log.error("a call to a connected system failed by %s", type(bug).__name__)
            raise self._lost(verb, name, bug) from None

    def _note(self, error: Exception) -> None:
        if isinstance(error, TimeoutError):
            self._calls.note_silence(self._account)

    async def _send(
        self, session: aiohttp.ClientSession, verb: str, url: URL, headers: Mapping[str, str], body: Any
    ) -> tuple[int, Mapping[str, str], bytes]:
        content = None if body is None else write_json(body).encode()
        types = {} if content is None else {"Content-Type": "application/json; charset=utf-8"}
        sent = {**types, **self._headers, **headers}
        async with session.request(verb, url, headers=sent, data=content, allow_redirects=False) as answer:
            return answer.status, answer.headers, await answer.read()

    def _url(self, path: str, query: Mapping[str, str] | None) -> URL:
        """Raises: Invalid, if the address was valid by other rules when it was saved."""
        base = tenant_url(self._base_url, self._calls.loopback).rstrip("/")
        return URL(base + path, encoded=True).update_query(query or {})

    def _lost(self, verb: str, name: str, error: Exception) -> OutboundFailure:
        reason = failure(error, self._calls.times.connect, self._calls.times.total)
        lost = Unavailable if verb in READING else Uncertain
        return lost(f"{name}: {reason}", reason=reason)

    def _json(self, content: bytes, verb: str, name: str, status: int) -> Any:
        if not content.strip():
            return None
        try:
            return read_json(content)
        except ValueError:
            failed = Unreadable if verb in READING else Uncertain
            reason = "The answer is not JSON."
            raise failed(f"{name}: {status} {reason}", status, reason) from None

    def _reason(self, content: bytes) -> str:
        return self._readable(reason_of(content))[:LONGEST_REASON]

    def _readable(self, text: str) -> str:
        """The text on one line without the secrets: some systems repeat what they reject."""
        return one_line(redacted(text, self._secrets))
