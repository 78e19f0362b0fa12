"""Making stream tickets."""

import strawberry

from domain.stream_tickets.tickets import LIFETIME
from domain.use_cases.stream_tickets.creation import create_stream_ticket
from schema.declare import mutation
from schema.stream_tickets.inputs import CreateStreamTicketInput
from schema.stream_tickets.payloads import CreateStreamTicketPayload


@strawberry.type
class StreamTicketMutations:
    create_stream_ticket = mutation(
        "Creates a ticket with which one event stream is opened instead of an API key, for a browser's `EventSource`, "
        "which sends no headers: `GET /graphql?query=…&ticket=…` with a subscription. It is valid for "
        f"{LIFETIME.seconds} seconds and for one connection, which may read what the API key may read, and ends with "
        "the key. Requires no scope.",
        None,
        CreateStreamTicketInput,
        create_stream_ticket,
        CreateStreamTicketPayload,
    )
