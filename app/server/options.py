"""What settings say about the HTTP server."""

from dataclasses import dataclass, field

from app.server.bodies import BODY, PUBLIC_BODY, BodyLimits
from app.server.sockets.limits import SocketLimits


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The defaults are those of the settings."""

    # The number of our own proxies in front of the server.
    trusted_proxies: int = 0
    body: BodyLimits = BODY
    # Without an API key.
    public_body: BodyLimits = PUBLIC_BODY
    largest_answer: int = 16 * 1024 * 1024
    # Origins whose pages may call the API; `*` for all, `loopback` for those of the same machine.
    origins: frozenset[str] = frozenset()
    # How many operations a request may have in an array; 0: arrays are refused.
    batching: int = 0
    # How long a WebSocket may take to send `connection_init`.
    socket_init_seconds: float = 10.0
    # Bytes that a subscriber may leave unread before it is cut off.
    unread_bytes: int = 256 * 1024
    sockets: SocketLimits = field(default_factory=SocketLimits)
    # For how long browsers are to use TLS only; 0: they are not told.
    hsts_seconds: int = 0
