"""Where a request comes from, as far as that can be believed."""

from aiohttp import web

from domain.portal.public_keys import ClientInfo

LONGEST_USER_AGENT = 500


def client_info_of(request: web.Request, trusted_proxies: int) -> ClientInfo:
    """The address and browser of a request. Behind `trusted_proxies` proxies of our own, each of which adds the address
    it was called from to X-Forwarded-For, the address is what the outermost of them added; anything further to the
    left was said by the client itself."""
    address = request.remote or ""
    if trusted_proxies > 0:
        said = [it.strip() for it in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",") if it.strip()]
        if said:
            address = said[-min(trusted_proxies, len(said))]
    agent = request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT]
    readable = agent if agent.isprintable() else "".join(it for it in agent if it.isprintable())
    return ClientInfo(address[:100], readable or None)
