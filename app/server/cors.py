"""CORS: which other origins may call the API from a browser. None, unless a setting names them.

Callers authenticate with a key and never with a cookie, so credentials are not allowed. PDFs and uploads
are part of the API, and a page with a wrong path has to see the 404 instead of an error of CORS. These few lines need
no library such as aiohttp-cors.
"""

import re
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

from app.server.compression import vary

ANY = "*"
LOOPBACK = "loopback"
# The headers of answers that pages may read, besides those that they may always read.
EXPOSED = "Allow, ETag, Retry-After, WWW-Authenticate, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
HEADERS = {
    "Access-Control-Allow-Methods": "POST, GET, PUT, PATCH, DELETE",
    # How long browsers may cache the preflight answer, in seconds.
    "Access-Control-Max-Age": "600",
}

# What runs on the same machine, such as the development server of a front end.
_LOOPBACK_ORIGIN = re.compile(r"https?://(?:(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?")


def allow(app: web.Application, closed: Collection[str], origins: frozenset[str]) -> None:
    """Allows pages of these origins (`*` for all, `loopback` for those of the same machine) to call all paths but those
    in `closed`. Other origins get no CORS headers."""
    if origins:
        app.on_response_prepare.append(_permit(closed, origins))


def options(
    allowed: Collection[str], origins: frozenset[str]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Returns a handler of OPTIONS for a path with these methods."""
    methods = ", ".join(sorted(allowed))

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=204, headers={"Allow": methods} | preflight(request, origins))

    return answer


def preflight(request: web.Request, origins: frozenset[str]) -> dict[str, str]:
    """Returns the headers of a preflight answer: a permitted origin may send all headers that it asks for."""
    if _permitted(request, origins) is None:
        return {}
    requested = request.headers.get("Access-Control-Request-Headers")
    return HEADERS | ({"Access-Control-Allow-Headers": requested} if requested else {})


def _permit(
    closed: Collection[str], origins: frozenset[str]
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def permit(request: web.Request, response: web.StreamResponse) -> None:
        if request.path in closed:
            return
        vary(response, "Origin")
        if (origin := _permitted(request, origins)) is not None:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED

    return permit


def _permitted(request: web.Request, origins: frozenset[str]) -> str | None:
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    if ANY in origins:
        return ANY
    permitted = origin in origins or (LOOPBACK in origins and _LOOPBACK_ORIGIN.fullmatch(origin))
    return origin if permitted else None
