"""Stream tickets: a ticket opens one event stream with what an API key may read, within seconds
(docs/domain.md#stream-tickets)."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.shared.access import Caller, Unauthorized, key_hash

LIFETIME = timedelta(seconds=30)
PREFIX = "qt_"
LONGEST_TICKET = 100


class StreamTicket(NamedTuple):
    """A stored ticket of a caller. The ticket itself is shown once; only its SHA-256 hash is stored."""

    hash: str
    caller: Caller
    expires_at: datetime


def new_ticket() -> str:
    """A random ticket, which needs no escaping in the query of a URL."""
    return f"{PREFIX}{secrets.token_urlsafe(32)}"


def stored_ticket(ticket: str, caller: Caller, now: datetime) -> StreamTicket:
    """What is stored of a ticket that is made now."""
    return StreamTicket(ticket_hash(ticket), caller, now + LIFETIME)


def ticket_hash(ticket: str) -> str:
    """The SHA-256 hash that is stored instead of the ticket."""
    return key_hash(ticket)


def may_be_ticket(given: str) -> bool:
    """Whether this has the form of a ticket. Anything else is refused before the storage is asked."""
    return given.startswith(PREFIX) and len(given) <= LONGEST_TICKET and given.isascii()


def holder(ticket: StreamTicket | None, now: datetime) -> Caller:
    """The caller who made a ticket. Raises: Unauthorized, if it was used or has expired."""
    if ticket is None or ticket.expires_at <= now:
        seconds = LIFETIME.seconds
        message = (
            "This stream ticket is unknown, used or expired. Create one with `createStreamTicket` for each event "
            f"stream, at most {seconds} seconds before."
        )
        raise Unauthorized(message)
    return ticket.caller
