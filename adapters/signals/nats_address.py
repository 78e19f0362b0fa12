"""Parses the address of NATS in the settings. The connection is in `nats.py`."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

DEFAULT_PORT = 4222
DEFAULT_SUBJECT = "quotegraph"
FORM = "nats://host:4222 or tls://user:password@host:4222/subject, several separated by commas"
_SUBJECT = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


class NatsServer(NamedTuple):
    """One server. With `tls`, nothing secret is sent before the connection is encrypted."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = None
    token: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'tls' if self.tls else 'nats'}://{host}:{self.port}"


class NatsAddress(NamedTuple):
    """The servers of a cluster, and the subject under which the processes of one installation find each other."""

    servers: tuple[NatsServer, ...]
    subject: str


def parse_nats_url(url: str) -> NatsAddress:
    """Parses `nats://host:port/subject` or `tls://…`, with `user:password@` or `token@`. Raises: ValueError."""
    parts = [_split(it.strip()) for it in url.split(",")]
    subjects = {found for it in parts if (found := it.path.strip("/"))} or {DEFAULT_SUBJECT}
    subject = subjects.pop()
    if subjects:
        raise ValueError("All servers of a cluster have the same subject.")
    if not _SUBJECT.fullmatch(subject):
        raise ValueError("The subject must be letters, digits, - and _, in parts separated by dots.")
    return NatsAddress(tuple(map(_server, parts)), subject)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.scheme in {"nats", "tls"} and parts.port != 0
    except ValueError:
        usable = False
    # The message shows nothing of the address, which may contain a password.
    if not usable or parts.query or parts.fragment:
        raise ValueError(f"The address of NATS must have the form {FORM}.")
    return parts


def _server(parts: SplitResult) -> NatsServer:
    user, password = (unquote(it) if it else None for it in (parts.username, parts.password))
    tls, host, port = parts.scheme == "tls", str(parts.hostname), parts.port or DEFAULT_PORT
    if user and password is None:
        return NatsServer(host, port, tls, token=user)
    return NatsServer(host, port, tls, user, password)
