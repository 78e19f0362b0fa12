"""Encrypts all stored secrets again, after the key was replaced."""

from typing import Any, NamedTuple

from sqlalchemy import Column, Row, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.connections.tables import connections
from adapters.database.core.engine import Database
from adapters.database.webhooks.tables import webhook_endpoints
from adapters.secrets import FernetSecretBox
from domain.shared.outbound_errors import NotConfigured

# How many rows are locked together.
SLICE = 200
# The columns with what a `SecretBox` has sealed, by table.
SEALED: dict[Table, tuple[Column[Any], ...]] = {
    webhook_endpoints: (webhook_endpoints.c.secret, webhook_endpoints.c.previous_secret),
    connections: (connections.c.sealed_credentials, connections.c.hook_token_sealed),
}


class Resealed(NamedTuple):
    """How many secrets were encrypted again, and how many none of the keys decrypts."""

    resealed: int = 0
    unreadable: int = 0

    def plus(self, other: "Resealed") -> "Resealed":
        return Resealed(self.resealed + other.resealed, self.unreadable + other.unreadable)


async def reseal_secrets(database: Database, box: FernetSecretBox) -> Resealed:
    """Encrypts every stored secret with the newest key of the box. What it cannot decrypt is left as it is."""
    total = Resealed()
    for table in SEALED:
        total = total.plus(await _reseal_table(database, table, box))
    return total


async def _reseal_table(database: Database, table: Table, box: FernetSecretBox) -> Resealed:
    total, last = Resealed(), ""
    while True:
        async with database.write.begin() as connection:
            rows = await _locked(connection, table, last)
            for row in rows:
                total = total.plus(await _reseal(connection, table, row, box))
        if not rows:
            return total
        last = rows[-1].id


async def _locked(connection: AsyncConnection, table: Table, after: str) -> list[Row[Any]]:
    statement = select(table.c.id, *SEALED[table]).order_by(table.c.id).limit(SLICE).with_for_update()
    return list(await connection.execute(statement.where(table.c.id > after) if after else statement))


async def _reseal(connection: AsyncConnection, table: Table, row: Row[Any], box: FernetSecretBox) -> Resealed:
    changed, unreadable = {}, 0
    for column in SEALED[table]:
        # A connection that has ended has no secrets.
        sealed = row._mapping[column] or None
        try:
            resealed = None if sealed is None else box.reseal(sealed)
        except NotConfigured:
            unreadable += 1
            continue
        if resealed != sealed:
            changed[column.name] = resealed
    if changed:
        await connection.execute(update(table).where(table.c.id == row.id).values(changed))
    return Resealed(len(changed), unreadable)
