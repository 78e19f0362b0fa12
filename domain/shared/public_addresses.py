"""Which IP addresses are public: the only ones that a tenant may make us connect to (ADR 14).

The networks are those of IANA's registries of special-purpose addresses, written out because the tables of `ipaddress`
differ between versions of Python, and let through what embeds a private IPv4 address (NAT64, 6to4).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_NOT_PUBLIC = tuple(
    IPv4Network(it)
    for it in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers; also metadata of a cloud
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # public by registration, and inside of every machine of a cloud
        "169.254.0.0/16",  # link-local, with the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols; also metadata of a cloud
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
# Everything else is private, local, mapped, translated or unassigned: fc00::/7, fe80::/10, 64:ff9b::/96 …
_UNICAST = IPv6Network("2000::/3")
_NOT_UNICAST = tuple(
    IPv6Network(it)
    for it in (
        "2001::/23",  # protocols, with Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)


def read_address(text: str) -> Address | None:
    """The address that a text is in its usual notation, or None. `127.1` and `0x7f000001` are none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address is on the internet, and stands for no other address."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in it for it in _NOT_PUBLIC)
    if address.scope_id is not None or address not in _UNICAST:
        return False
    return address.is_global and not any(address in it for it in _NOT_UNICAST)


def is_loopback(address: Address) -> bool:
    """Whether an address is this machine in plain notation: 127.0.0.0/8 or ::1."""
    if isinstance(address, IPv6Address):
        return address == IPv6Address("::1") and address.scope_id is None
    return address.is_loopback
