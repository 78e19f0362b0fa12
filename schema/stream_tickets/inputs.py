"""What one sends to make a stream ticket."""

import strawberry

from domain.use_cases.stream_tickets.creation import CreateStreamTicket
from schema.shared.inputs import dry_run_field


@strawberry.input(description="Input for `createStreamTicket`.")
class CreateStreamTicketInput:
    dry_run: bool = dry_run_field()

    def command(self) -> CreateStreamTicket:
        return CreateStreamTicket()
