"""How the vendors' JSON APIs are called, and what each way of failing means for the caller.

The distinction that matters is whether the call may have been carried out: `Unavailable` says that it never left us,
`Uncertain` that nobody knows (domain/shared/messages.py). An answer is not believed to say that nothing was done: a
proxy may have written it, or a vendor that failed after it did the work (ADR 4). What the calls say, and what their
answers mean, is in the clients beside this file.
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
# Shorter texts are no secrets, and taking them out would leave nothing to read.
SHORTEST_SECRET = 4

# The request itself is at fault: sending it again changes nothing.
REFUSALS = frozenset({400, 404, 422})


@dataclass(frozen=True, slots=True, repr=False)
class JsonApi:
    """One vendor's API: where it is, who we are there, and how many seconds we wait for a whole answer."""

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
        """The JSON of a successful answer of at most `limit` bytes. `secrets` are parts of the request that no error
        may repeat. Raises: Unavailable, Uncertain, Refused."""
        asked = f"{self.vendor} {verb} {path}"
        try:
            status, content = await self._exchange(verb, path, body, query, limit)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise Unavailable(f"{asked}: no connection ({self._readable(str(error))})") from error
        except TimeoutError as error:
            raise Uncertain(f"{asked}: no answer within {self.timeout:g} seconds") from error
        except aiohttp.ClientError as error:
            raise Uncertain(f"{asked}: connection lost ({self._readable(str(error))})") from error
        if not 200 <= status < 300:
            failure = Refused if status in REFUSALS else Uncertain
            raise failure(f"{asked}: {status} {self._readable(_message(content), secrets)}".rstrip(), status)
        if len(content) > limit:
            raise Uncertain(f"{asked}: {status} with more than {limit} bytes")
        try:
            return json.loads(content, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise Uncertain(f"{asked}: {status} with an answer that is not JSON") from error

    def garbage(self, verb: str, path: str, lacks: str) -> Uncertain:
        """An answer that says it succeeded and yet cannot be understood, so nobody knows what was done."""
        return Uncertain(f"{self.vendor} {verb} {path}: the answer has no {lacks}")

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
            # Half the time for connecting: a connection that is never made must not look like a lost answer.
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
        """On one line, cut, and without what nobody may read, which some vendors repeat when they reject it."""
        named = (value for name, value in self.headers.items() if name != "Content-Type")
        own = (self.token, *named, *_credentials(self.base_url))
        return one_line(redacted(text, (*own, *secrets)))[:LONGEST_MESSAGE]


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, however an answer has written them."""
    for secret in sorted({it for it in secrets if len(it) >= SHORTEST_SECRET}, key=len, reverse=True):
        for written in (secret, quote(secret, safe=""), b64encode(secret.encode()).decode()):
            text = text.replace(written, "***")
    return text


def _credentials(url: str) -> tuple[str, ...]:
    """What an address may name before its host."""
    userinfo, at, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
    return (userinfo, *userinfo.split(":", 1)) if at else ()


def one_line(text: str) -> str:
    """The text on one line, without what a database, a header or a terminal cannot take (NUL, lone surrogates, …)."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _message(content: bytes) -> str:
    """What the vendor says went wrong: `message` (docs/domain.md#tecspal-requests), or the first of Asana's
    `errors`."""
    try:
        error = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    if isinstance(error, dict) and isinstance(error.get("errors"), list) and error["errors"]:
        error = error["errors"][0]
    return _as_text(error.get("message")) if isinstance(error, dict) else ""


def _as_text(told: Any) -> str:
    """What may be a text, several of them, or anything else, which stays as it was sent."""
    each = told if isinstance(told, list) else [] if told is None else [told]
    return "; ".join(it if isinstance(it, str) else json.dumps(it, ensure_ascii=False) for it in each)
