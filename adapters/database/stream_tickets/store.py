"""Stores stream tickets, and takes one for the stream that it opens."""

from sqlalchemy import delete, select

from adapters.database.core.engine import Database
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import insert_into
from adapters.database.stream_tickets.tables import stream_tickets
from domain.stream_tickets.tickets import StreamTicket, ticket_hash


class SqlStreamTicketStore:
    """Implements the `StreamTicketStore` port in one unit of work."""

    def __init__(self, connection: Transaction) -> None:
        self._connection = connection

    async def add(self, ticket: StreamTicket) -> None:
        values = {**ticket._asdict(), "api_key_id": ticket.caller.key_id}
        await self._connection.execute(insert_into(stream_tickets), values)


class SqlStreamTickets:
    """Takes tickets before the caller is known."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, ticket: str) -> StreamTicket | None:
        """Returns a ticket and deletes it, so that one of those who send it at the same time gets it."""
        columns = stream_tickets.c
        mine = columns.hash == ticket_hash(ticket)
        if self._database.dialect == "sqlite":
            # Deleting nothing would still wait for all other writers, whoever sends it.
            async with self._database.read.connect() as connection:
                if (await connection.execute(select(columns.hash).where(mine))).one_or_none() is None:
                    return None
        taken = delete(stream_tickets).where(mine).returning(columns.hash, columns.caller, columns.expires_at)
        async with self._database.write.begin() as connection:
            row = (await connection.execute(taken)).one_or_none()
        return None if row is None or row.caller is None else StreamTicket._make(row)
