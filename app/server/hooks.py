"""The addresses to which connected systems send when something has changed there: `POST /hooks/{token}`.

A request is checked, kept and answered; a job reads the record again. The token in the path is a secret. Nothing of a
body is read before the token is known, and the network has not sent too much.
"""

import logging
from collections.abc import Collection
from functools import partial

from aiohttp import web
from graphql import GraphQLError

from app.server.answers import error_answer, refusal_headers
from app.server.auth import Authenticator
from app.server.client_info import client_info_of
from app.server.media_types import JSON
from app.server.refusals import Refusal
from app.server.request_log import REQUEST_INFO
from domain.connections.notices import LARGEST_BODY, HookAddress
from domain.ports.dependencies import Dependencies
from domain.shared.errors import Invalid
from domain.shared.outbound_errors import NotConfigured
from domain.use_cases.connections.notices import WronglySigned, address_of, receive_notice
from resolvers.budgets import NoticeBudget
from resolvers.errors import Code, api_error, not_found, over_limit, unauthorized

log = logging.getLogger(__name__)

HOOK_PATH = "/hooks"
# A token of ours is shorter.
LONGEST_TOKEN = 100


class Hooks:
    """Takes what connected systems send."""

    def __init__(
        self, deps: Dependencies, authenticator: Authenticator, budget: NoticeBudget, trusted_proxies: int = 0
    ) -> None:
        self._deps = deps
        self._authenticator = authenticator
        self._budget = budget
        self._trusted_proxies = trusted_proxies

    def routes(self) -> Collection[web.RouteDef]:
        return (web.post(HOOK_PATH + "/{token}", self.receive),)

    async def receive(self, request: web.Request) -> web.Response:
        """Answers 202 once the request is kept, also if the same was sent before."""
        if (announced := request.content_length or 0) > LARGEST_BODY:
            return _too_large(request, announced)
        try:
            address = await self._admitted(request)
        except Refusal as refusal:
            headers = refusal_headers(refusal, 429)
            return _refused(request, 429, Code.RATE_LIMITED, refusal.errors[0], headers)
        if address is None:
            return _refused(request, 404, "NOT_FOUND", not_found("There is no such address.", ()))
        body = await _body(request)
        if len(body) > LARGEST_BODY:
            return _too_large(request, len(body))
        return await self._receive(request, address, body)

    async def _admitted(self, request: web.Request) -> HookAddress | None:
        """The connection whose address the path is. Raises: Refusal, if too many requests, or too many with wrong
        tokens, came from there."""
        try:
            self._budget.take(client_info_of(request, self._trusted_proxies).network)
        except GraphQLError as too_many:
            raise Refusal(too_many) from None
        token = request.match_info["token"][:LONGEST_TOKEN]
        return await self._authenticator.look_up(partial(address_of, self._deps, token), request)

    async def _receive(self, request: web.Request, address: HookAddress, body: bytes) -> web.Response:
        try:
            await receive_notice(self._deps, address, request.headers, body)
        except WronglySigned:
            return _refused(request, 401, "UNAUTHORIZED", unauthorized("The signature does not fit the body."))
        except Invalid as invalid:
            return _refused(request, 400, "VALIDATION_ERROR", api_error("VALIDATION_ERROR", invalid.message))
        except NotConfigured as missing:
            log.error("a notice of a connected system cannot be checked: %s", missing)
            code = "SERVICE_UNAVAILABLE"
            return _refused(request, 503, code, api_error(code, "Notices cannot be taken at the moment."))
        return web.json_response({"status": "accepted"}, status=202)


async def _body(request: web.Request) -> bytes:
    """The body, or the beginning of one that is too large."""
    body = b""
    while len(body) <= LARGEST_BODY and (more := await request.content.read(LARGEST_BODY + 1 - len(body))):
        body += more
    return body


def _too_large(request: web.Request, found: int) -> web.Response:
    message = f"A notice has at most {LARGEST_BODY:,} bytes."
    error = over_limit("notice bytes", found, LARGEST_BODY, None, message)
    return _refused(request, 413, "VALIDATION_ERROR", error)


def _refused(
    request: web.Request, status: int, code: str, error: GraphQLError, headers: dict[str, str] | None = None
) -> web.Response:
    request[REQUEST_INFO].codes = (str(code),)
    return error_answer(request, error, status, JSON, headers)
