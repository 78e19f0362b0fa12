"""Logs and counts requests: the operation, the key's id, the status and the duration.

The log contains no part of a request or an answer: no query, no variables, and no key but its id.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from time import perf_counter
from typing import Any

from aiohttp import web

from app.server.payers import Payer, payer_of
from app.server.request_lines import REQUESTS
from domain.portal.public_keys import UNKNOWN_VISITOR, ClientInfo
from domain.shared.access import Caller

log = logging.getLogger(REQUESTS)

# Paths that probes request every few seconds; only failures are logged.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
LONGEST_NAME = 100

REQUEST_INFO: web.RequestKey["RequestInfo"] = web.RequestKey("about", object)  # type: ignore[arg-type]


class RequestInfo:
    """What a handler records about a request, for the log and the headers of the answer."""

    __slots__ = ("codes", "key", "operation", "payer")

    def __init__(self) -> None:
        self.operation: str | None = None
        self.key: str | None = None
        self.codes: tuple[str, ...] = ()
        # Whose points the answer tells of; None: those of the network.
        self.payer: Payer | None = None

    def know(self, caller: Caller, client: ClientInfo = UNKNOWN_VISITOR) -> None:
        """Records who sends the request."""
        self.key = caller.key_id
        self.payer = payer_of(caller, client)


class RequestLog:
    """Counts requests, and logs each at level `info`."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, int]] = Counter()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Wraps all other middlewares."""
        started = perf_counter()
        about = request[REQUEST_INFO] = RequestInfo()
        status = 500
        try:
            response: web.StreamResponse = await handler(request)
            status = response.status
            return response
        except web.HTTPException as raised:
            status = raised.status
            raise
        except BaseException:
            # The client has disconnected.
            status = 499
            raise
        finally:
            self._log(request, about, status, perf_counter() - started)

    def _log(self, request: web.Request, about: RequestInfo, status: int, seconds: float) -> None:
        self.counts[request.method, status] += 1
        if not log.isEnabledFor(logging.INFO) or (request.path in PROBES and status < 400):
            return
        line: dict[str, Any] = {
            "method": request.method,
            "path": path_template(request),
            "status": status,
            "ms": round(seconds * 1000, 2),
            "from": request.remote,
        }
        for name in ("key", "operation", "codes"):
            if value := getattr(about, name):
                line[name] = value
        log.info("request", extra={"request": line})


def codes_of(errors: Iterable[Any]) -> tuple[str, ...]:
    """Returns the codes of errors, each once."""
    return tuple(dict.fromkeys(str((it.extensions or {}).get("code")) for it in errors))


def path_template(request: web.Request) -> str:
    """Returns the template of the path, because a path may contain a public key."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(no such path)"
