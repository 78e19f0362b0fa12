"""Where letters are handed in and who sends them, as settings name them. How letters go out is in `mail.py`."""

from email.utils import parseaddr
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class MailServer(NamedTuple):
    """A mail server; with `tls`, the connection begins with TLS."""

    host: str
    port: int | None
    tls: bool
    user: str | None
    password: str | None

    @property
    def start_tls(self) -> bool | None:
        """Whether to insist on STARTTLS; None: if it is offered.

        Whoever can strike the offer out could read a password, so a password leaves this machine under TLS only.
        """
        if self.tls:
            return False
        return True if self.password and not _is_this_machine(self.host) else None


def parse_mail_server(url: str) -> MailServer:
    """`smtp://user:password@host:port`, or `smtps://…`. Raises: ValueError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None or parts.scheme not in {"smtp", "smtps"}:
        raise ValueError("A mail server is named as smtp://host:port or smtps://host:port.")
    user, password = (unquote(it) if it else None for it in (parts.username, parts.password))
    return MailServer(host, port, parts.scheme == "smtps", user, password)


def parse_sender(sender: str) -> str:
    """The bare address of a sender. Raises: ValueError."""
    _, address = parseaddr(sender)
    if "@" not in address:
        raise ValueError("The sender of letters is not an e-mail address.")
    return address


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
