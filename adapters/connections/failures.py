"""What an error answer of a connected system means, and the reason it gives."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from adapters.connections.exact_json import read_json, write_json
from adapters.http import one_line
from adapters.tenant_http.answers import retry_after
from domain.shared.outbound_errors import Busy, OutboundFailure, Refused, Unavailable, Uncertain

LONGEST_REASON = 500
# What is waited for at most before a system is asked again, and if it does not say how long.
LONGEST_WAIT = 3_600.0
USUAL_WAIT = 60.0

REQUEST_TIMEOUT = 408
TOO_EARLY = 425
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503
# These 4xx do not refuse the request itself.
_PASSING = frozenset({REQUEST_TIMEOUT, TOO_EARLY})


def failure_of(status: int, reads: bool, call: str, reason: str, wait: float | None) -> OutboundFailure:
    """The failure for an answer that is no success. `reads` if the call changes nothing, `wait` if the system says how
    long to wait."""
    message = f"{call}: {status} {reason}".rstrip()
    if status == TOO_MANY_REQUESTS or (status == UNAVAILABLE and reads and wait is not None):
        return Busy(message, USUAL_WAIT if wait is None else wait, status, reason)
    if 300 <= status < 400:
        reason = "A redirect is not followed. Use the address that it leads to."
        return Refused(f"{call}: {status} {reason}", status, reason)
    if 400 <= status < 500 and status not in _PASSING:
        return Refused(message, status, reason)
    return Unavailable(message, status, reason) if reads else Uncertain(message, status, reason)


def wait_of(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """How many seconds to wait before the next call, by `Retry-After` or by `X-RateLimit-Remaining` and
    `X-RateLimit-Reset` (in milliseconds); None if the next call can be sent at once."""
    if status in (TOO_MANY_REQUESTS, UNAVAILABLE) and (asked := retry_after(headers.get("Retry-After"), now)):
        return min(asked.total_seconds(), LONGEST_WAIT)
    if status != TOO_MANY_REQUESTS and headers.get("X-RateLimit-Remaining", "").strip() != "0":
        return None
    return _seconds_to_reset(headers, now)


class Rate(NamedTuple):
    """How many calls are left, and for how many seconds."""

    left: int
    seconds: float


def rate_of(headers: Mapping[str, str], now: datetime) -> Rate | None:
    """What an answer says of the rate; None if it says nothing."""
    left, seconds = _number(headers, "X-RateLimit-Remaining"), _seconds_to_reset(headers, now)
    return None if left is None or seconds is None else Rate(left, seconds)


def _seconds_to_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    reset = _number(headers, "X-RateLimit-Reset")
    if reset is None:
        return None
    # The system's own clock may differ from ours.
    theirs = _date(headers.get("Date")) or now
    return min(max(reset / 1_000 - theirs.timestamp(), 0), LONGEST_WAIT)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    given = headers.get(name, "").strip()
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else None


def reason_of(content: bytes) -> str:
    """What an error answer says, on one line: the message of any of the usual forms, with its details."""
    try:
        answer = read_json(content)
    except ValueError:
        text = content[: 4 * LONGEST_REASON].decode("utf-8", "replace").strip()
        return "" if text.startswith("<") else one_line(text)[:LONGEST_REASON]
    error = answer.get("error", answer) if isinstance(answer, dict) else answer
    if not isinstance(error, dict):
        return _joined([error])
    return _joined([error.get("message"), error.get("details"), error.get("errors")])


def _joined(parts: Iterable[Any]) -> str:
    texts = (it if isinstance(it, str) else write_json(it) for it in parts if it not in (None, "", [], {}))
    return one_line(" ".join(texts))[:LONGEST_REASON]


def _date(header: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(header or "")
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo is not None else None
