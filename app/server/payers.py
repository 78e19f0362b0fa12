"""Who pays for an operation and whose turn it takes: its API key, that of its access token, or its network."""

from functools import lru_cache
from typing import NamedTuple

from domain.portal.public_keys import ClientInfo
from domain.shared.access import NOBODY, Caller
from domain.shared.rate_limits import RateLimit


class Payer(NamedTuple):
    """Whose operation it is. `limit` is that of its bucket; None: that of its kind.

    The buckets of networks are kept by each process for itself: who has no key can have any number of addresses, and
    is to cause no write.
    """

    id: str
    limit: RateLimit | None = None
    is_network: bool = False


@lru_cache(maxsize=1_024)
def network_at(address: str) -> Payer:
    """Returns the network of an address."""
    return network_of(ClientInfo(address))


def payer_of(caller: Caller, client: ClientInfo) -> Payer:
    """Returns who pays for what a caller sends. IPv6 addresses pay by their /64 network."""
    return network_of(client) if caller is NOBODY else Payer(caller.payer_id, caller.rate_limit)


def network_of(client: ClientInfo) -> Payer:
    """Returns the network that a request came from."""
    return Payer(f"network {client.network}", is_network=True)
