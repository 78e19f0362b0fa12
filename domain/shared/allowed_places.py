"""From where a credential may be used: addresses, as networks in CIDR notation, and origins of web pages
(docs/domain.md#api-keys)."""

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from domain.shared.errors import ErrorCode, Invalid

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_PLACES = 50
LONGEST_PLACE = 300
# Of what is refused, in the message.
SHOWN = 80
_ORIGIN = re.compile(r"https://(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?|http://localhost(?::\d{1,5})?")


class SentFrom(NamedTuple):
    """Where a request comes from. A page of another origin sends `origin`; programs send none."""

    address: str = ""
    origin: str | None = None


NOWHERE = SentFrom()


def network(given: str) -> str:
    """A network in CIDR notation, such as `203.0.113.0/24`; an address stands for itself. Raises: Invalid."""
    try:
        return str(ipaddress.ip_network(given.strip()))
    except ValueError:
        message = f"Send an address or a network in CIDR notation, such as 203.0.113.0/24, not {given[:SHOWN]!r}."
        raise Invalid(ErrorCode.INVALID_NETWORK, message) from None


def origin(given: str) -> str:
    """The origin of web pages, such as `https://app.example.com`. Raises: Invalid."""
    found = given.strip().lower().removesuffix("/")
    if len(found) > LONGEST_PLACE or not _ORIGIN.fullmatch(found):
        message = (
            "Send the origin of pages as https://app.example.com, without a path (http only for localhost), not "
            f"{given[:SHOWN]!r}."
        )
        raise Invalid(ErrorCode.INVALID_URL, message)
    return found.removesuffix(":443")


def is_within(places: Sequence[str], allowed: Sequence[str]) -> bool:
    """Whether networks are all part of those that are allowed. None of them stands for all addresses."""
    if not allowed:
        return True
    outer = _networks(tuple(allowed))
    return bool(places) and all(any(_contains(it, inner) for it in outer) for inner in _networks(tuple(places)))


def has_address(allowed: Sequence[str], address: str) -> bool:
    """Whether an address is in one of the networks. None of them stands for all addresses."""
    if not allowed:
        return True
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = given.ipv4_mapped if isinstance(given, ipaddress.IPv6Address) else None
    return any((mapped or given) in it for it in _networks(tuple(allowed)))


def _contains(outer: Network, inner: Network) -> bool:
    if isinstance(outer, ipaddress.IPv4Network) and isinstance(inner, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(outer, ipaddress.IPv6Network) and isinstance(inner, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


@lru_cache(maxsize=1_000)
def _networks(places: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(map(ipaddress.ip_network, places))
