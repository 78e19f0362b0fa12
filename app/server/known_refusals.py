"""Requests that were refused a moment ago because of their key, or because their payer has used up what it may. The
same request from the same network is refused again by its bytes, without being parsed, for as long as it would be
refused. Behind proxies the network is that of the proxy, whose headers, which are among the bytes, name the client.

The answer has the headers and the body that it would have, with the figures of now.
"""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple

import orjson
from aiohttp import web
from aiohttp.helpers import rfc822_formatted_time
from graphql import GraphQLError

from app.server.buckets.headers import values_of
from app.server.connections.framing import LONGEST_KEPT
from app.server.engine import Engine
from app.server.payers import Payer, network_at
from app.server.rate_limits import rate_limited
from app.server.refusals import Refusal
from resolvers.budgets import BudgetType

# For how long: a key may be made meanwhile, and a document become known.
KEPT_SECONDS = 0.5
# How many requests are known.
MOST_KEPT = 256
STATUSES = (401, 429)
# The budgets whose figures of now are told.
CHANGING = (BudgetType.KEY, BudgetType.NETWORK, BudgetType.NEW_DOCUMENTS)


class _Known(NamedTuple):
    """How a request was answered. `extensions` are those of the error, where it changes with time."""

    response: web.Response
    payer: Payer
    until: float
    extensions: dict[str, Any] | None


class KnownRefusals:
    """The requests of a process that were refused lately."""

    def __init__(self, engine: Engine, now: Callable[[], float] = monotonic) -> None:
        self._engine = engine
        self._now = now
        self._known: OrderedDict[tuple[str, bytes], _Known] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def keep(self, sent: bytes, peer: str, response: web.StreamResponse, payer: Payer) -> None:
        """Keeps how a request was answered, if that would be so again."""
        if (
            response.status not in STATUSES
            or not isinstance(response, web.Response)
            or not 0 < len(sent) <= LONGEST_KEPT
        ):
            return
        extensions = _extensions(response) if response.status == 429 else None
        if extensions is not None and extensions.get("budget") not in CHANGING:
            # The figures of others are those of half a second ago.
            if extensions.get("budget") != BudgetType.WRONG_KEYS:
                return
            extensions = None
        key = network_at(peer).id, sent
        self._known.pop(key, None)
        self._known[key] = _Known(response, payer, self._now() + KEPT_SECONDS, extensions)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)

    def answer(self, sent: bytes, peer: str) -> tuple[int, bytes] | None:
        """Returns the status and the whole answer of a request that is refused again."""
        key = network_at(peer).id, sent
        known = self._known.get(key)
        if known is None:
            return None
        if self._now() >= known.until or not _is_plain(known.response):
            del self._known[key]
            return None
        body = known.response.body
        assert isinstance(body, bytes)
        headers = known.response.headers.copy()
        if known.extensions is not None:
            if (error := self._error(known.payer, known.extensions)) is None:
                del self._known[key]
                return None
            [shown] = self._engine.documented(Refusal(error)).errors
            body = orjson.dumps({"errors": [dict(shown.formatted)]})
            headers["Content-Length"] = str(len(body))
            headers["Retry-After"] = str((error.extensions or {})["retryAfter"])
        headers["Date"] = rfc822_formatted_time()
        for name, value in values_of(self._engine.rate_limits.status(known.payer)).items():
            headers[name] = value
        lines = [f"HTTP/1.1 {known.response.status} {known.response.reason}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return known.response.status, "\r\n".join([*lines, "", ""]).encode() + body

    def _error(self, payer: Payer, extensions: dict[str, Any]) -> GraphQLError | None:
        """Returns the error of now; None if the request may be answered, or would be refused with another status."""
        if extensions["budget"] == BudgetType.NEW_DOCUMENTS:
            return self._engine.new_documents.refusal(payer.id, payer.is_network)
        limited = self._engine.rate_limits.refusal(payer, extensions["requested"])
        return None if limited is None or limited.retry_after is None else rate_limited(limited)


def _is_plain(response: web.Response) -> bool:
    """Whether an answer was sent as it is, and its connection stays open."""
    headers = response.headers
    return "Date" in headers and "Content-Encoding" not in headers and bool(response.keep_alive)


def _extensions(response: web.Response) -> dict[str, Any]:
    """The extensions of the only error of an answer; none if there are others, or it is written in another form."""
    try:
        [error] = orjson.loads(response.body if isinstance(response.body, bytes) else b"")["errors"]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return {}
    found: dict[str, Any] = error.get("extensions") or {}
    return found if "retryAfter" in found else {}
