"""Compresses answers for clients that accept it. Streams are left alone: each event has to arrive at once.

An attacker who sees the length of compressed answers could guess a secret only in answers that repeat what the attacker
sends beside it, with the victim's authority. Callers authenticate with a key and never with a cookie, so that nobody
else can make a victim's browser send such requests.
"""

import asyncio
from typing import Any

from aiohttp import web

from app.server.content_codings import accepted_coding, compress

# Shorter answers fit into a packet or two anyway.
SHORTEST = 1024
# Longer ones take a millisecond or more, in which the event loop goes on with other requests.
LONGEST_AT_ONCE = 256 * 1024

_COMPRESSIBLE = frozenset({"application/json", "application/graphql-response+json", "image/svg+xml"})


@web.middleware
async def compress_answers(request: web.Request, handler: Any) -> web.StreamResponse:
    """Compresses the bodies of answers that are long enough and whose media type makes it worth while."""
    response: web.StreamResponse = await handler(request)
    if not isinstance(response, web.Response) or "Accept-Encoding" in response.headers.get("Vary", ""):
        # A stream, or a file whose coding has been chosen.
        return response
    if response.status == 304:
        # As the answer that the client has (RFC 9110, section 15.4.5).
        vary(response, "Accept-Encoding")
        if accepted_coding(request) is not None:
            _weaken_etag(response)
        return response
    body = response.body
    if not isinstance(body, bytes) or len(body) < SHORTEST or not _is_compressible(response.content_type):
        return response
    vary(response, "Accept-Encoding")
    if (coding := accepted_coding(request)) is None:
        return response
    encoded = (
        compress(body, coding) if len(body) <= LONGEST_AT_ONCE else await asyncio.to_thread(compress, body, coding)
    )
    response.body = encoded
    response.headers["Content-Encoding"] = coding
    _weaken_etag(response)
    return response


def _weaken_etag(response: web.Response) -> None:
    """A strong ETag stands for the same bytes, which each coding has others of (RFC 9110, section 8.8.1)."""
    if (etag := response.etag) is not None:
        response.headers["ETag"] = f'W/"{etag.value}"'


def vary(response: web.StreamResponse, header: str) -> None:
    """Adds a request header to those on which an answer depends."""
    response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), header)))


def _is_compressible(content_type: str) -> bool:
    return content_type in _COMPRESSIBLE or content_type.startswith("text/")
