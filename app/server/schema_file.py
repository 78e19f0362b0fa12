"""The schema in the schema definition language at `/schema.graphql`. Anybody may read it, as in the repository."""

import hashlib

from aiohttp import web

from schema.build import sdl

SCHEMA_PATH = "/schema.graphql"


class SchemaFile:
    """Answers with the text of the schema, or 304 to a client that has it."""

    def __init__(self) -> None:
        self._text = sdl().encode()
        self._digest = hashlib.sha256(self._text).hexdigest()[:16]

    async def get(self, request: web.Request) -> web.Response:
        """Browsers show plain text; tools that load a schema from an address ask for no media type."""
        known = any(it.value in (self._digest, "*") for it in request.if_none_match or ())
        response = (
            web.Response(status=304)
            if known
            else web.Response(body=self._text, content_type="text/plain", charset="utf-8")
        )
        response.etag = self._digest
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
