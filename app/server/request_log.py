"""One line for each request, and how many there were: what was asked, by whom, how it ended and how long it took.

Nothing that was sent or answered is in it: no query, no variables, no key but its id.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from time import perf_counter
from typing import Any

from aiohttp import web

from app.server.request_lines import REQUESTS

log = logging.getLogger(REQUESTS)

# What probes ask every few seconds; told only when it fails.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
LONGEST_NAME = 100

ABOUT: web.RequestKey["About"] = web.RequestKey("about", object)  # type: ignore[arg-type]


class About:
    """What a handler has found out about a request."""

    __slots__ = ("codes", "key", "operation")

    def __init__(self) -> None:
        self.operation: str | None = None
        self.key: str | None = None
        self.codes: tuple[str, ...] = ()


class RequestLog:
    """Counts requests and writes a line for each, at `info`."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, int]] = Counter()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Around all other middlewares."""
        begun = perf_counter()
        about = request[ABOUT] = About()
        status = 500
        try:
            response: web.StreamResponse = await handler(request)
            status = response.status
            return response
        except web.HTTPException as raised:
            status = raised.status
            raise
        except BaseException:
            # The client has gone.
            status = 499
            raise
        finally:
            self._note(request, about, status, perf_counter() - begun)

    def _note(self, request: web.Request, about: About, status: int, seconds: float) -> None:
        self.counts[request.method, status] += 1
        if not log.isEnabledFor(logging.INFO) or (request.path in PROBES and status < 400):
            return
        line: dict[str, Any] = {
            "method": request.method,
            "path": _template(request),
            "status": status,
            "ms": round(seconds * 1000, 2),
            "from": request.remote,
        }
        for name in ("key", "operation", "codes"):
            if value := getattr(about, name):
                line[name] = value
        log.info("request", extra={"request": line})


def codes_of(errors: Iterable[Any]) -> tuple[str, ...]:
    """The codes of errors, each once."""
    return tuple(dict.fromkeys(str((it.extensions or {}).get("code")) for it in errors))


def _template(request: web.Request) -> str:
    """The path without what it holds of secrets: a customer's key stands in an address."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(no such path)"
