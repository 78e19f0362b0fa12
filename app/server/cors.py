"""Which pages of other origins may call the API from a browser: none, unless a setting names them.

A key says who asks, never a cookie, so credentials are not allowed. aiohttp-cors would do the same for each route by
configuration; one path needs these few lines and no library.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

ANY = "*"
HEADERS = {
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, Idempotency-Key",
    # How long a browser may remember the answer, in seconds.
    "Access-Control-Max-Age": "600",
}


def allow(app: web.Application, path: str, origins: frozenset[str]) -> None:
    """Let pages of these origins, `*` for all, call a path. Whoever is not named is answered without permission."""
    if not origins:
        return
    app.router.add_route("OPTIONS", path, _preflight(origins))
    app.on_response_prepare.append(_permit(path, origins))


def _preflight(origins: frozenset[str]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        permitted = _permitted(request, origins) is not None
        return web.Response(status=204, headers=HEADERS if permitted else None)

    return answer


def _permit(path: str, origins: frozenset[str]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def permit(request: web.Request, response: web.StreamResponse) -> None:
        if request.path != path:
            return
        response.headers.add("Vary", "Origin")
        if (origin := _permitted(request, origins)) is not None:
            response.headers["Access-Control-Allow-Origin"] = origin

    return permit


def _permitted(request: web.Request, origins: frozenset[str]) -> str | None:
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    return ANY if ANY in origins else origin if origin in origins else None
