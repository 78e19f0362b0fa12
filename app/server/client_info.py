"""The address, origin and user agent of the client of a request."""

from collections.abc import Iterable

from aiohttp import web

from domain.portal.public_keys import ClientInfo
from domain.shared.allowed_places import SentFrom

LONGEST_USER_AGENT = 500
LONGEST_ADDRESS = 100


def sent_from(request: web.Request, trusted_proxies: int) -> SentFrom:
    """Returns the address of the client, and the origin of its page."""
    return SentFrom(client_info_of(request, trusted_proxies).address, request.headers.get("Origin"))


def client_info_of(request: web.Request, trusted_proxies: int) -> ClientInfo:
    """Returns the client's address and user agent."""
    address = address_of(request.remote or "", request.headers.getall("X-Forwarded-For", []), trusted_proxies)
    agent = request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT]
    readable = agent if agent.isprintable() else "".join(it for it in agent if it.isprintable())
    return ClientInfo(address, readable or None)


def address_of(peer: str, forwarded_for: Iterable[str], trusted_proxies: int) -> str:
    """Returns the client's address, by that of the other end and the headers `X-Forwarded-For`.

    Each of our `trusted_proxies` proxies appends the address of its peer to X-Forwarded-For. The client's address is
    the one that the outermost proxy appended; values to the left of it come from the client and are not trusted.
    """
    address = peer
    if trusted_proxies > 0:
        forwarded = [it.strip() for it in ",".join(forwarded_for).split(",") if it.strip()]
        if forwarded:
            address = forwarded[-min(trusted_proxies, len(forwarded))]
    return address[:LONGEST_ADDRESS]
