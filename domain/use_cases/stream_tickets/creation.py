"""The use case that makes a stream ticket (docs/domain.md#stream-tickets)."""

from dataclasses import dataclass

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller, CredentialType
from domain.shared.errors import ErrorCode, InvalidInput, Problem
from domain.stream_tickets.tickets import new_ticket, stored_ticket
from domain.use_cases.frame import Command, use_case


@dataclass(frozen=True, slots=True)
class CreateStreamTicket(Command):
    """Make a ticket for one event stream of the caller."""


@use_case
async def create_stream_ticket(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateStreamTicket
) -> Outcome:
    """Make a ticket for one event stream. The ticket is in the outcome, once. Raises: InvalidInput."""
    if caller.credential == CredentialType.IDENTITY_TOKEN:
        message = "A ticket is made with an API key. Open the stream with your token in the header `Authorization`."
        raise InvalidInput(Problem(ErrorCode.NOT_ALLOWED, message, ()))
    ticket = new_ticket()
    stored = stored_ticket(ticket, caller, deps.now())
    await work.stream_tickets.add(stored)
    shown = None if command.dry_run else ticket
    return Outcome(secret=shown, details={"expires_at": stored.expires_at.isoformat()})
