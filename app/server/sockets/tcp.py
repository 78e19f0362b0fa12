"""What is asked of the system for the connection of a socket, where it knows the option."""

import asyncio
import socket
from contextlib import suppress

OPTIONS = {
    # What a client does not read stays in this process, where it is counted, instead of in the system's memory.
    "TCP_NOTSENT_LOWAT": 128 * 1024,
    # A connection ends whose other side acknowledges nothing for so many milliseconds.
    "TCP_USER_TIMEOUT": 60_000,
}


def set_options(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    for name, value in OPTIONS.items():
        with suppress(OSError, AttributeError):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
