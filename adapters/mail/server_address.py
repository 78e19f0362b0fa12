"""Parses the mail server and the sender of the settings. Sending is in `mailer.py`."""

from email.utils import parseaddr
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class MailServer(NamedTuple):
    """A mail server. With `tls`, the connection uses TLS from the start."""

    host: str
    port: int | None
    tls: bool
    user: str | None
    password: str | None

    @property
    def start_tls(self) -> bool | None:
        """Whether STARTTLS is required; None: use it if the server offers it.

        An attacker on the network can remove the offer and read the password, so a password is sent to another machine
        over TLS only.
        """
        if self.tls:
            return False
        return True if self.password and not _is_this_machine(self.host) else None


def parse_mail_server(url: str) -> MailServer:
    """Parses `smtp://user:password@host:port` or `smtps://…`. Raises: ValueError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None or parts.scheme not in {"smtp", "smtps"}:
        raise ValueError("The mail server must have the form smtp://host:port or smtps://host:port.")
    user, password = (unquote(it) if it else None for it in (parts.username, parts.password))
    return MailServer(host, port, parts.scheme == "smtps", user, password)


def parse_sender(sender: str) -> str:
    """Returns the e-mail address of a sender, without the name. Raises: ValueError."""
    _, address = parseaddr(sender)
    if "@" not in address:
        raise ValueError("The sender must be an e-mail address.")
    return address


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
