"""The addresses to which connected systems send when something has changed there: `POST /hooks/{token}`.

A request is checked, kept and answered; a job reads the record again. The token in the path is a secret.
"""

import logging
from collections.abc import Collection

from aiohttp import web

from app.server.answers import error_answer
from app.server.media_types import JSON
from app.server.request_log import REQUEST_INFO
from domain.connections.notices import LARGEST_BODY
from domain.ports.dependencies import Dependencies
from domain.shared.errors import Invalid
from domain.shared.outbound_errors import NotConfigured
from domain.use_cases.connections.notices import UnknownAddress, WronglySigned, receive_notice
from resolvers.errors import api_error, not_found, unauthorized

log = logging.getLogger(__name__)

HOOK_PATH = "/hooks"
# A token of ours is shorter.
LONGEST_TOKEN = 100


class Hooks:
    """Takes what connected systems send."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    def routes(self) -> Collection[web.RouteDef]:
        return (web.post(HOOK_PATH + "/{token}", self.receive),)

    async def receive(self, request: web.Request) -> web.Response:
        """Answers 202 once the request is kept, also if the same was sent before."""
        token = request.match_info["token"]
        if (request.content_length or 0) > LARGEST_BODY:
            return _refused(request, 413, "VALIDATION_ERROR", f"A notice has at most {LARGEST_BODY:,} bytes.")
        body = await request.content.read(LARGEST_BODY + 1) if len(token) <= LONGEST_TOKEN else b""
        while len(body) <= LARGEST_BODY and (more := await request.content.read(LARGEST_BODY + 1 - len(body))):
            body += more
        if len(body) > LARGEST_BODY:
            return _refused(request, 413, "VALIDATION_ERROR", f"A notice has at most {LARGEST_BODY:,} bytes.")
        try:
            await receive_notice(self._deps, token[:LONGEST_TOKEN], request.headers, body)
        except UnknownAddress:
            request[REQUEST_INFO].codes = ("NOT_FOUND",)
            return error_answer(request, not_found("There is no such address.", ()), 404, JSON)
        except WronglySigned:
            request[REQUEST_INFO].codes = ("UNAUTHORIZED",)
            return error_answer(request, unauthorized("The signature does not fit the body."), 401, JSON)
        except Invalid as invalid:
            return _refused(request, 400, "VALIDATION_ERROR", invalid.message)
        except NotConfigured as missing:
            log.error("a notice of a connected system cannot be checked: %s", missing)
            return _refused(request, 503, "SERVICE_UNAVAILABLE", "Notices cannot be taken at the moment.")
        return web.json_response({"status": "accepted"}, status=202)


def _refused(request: web.Request, status: int, code: str, message: str) -> web.Response:
    request[REQUEST_INFO].codes = (code,)
    return error_answer(request, api_error(code, message), status, JSON)
