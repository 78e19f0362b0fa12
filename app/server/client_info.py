"""The address, origin and user agent of the client of a request."""

from aiohttp import web

from domain.portal.public_keys import ClientInfo
from domain.shared.allowed_places import SentFrom

LONGEST_USER_AGENT = 500


def sent_from(request: web.Request, trusted_proxies: int) -> SentFrom:
    """Returns the address of the client, and the origin of its page."""
    return SentFrom(client_info_of(request, trusted_proxies).address, request.headers.get("Origin"))


def client_info_of(request: web.Request, trusted_proxies: int) -> ClientInfo:
    """Returns the client's address and user agent.

    Each of our `trusted_proxies` proxies appends the address of its peer to X-Forwarded-For. The client's address is
    the one that the outermost proxy appended; values to the left of it come from the client and are not trusted.
    """
    address = request.remote or ""
    if trusted_proxies > 0:
        forwarded = [
            it.strip() for it in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",") if it.strip()
        ]
        if forwarded:
            address = forwarded[-min(trusted_proxies, len(forwarded))]
    agent = request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT]
    readable = agent if agent.isprintable() else "".join(it for it in agent if it.isprintable())
    return ClientInfo(address[:100], readable or None)
