"""The sockets of server processes that listen on one port.

Each process has sockets of its own (SO_REUSEPORT), among which the kernel divides new connections evenly. With one
socket for all, the process that happens to wake first would take most of them, and keep those of WebSockets.
"""

import socket
from collections.abc import Sequence
from contextlib import suppress

BACKLOG = 4096

Address = tuple[socket.AddressFamily, tuple[object, ...]]


class Port:
    """A port of a host, held as long as this is open. Raises: OSError, if somebody else listens on it."""

    def __init__(self, host: str, port: int) -> None:
        self._held: list[socket.socket] = []
        self.number = port
        try:
            self._addresses = [self._hold(family, address) for family, address in _resolved(host, port)]
        except OSError:
            self.close()
            raise

    def _hold(self, family: socket.AddressFamily, address: tuple[object, ...]) -> Address:
        """Binds an address without listening; a port of 0 is chosen with the first address."""
        address = (address[0], self.number, *address[2:])
        # With SO_REUSEPORT alone, a second server on the same port would not be noticed.
        with _bound(family, address, shared=False) as probe:
            self.number = self.number or probe.getsockname()[1]
        address = (address[0], self.number, *address[2:])
        self._held.append(_bound(family, address, shared=True))
        return family, address

    def listen(self) -> list[socket.socket]:
        """Opens the sockets of one process. Connections wait in them until it accepts them."""
        sockets: list[socket.socket] = []
        try:
            for family, address in self._addresses:
                sockets.append(_bound(family, address, shared=True))
                sockets[-1].listen(BACKLOG)
        except OSError:
            close(sockets)
            raise
        return sockets

    def close(self) -> None:
        close(self._held)


def close(sockets: Sequence[socket.socket]) -> None:
    for it in sockets:
        with suppress(OSError):
            it.close()


def _resolved(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _bound(family: socket.AddressFamily, address: tuple[object, ...], shared: bool) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made
