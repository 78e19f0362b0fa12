"""What is kept of an answer, and what is said of a failure: nothing of our network, and nothing that a database cannot
store."""

import codecs
import os
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from adapters.tenant_http.connections import AnswerTooLarge, NotPublic

KEPT_BYTES = 1024
LONGEST_WAIT = timedelta(days=30)

_SECONDS = re.compile(r"[0-9]{1,12}")


def body_text(kept: bytes, encoding: str) -> str:
    """The beginning of a body as text. That of a compressed body is empty, as it is never decompressed."""
    if encoding.strip().lower() not in ("", "identity"):
        return ""
    decoded = codecs.getincrementaldecoder("utf-8")("replace").decode(kept)
    return "".join(it if it.isprintable() or it in "\n\t" else " " for it in decoded.replace("\r\n", "\n"))


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """How long a Retry-After header asks to wait, in seconds or until a date; None, if it cannot be read."""
    written = (value or "").strip()
    if _SECONDS.fullmatch(written):
        return min(timedelta(seconds=int(written)), LONGEST_WAIT) if len(written) < 9 else LONGEST_WAIT
    try:
        until = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    aware = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    return min(max(aware - now, timedelta()), LONGEST_WAIT)


def failure(error: Exception, connect: float, total: float) -> str:
    """The sentence for a request that got no complete answer. It is the same for a name without an address and one that
    leads inside, so that nobody learns which names there are inside."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "The name has no public address."
        case aiohttp.ClientConnectorCertificateError():
            return f"The certificate is refused: {_reason(error.certificate_error)}."
        case aiohttp.ClientConnectorSSLError():
            return "There is no TLS connection."
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, NotPublic):
            return "The address is not public."
        case aiohttp.ClientConnectorError():
            return f"There is no connection{_system_reason(error.os_error)}."
        case aiohttp.ConnectionTimeoutError():
            return f"There is no connection within {connect:g} seconds."
        case TimeoutError():
            return f"There is no complete answer within {total:g} seconds."
        case AnswerTooLarge():
            return f"The answer has more than {error.largest // 1024} KiB."
        case aiohttp.ClientResponseError():
            return "The answer is not valid HTTP."
        case _:
            return "The connection ended before the answer was complete."


def _reason(error: Exception) -> str:
    """Why OpenSSL refuses a certificate, such as `certificate has expired`."""
    return str(getattr(error, "verify_message", "")).rstrip(".") or "it is not valid"


def _system_reason(error: OSError) -> str:
    return f": {os.strerror(error.errno).lower()}" if error.errno else ""
