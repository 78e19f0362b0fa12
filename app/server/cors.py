"""Which pages of other origins may call the API from a browser: none, unless a setting names them.

A key says who asks, never a cookie, so credentials are not allowed. aiohttp-cors would do the same for each route by
configuration; one path needs these few lines and no library.
"""

from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

ANY = "*"
# What a page may read of an answer beside its body.
EXPOSED = "Retry-After"
HEADERS = {
    "Access-Control-Allow-Methods": "POST, GET",
    # How long a browser may remember the answer, in seconds.
    "Access-Control-Max-Age": "600",
}


def allow(app: web.Application, paths: Collection[str], origins: frozenset[str]) -> None:
    """Let pages of these origins, `*` for all, call some paths. Whoever is not named is answered without permission."""
    if origins:
        app.on_response_prepare.append(_permit(paths, origins))


def preflight(request: web.Request, origins: frozenset[str]) -> dict[str, str]:
    """The headers by which a browser learns what a page may send: all that it asks for, of a permitted origin."""
    if _permitted(request, origins) is None:
        return {}
    asked = request.headers.get("Access-Control-Request-Headers")
    return HEADERS | ({"Access-Control-Allow-Headers": asked} if asked else {})


def _permit(
    paths: Collection[str], origins: frozenset[str]
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def permit(request: web.Request, response: web.StreamResponse) -> None:
        if request.path not in paths:
            return
        response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Origin")))
        if (origin := _permitted(request, origins)) is not None:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED

    return permit


def _permitted(request: web.Request, origins: frozenset[str]) -> str | None:
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    return ANY if ANY in origins else origin if origin in origins else None
