"""Stream tickets: a ticket opens one event stream with what an API key may read, within seconds
(docs/domain.md#stream-tickets)."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.shared.access import Unauthorized, key_hash

LIFETIME = timedelta(seconds=30)
PREFIX = "qt_"
LONGEST_TICKET = 100


class StreamTicket(NamedTuple):
    """A stored ticket of an API key. The ticket itself is shown once; only its SHA-256 hash is stored."""

    hash: str
    api_key_id: str
    expires_at: datetime


def new_ticket() -> str:
    """A random ticket, which needs no escaping in the query of a URL."""
    return f"{PREFIX}{secrets.token_urlsafe(32)}"


def stored_ticket(ticket: str, api_key_id: str, now: datetime) -> StreamTicket:
    """What is stored of a ticket that is made now."""
    return StreamTicket(ticket_hash(ticket), api_key_id, now + LIFETIME)


def ticket_hash(ticket: str) -> str:
    """The SHA-256 hash that is stored instead of the ticket."""
    return key_hash(ticket)


def may_be_ticket(given: str) -> bool:
    """Whether this has the form of a ticket. Anything else is refused before the storage is asked."""
    return given.startswith(PREFIX) and len(given) <= LONGEST_TICKET and given.isascii()


def holder(ticket: StreamTicket | None, now: datetime) -> str:
    """The id of the API key that made a ticket. Raises: Unauthorized, if it was used or has expired."""
    if ticket is None or ticket.expires_at <= now:
        seconds = LIFETIME.seconds
        message = (
            "This stream ticket is unknown, used or expired. Create one with `createStreamTicket` for each event "
            f"stream, at most {seconds} seconds before."
        )
        raise Unauthorized(message)
    return ticket.api_key_id
