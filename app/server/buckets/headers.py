"""The headers that say how much a caller has left: of its key, or of its network until a key was accepted."""

from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

from app.server.client_info import client_info_of
from app.server.payers import network_of
from app.server.rate_limits import RateLimits, ThrottleStatus
from app.server.request_log import REQUEST_INFO

LIMIT, REMAINING, RESET = "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"


def show(app: web.Application, limits: RateLimits, closed: Collection[str], trusted_proxies: int) -> None:
    """Adds the headers to the answers of all paths but those in `closed`."""
    app.on_response_prepare.append(_adding(limits, closed, trusted_proxies))


def _adding(
    limits: RateLimits, closed: Collection[str], trusted_proxies: int
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def add(request: web.Request, response: web.StreamResponse) -> None:
        if request.path in closed:
            return
        about = request.get(REQUEST_INFO)
        payer = about.payer if about is not None else None
        status = limits.status(payer or network_of(client_info_of(request, trusted_proxies)))
        if status is not None:
            response.headers.update(values_of(status))

    return add


def values_of(status: ThrottleStatus | None) -> dict[str, str]:
    """The headers for a bucket; none if nothing limits it."""
    if status is None:
        return {}
    return {
        LIMIT: str(status.maximum_available),
        REMAINING: str(status.currently_available),
        RESET: str(status.reset_at_ms),
    }
