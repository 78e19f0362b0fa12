"""The schema in the schema definition language at `/schema.graphql`, for whom introspection would tell the same."""

import hashlib

from aiohttp import web

from app.server.answers import CHALLENGE, error_answer
from app.server.auth import Authenticator
from app.server.credentials.refusals import unauthorized_by
from app.server.disclosure import Disclosure, introspection_disabled
from app.server.media_types import JSON
from app.server.request_log import REQUEST_INFO, codes_of
from domain.shared.access import Forbidden, Unauthorized
from resolvers.errors import forbidden
from schema.build import sdl

SCHEMA_PATH = "/schema.graphql"


class SchemaFile:
    """Answers with the text of the schema, or 304 to a client that has it. A key is needed unless the schema may be
    read in every environment."""

    def __init__(self, authenticator: Authenticator, disclosure: Disclosure) -> None:
        self._authenticator = authenticator
        self._disclosure = disclosure
        self._text = sdl().encode()
        self._digest = hashlib.sha256(self._text).hexdigest()[:16]

    async def get(self, request: web.Request) -> web.Response:
        """Browsers show plain text; tools that load a schema from an address ask for no media type."""
        if not self._disclosure.is_public and (refused := await self._refused(request)) is not None:
            return refused
        known = any(it.value in (self._digest, "*") for it in request.if_none_match or ())
        response = (
            web.Response(status=304)
            if known
            else web.Response(body=self._text, content_type="text/plain", charset="utf-8")
        )
        response.etag = self._digest
        response.headers["Cache-Control"] = "no-cache" if self._disclosure.is_public else "private, no-cache"
        return response

    async def _refused(self, request: web.Request) -> web.Response | None:
        try:
            caller = await self._authenticator.admit(request.headers.get("Authorization"), request)
        except Unauthorized as error:
            status, refusal, headers = 401, unauthorized_by(error), CHALLENGE
        except Forbidden as error:
            status, refusal, headers = 403, forbidden(str(error)), {}
        else:
            request[REQUEST_INFO].know(caller)
            if caller.environment in self._disclosure.introspection:
                return None
            status, refusal, headers = 403, introspection_disabled(caller.environment), {}
        request[REQUEST_INFO].codes = codes_of([refusal])
        return error_answer(request, refusal, status, JSON, headers)
