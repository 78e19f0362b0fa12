"""Refuses requests before anything of them is read, when too much is under way (`admission.py`), and those that were
refused a moment ago (`known_refusals.py`)."""

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from graphql import OperationType

from app.rest.errors import is_rest
from app.server import safe_headers
from app.server.admission import HOLD_SECONDS, Admission
from app.server.answers import RETRIED, error_answer
from app.server.buckets.headers import values_of
from app.server.client_info import address_of, client_info_of
from app.server.connections.framing import Refused, lines_of
from app.server.connections.runner import BoundedHandler
from app.server.engine import Engine
from app.server.known_refusals import STATUSES, KnownRefusals
from app.server.media_types import JSON, Accepted
from app.server.payers import network_at, network_of
from app.server.request_log import REQUEST_INFO, RequestLog
from app.server.turns import Overloaded
from domain.portal.links import PAGE_PATH, QUOTE_PATH
from resolvers.errors import Code

# How many payers are known by what they send as authorization.
MOST_KNOWN = 10_000
# These run no operation, and are counted here; uploads are not, which take as long as the client takes to send them
# and have limits of their own.
_CUSTOMERS = (f"{PAGE_PATH}/", f"{QUOTE_PATH}/")
# What decides about an answer but is not looked at before a request is parsed.
_UNUSUAL = re.compile(rb"\r\n(?:origin|upgrade|expect)[ \t]*:|\r\nconnection[ \t]*:[^\r]*close", re.IGNORECASE)
_AUTHORIZATION = re.compile(rb"\r\nauthorization[ \t]*:[ \t]*([^\r]*)", re.IGNORECASE)
_FORWARDED_FOR = re.compile(rb"\r\nx-forwarded-for[ \t]*:([^\r]*)", re.IGNORECASE)
_ACCEPT = re.compile(rb"\r\naccept[ \t]*:([^\r]*)", re.IGNORECASE)


class Door:
    """The outermost middleware: a refused request is counted in the metrics, and has no line in the log.

    Operations are counted where they are run, over whatever transport. Health, readiness and metrics always answer.
    """

    def __init__(
        self,
        paths: tuple[str, ...],
        admission: Admission,
        engine: Engine,
        requests: RequestLog,
        trusted_proxies: int = 0,
    ) -> None:
        self._paths = paths
        self._admission = admission
        self._engine = engine
        self._requests = requests
        self._begins = tuple(f"POST {it} HTTP/1.1\r\n".encode() for it in paths)
        # Who has sent which authorization, so that payers are told apart before a key is looked up.
        self._payers: dict[str, str] = {}
        # They are made once for each media type, because refusing takes time from what was not refused.
        self._bodies: dict[str, tuple[Any, Any]] = {}
        self._whole: dict[str, tuple[bytes, bytes]] = {}
        self.known = KnownRefusals(engine)
        self._trusted_proxies = trusted_proxies
        # The connections of a proxy carry the requests of others too.
        self._hold = 0.0 if trusted_proxies else HOLD_SECONDS

    def at_once(self, request: bytes, peer: str) -> Refused | None:
        """Returns the refusal of a request that is not parsed, None if it is to be parsed. `peer` is the address that
        it came from."""
        if not request.startswith(self._begins):
            return None
        return self._overloaded(request, peer) or self._refused_again(request, peer)

    def figures(self, peer: str) -> Mapping[str, str]:
        """Returns the headers that say what is left to a network, of answers that no handler makes; none if its client
        is not known, because it is behind a proxy."""
        return {} if self._trusted_proxies else self._figures_of(peer)

    def _figures_of(self, address: str) -> Mapping[str, str]:
        return values_of(self._engine.rate_limits.status(network_at(address)))

    def _refused_again(self, request: bytes, peer: str) -> Refused | None:
        if (again := self.known.answer(request, peer)) is None:
            return None
        status, answer = again
        self._requests.counts["POST", status] += 1
        return Refused(answer, self._hold)

    def _overloaded(self, request: bytes, peer: str) -> Refused | None:
        """The first refusal of each media type is parsed."""
        if not self._admission.may_be_full:
            return None
        head = request[: request.find(b"\r\n\r\n") + 2]
        sent = b",".join(_AUTHORIZATION.findall(head)).decode("latin-1").strip()
        if not self._admission.is_full_for(payer := self._payers.get(sent, "")) or _UNUSUAL.search(head):
            return None
        accepted = Accepted.by_header(b",".join(_ACCEPT.findall(head)).decode("latin-1"))
        if (whole := self._whole.get(accepted.json)) is None:
            return None
        forwarded_for = (it.decode("latin-1") for it in _FORWARDED_FOR.findall(head)) if self._trusted_proxies else ()
        left = self._figures_of(address_of(peer, forwarded_for, self._trusted_proxies))
        self._admission.refuse(self._admission.queries, payer)
        self._count("POST")
        return Refused(b"%s%s\r\n%s" % (whole[0], lines_of(left), whole[1]), self._admission.hold_of(payer))

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if _has_operation(request, self._paths):
            return await self._operation(request, handler)
        if request.method != "POST" and request.path.startswith(_CUSTOMERS):
            return await self._counted(request, handler)
        passed: web.StreamResponse = await handler(request)
        return passed

    async def _operation(self, request: web.Request, handler: Any) -> web.StreamResponse:
        sent = request.headers.get("Authorization", "")
        payer = self._payers.get(sent, "")
        if self._admission.is_full_for(payer):
            self._admission.refuse(self._admission.queries, payer)
            return self._refusal(request, payer)
        response: web.StreamResponse = await handler(request)
        if not payer and (key := request[REQUEST_INFO].key):
            if len(self._payers) >= MOST_KNOWN:
                self._payers.clear()
            self._payers[sent] = key
        if response.status in STATUSES and isinstance(request.protocol, BoundedHandler):
            request.protocol.refused(self._hold)
            by = request[REQUEST_INFO].payer or network_of(client_info_of(request, self._trusted_proxies))
            if "Expect" not in request.headers:
                self.known.keep(request.protocol.whole, request.protocol.peer, response, by)
        return response

    async def _counted(self, request: web.Request, handler: Any) -> web.StreamResponse:
        payer = network_of(client_info_of(request, self._trusted_proxies)).id
        try:
            turn = await self._admission.enter(OperationType.QUERY, payer)
        except Overloaded:
            return self._refusal(request, payer)
        try:
            response: web.StreamResponse = await handler(request)
            return response
        finally:
            turn.leave()

    def _refusal(self, request: web.Request, payer: str) -> web.Response:
        if isinstance(request.protocol, BoundedHandler):
            request.protocol.refused(self._admission.hold_of(payer))
        if is_rest(request.path):
            refusal = error_answer(request, self._admission.error, 503, JSON, RETRIED)
            self._count(request.method, refusal.status)
            return refusal
        self._count(request.method)
        media_type = Accepted.of(request).json
        if media_type not in self._bodies:
            made = error_answer(request, self._admission.error, 503, media_type, RETRIED)
            safe_headers.complete(made)
            self._bodies[media_type] = made.body, made.headers.copy()
            self._whole[media_type] = _as_bytes(made)
        body, headers = self._bodies[media_type]
        return web.Response(body=body, status=503, headers=headers)

    def _count(self, method: str, status: int = 503) -> None:
        self._engine.errors[Code.OVERLOADED] += 1
        self._requests.counts[method, status] += 1


def _as_bytes(response: web.Response) -> tuple[bytes, bytes]:
    """The head, to which headers can be added, and the body."""
    assert isinstance(response.body, bytes)
    headers = {**response.headers, "Content-Length": str(len(response.body))}
    return f"HTTP/1.1 {response.status} Service Unavailable\r\n".encode() + lines_of(headers), response.body


def _has_operation(request: web.Request, paths: tuple[str, ...]) -> bool:
    """Whether a request is likely to run an operation: WebSockets and the playground do not by themselves."""
    if request.path not in paths:
        return is_rest(request.path) and request.method != "OPTIONS"
    return request.method == "POST" or (request.method in ("GET", "HEAD") and bool(request.query_string))
