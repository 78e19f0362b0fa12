"""What the mutation of stream tickets answers."""

from schema.declare import column
from schema.shared.payloads import payload
from schema.shared.scalars import DateTime


@payload()
class CreateStreamTicketPayload:
    """For `createStreamTicket`."""

    ticket: str | None = column(
        "Ticket, sent as the parameter `ticket` of the stream's URL. It is returned this once; null if the mutation "
        "was a dry run, or sent again with its idempotency key.",
        attribute="secret",
    )
    expires_at: DateTime | None = column("Time until which the stream has to be opened.")
