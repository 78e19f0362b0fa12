"""What a URL may be that a tenant chooses and we call (ADR 14).

Syntax only: whether a name leads to a public address is checked when it is connected to, each time. The result has one
reading, whichever library reads it: ASCII, without user information, its host in lower case.
"""

import re
from urllib.parse import quote

import idna

from domain.shared.errors import ErrorCode, Invalid
from domain.shared.parsers import URL_LENGTH, text
from domain.shared.public_addresses import Address, is_loopback, is_public, read_address

HTTPS_PORT = 443
FIRST_FREE_PORT = 1024
LAST_PORT = 65535
HOST_LENGTH = 253

_URL = re.compile(r"(?P<scheme>[A-Za-z]+)://(?P<authority>[^/?#\\]+)(?P<path>[/?][^#]*)?(?P<fragment>#.*)?")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:]+)(?::(?P<port>[0-9]{0,5}))?")
_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2})*")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# A last label that is a number makes a name an IPv4 address in decimal, octal or hexadecimal notation.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that lead inside by definition (RFC 6762, 7686, 8375, and ICANN's reservation of `internal`).
_INSIDE = ("arpa", "internal", "local", "localhost", "onion")

_LOCALHOST = "localhost"


def tenant_url(value: str, loopback: bool = False) -> str:
    """A URL of the public internet, normalised. With `loopback`, also one of this machine, which may be `http`.
    Raises: Invalid."""
    given = text(value, URL_LENGTH)
    found = _URL.fullmatch(given)
    if found is None:
        raise _invalid("Send a full https address, such as https://example.com/webhooks.")
    scheme = found["scheme"].lower()
    if scheme not in (("https", "http") if loopback else ("https",)):
        raise _invalid("Send an https address.")
    if "@" in found["authority"]:
        raise _invalid("Send the address without a user name and password.")
    if found["fragment"] is not None:
        raise _invalid("Send the address without the part from # on.")
    host, port = _host_and_port(found["authority"])
    if loopback and is_local_host(host):
        if scheme == "http" and port is None:
            raise _invalid(f"Send a port from {FIRST_FREE_PORT} on.")
    else:
        _check_outside(host)
        if scheme == "http":
            raise _invalid("Send an https address.")
    shown_port = "" if port is None or (scheme == "https" and port == HTTPS_PORT) else f":{port}"
    return _short(f"{scheme}://{host}{shown_port}{_path(found['path'] or '')}")


def is_local_host(host: str) -> bool:
    """Whether a host of a normalised URL is this machine by its own name or address."""
    address = _literal(host)
    return host == _LOCALHOST if address is None else is_loopback(address)


def _host_and_port(authority: str) -> tuple[str, int | None]:
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        raise _invalid("This is not the name of a host, with or without a port.")
    port = int(found["port"]) if found["port"] else None
    if port is not None and port != HTTPS_PORT and not FIRST_FREE_PORT <= port <= LAST_PORT:
        raise _invalid(f"The port must be {HTTPS_PORT}, or from {FIRST_FREE_PORT} to {LAST_PORT}.")
    return _host(found["host"]), port


def _host(written: str) -> str:
    """The host in ASCII and lower case; an IPv6 address in brackets and in its short form."""
    if written.startswith("["):
        address = read_address(written[1:-1])
        if address is None:
            raise _invalid("This is not an IPv6 address.")
        return f"[{address}]"
    host = (written if written.isascii() else _in_ascii(written)).lower().removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]) and read_address(host) is None:
        raise _invalid("This is not an IPv4 address in four decimal numbers.")
    if len(host) > HOST_LENGTH or not all(map(_LABEL.fullmatch, labels)):
        raise _invalid("This is not the name of a host.")
    return host


def _in_ascii(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise _invalid("This is not the name of a host.") from None


def _check_outside(host: str) -> None:
    """Raises: Invalid, for what is inside by its name or as a literal address."""
    address = _literal(host)
    if address is not None and not is_public(address):
        raise _invalid("The address is not public.")
    labels = host.split(".")
    if address is None and (len(labels) < 2 or labels[-1] in _INSIDE):
        raise _invalid("The name is not public. Send a full domain name.")


def _literal(host: str) -> Address | None:
    return read_address(host.strip("[]"))


def _path(written: str) -> str:
    path = written if written.isascii() else "".join(it if it.isascii() else quote(it) for it in written)
    if not _PATH.fullmatch(path):
        raise _invalid("The path has characters that must be percent-encoded.")
    return path


def _short(url: str) -> str:
    if len(url) > URL_LENGTH:
        raise Invalid(ErrorCode.TOO_LONG, f"At most {URL_LENGTH:,} characters when percent-encoded, not {len(url):,}.")
    return url


def _invalid(message: str) -> Invalid:
    return Invalid(ErrorCode.INVALID_URL, message)
