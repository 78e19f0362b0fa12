"""Stream tickets in place of an API key: `GET /graphql?query=…&ticket=…`, for a browser's EventSource, which sends no
headers. Logs have no query strings, so no tickets either."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from aiohttp import web
from graphql import OperationType

from adapters.database.stream_tickets.store import SqlStreamTickets
from app.server.auth import Authenticator
from app.server.media_types import Accepted
from app.server.reading import BadRequest
from domain.shared.access import Caller, Unauthorized
from domain.stream_tickets.tickets import StreamTicket, holder, may_be_ticket

PARAMETER = "ticket"
_FOR_STREAMS = (
    "A stream ticket is for one subscription over server-sent events. Send the header `Accept: text/event-stream`, and "
    "an API key in `Authorization` for everything else."
)


def ticket_of(request: web.Request) -> str | None:
    """Returns the ticket of a request without an API key."""
    return None if "Authorization" in request.headers else request.query.get(PARAMETER)


class StreamTickets:
    """Admits the callers of streams by tickets. Each admits one, whichever process made it."""

    def __init__(self, stored: SqlStreamTickets, authenticator: Authenticator, now: Callable[[], datetime]) -> None:
        self._stored = stored
        self._authenticator = authenticator
        self._now = now

    async def admit(self, ticket: str, accepted: Accepted, request: web.Request) -> Caller:
        """Returns the caller of a ticket, and uses it up. Raises: Unauthorized, Forbidden, BadRequest, Refusal."""
        if not accepted.stream:
            raise BadRequest(_FOR_STREAMS)
        # Anybody can send what has the form of a ticket, and taking one is a write.
        found = await self._authenticator.look_up(partial(self._taken, ticket), request)
        try:
            caller = holder(found, self._now())
        except Unauthorized:
            self._authenticator.count_refused("ticket")
            raise
        return await self._authenticator.admit_by_ticket(caller, request)

    async def _taken(self, ticket: str) -> StreamTicket | None:
        return await self._stored.take(ticket) if may_be_ticket(ticket) else None


def require_subscription(kind: OperationType | None) -> None:
    """Raises: BadRequest, if a ticket was sent with anything else."""
    if kind is not OperationType.SUBSCRIPTION:
        raise BadRequest(_FOR_STREAMS)
