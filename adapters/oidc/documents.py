"""Reads the JSON documents of a provider. Neither redirects nor proxies of the environment are followed, and an answer
counts only within its limits of time and size."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from domain.shared.public_addresses import is_loopback, read_address

LARGEST_DOCUMENT = 256 * 1024
SECONDS = 5.0


class ProviderUnavailable(ConnectionError):
    """The provider cannot be reached, or does not answer as it should. The message is for operators."""


def is_safe(url: object) -> bool:
    """Whether an address may have what we trust: with TLS, or on this machine."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        host = parts.hostname if parts else None
    except ValueError:
        return False
    if parts is None or not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


async def json_document(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    """Returns the JSON object at an address. Raises: ProviderUnavailable."""
    try:
        async with asyncio.timeout(SECONDS):
            content = await _content(session, url)
    except ProviderUnavailable:
        raise
    except (aiohttp.ClientError, OSError) as error:
        # What aiohttp says of a failure names the address, but neither a password nor what was answered.
        raise ProviderUnavailable(f"{url}: {type(error).__name__}") from error
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProviderUnavailable(f"{url}: the answer is not JSON") from error
    if not isinstance(found, dict):
        raise ProviderUnavailable(f"{url}: the answer is not a JSON object")
    return found


async def _content(session: aiohttp.ClientSession, url: str) -> bytes:
    headers = {"Accept": "application/json"}
    async with session.get(url, headers=headers, allow_redirects=False) as answer:
        if answer.status != 200:
            raise ProviderUnavailable(f"{url}: {answer.status}")
        content = bytearray()
        async for chunk in answer.content.iter_chunked(64 * 1024):
            content += chunk
            if len(content) > LARGEST_DOCUMENT:
                raise ProviderUnavailable(f"{url}: more than {LARGEST_DOCUMENT} bytes")
        return bytes(content)


def _is_this_machine(host: str) -> bool:
    address = read_address(host)
    return host == "localhost" or (address is not None and is_loopback(address))
