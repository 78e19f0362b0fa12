"""The headers that tell browsers to be careful: on every answer, unless it says something else itself.

No answer is kept, shown in a frame, taken for another type or named to other sites, and nothing in it is run. Pages
have policies of their own, and files say how long they may be kept.
"""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

POLICY = "default-src 'none'; frame-ancestors 'none'"
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# The same for answers that are written as bytes.
LINES = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()).encode()


def add(app: web.Application, hsts_seconds: int) -> None:
    """Adds the headers to all answers; with `hsts_seconds` also that browsers are to use TLS only, for so long."""
    app.on_response_prepare.append(_adding(hsts_seconds))


def complete(response: web.StreamResponse) -> None:
    """Adds the headers that an answer does not have."""
    headers = response.headers
    for name, value in HEADERS.items():
        headers.setdefault(name, value)


def _adding(hsts_seconds: int) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    tls_only = f"max-age={hsts_seconds}"

    async def add_to(_request: web.Request, response: web.StreamResponse) -> None:
        complete(response)
        if hsts_seconds:
            response.headers["Strict-Transport-Security"] = tls_only

    return add_to
