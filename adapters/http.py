"""The client of the external JSON APIs, and what each kind of failure means for the caller.

Failures differ in whether the call may have been carried out: `Unavailable` means that it was never sent, `Uncertain`
that its outcome is unknown (domain/shared/outbound_errors.py). An error status does not prove that nothing was done: it
may come from a proxy, or from a vendor that failed after doing the work (ADR 4). Requests and the meaning of answers
are in the client of each API.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import aiohttp

from domain.shared.outbound_errors import Refused, Unavailable, Uncertain

MIB = 1024 * 1024
LONGEST_MESSAGE = 500
# Shorter values are not treated as secrets: redacting them would make messages unreadable.
SHORTEST_SECRET = 4

# Statuses that reject the request itself: sending it again gets the same answer.
REFUSALS = frozenset({400, 404, 422})


def vendor_session() -> aiohttp.ClientSession:
    """Returns a session for the addresses of settings. Proxies of the environment are ignored. Names are resolved by
    the system: left alone, aiohttp uses aiodns, which is there for other addresses (adapters/tenant_http/)."""
    return aiohttp.ClientSession(trust_env=False, connector=aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver()))


@dataclass(frozen=True, slots=True, repr=False)
class JsonApi:
    """One external API: its address and our credentials. `timeout` is in seconds, for a whole answer."""

    vendor: str
    base_url: str
    token: str
    session: aiohttp.ClientSession
    timeout: float
    headers: Mapping[str, str]

    async def call(
        self,
        verb: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        limit: int = MIB,
        secrets: Iterable[str] = (),
    ) -> Any:
        """Returns the JSON of a successful answer of at most `limit` bytes. `secrets` are parts of the request that
        are redacted in errors. Raises: Unavailable, Uncertain, Refused."""
        call = f"{self.vendor} {verb} {path}"
        try:
            status, content = await self._exchange(verb, path, body, query, limit)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise Unavailable(f"{call}: no connection ({self._readable(str(error))})") from error
        except TimeoutError as error:
            raise Uncertain(f"{call}: no answer within {self.timeout:g} seconds") from error
        except aiohttp.ClientError as error:
            raise Uncertain(f"{call}: connection lost ({self._readable(str(error))})") from error
        if not 200 <= status < 300:
            failure = Refused if status in REFUSALS else Uncertain
            raise failure(f"{call}: {status} {self._readable(_message(content), secrets)}".rstrip(), status)
        if len(content) > limit:
            raise Uncertain(f"{call}: {status} with more than {limit} bytes")
        try:
            return json.loads(content, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise Uncertain(f"{call}: {status} with an answer that is not JSON") from error

    def unreadable_answer(self, verb: str, path: str, missing: str) -> Uncertain:
        """Returns the error for a successful answer that cannot be read, so that the outcome is unknown."""
        return Uncertain(f"{self.vendor} {verb} {path}: the answer has no {missing}")

    async def _exchange(
        self, verb: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str] | None, limit: int
    ) -> tuple[int, bytes]:
        request = self.session.request(
            verb,
            self.base_url.rstrip("/") + path,
            json=body,
            params=query,
            headers={"Authorization": f"Bearer {self.token}", "Accept": "application/json", **self.headers},
            allow_redirects=False,
            # Connecting gets half the time, so that a failure to connect is not reported as a lost answer.
            timeout=aiohttp.ClientTimeout(total=self.timeout, connect=self.timeout / 2),
        )
        async with request as answer:
            content = bytearray()
            async for chunk in answer.content.iter_chunked(64 * 1024):
                content += chunk
                if len(content) > limit:
                    break
            return answer.status, bytes(content)

    def _readable(self, text: str, secrets: Iterable[str] = ()) -> str:
        """Returns the text on one line, truncated, with secrets redacted: some vendors repeat a value they reject."""
        named = (value for name, value in self.headers.items() if name != "Content-Type")
        own = (self.token, *named, *_credentials(self.base_url))
        return one_line(redacted(text, (*own, *secrets)))[:LONGEST_MESSAGE]


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Returns the text with these secrets replaced by `***`, also in their URL-encoded and base64 forms."""
    for secret in sorted({it for it in secrets if len(it) >= SHORTEST_SECRET}, key=len, reverse=True):
        for encoded in (secret, quote(secret, safe=""), b64encode(secret.encode()).decode()):
            text = text.replace(encoded, "***")
    return text


def _credentials(url: str) -> tuple[str, ...]:
    """Returns the user information of a URL, and its parts."""
    userinfo, at, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
    return (userinfo, *userinfo.split(":", 1)) if at else ()


def one_line(text: str) -> str:
    """Returns the text on one line, without characters that are not printable (NUL, lone surrogates, …): a database, a
    header or a terminal cannot take them."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _message(content: bytes) -> str:
    """Returns the vendor's error message: `message` (docs/domain.md#tecspal-requests), or that of the first of
    Asana's `errors`."""
    try:
        error = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    if isinstance(error, dict) and isinstance(error.get("errors"), list) and error["errors"]:
        error = error["errors"][0]
    return _as_text(error.get("message")) if isinstance(error, dict) else ""


def _as_text(message: Any) -> str:
    """Returns a text, or a list of them, as one text. Any other value is written as JSON."""
    parts = message if isinstance(message, list) else [] if message is None else [message]
    return "; ".join(it if isinstance(it, str) else json.dumps(it, ensure_ascii=False) for it in parts)
