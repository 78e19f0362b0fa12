"""Encrypts all stored secrets again, after the key was replaced."""

from typing import Any, NamedTuple

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.core.engine import Database
from adapters.database.webhooks.tables import webhook_endpoints
from adapters.secrets import FernetSecretBox
from domain.shared.outbound_errors import NotConfigured

# How many endpoints are locked together.
SLICE = 200
# The columns with what a `SecretBox` has sealed.
SEALED = (webhook_endpoints.c.secret, webhook_endpoints.c.previous_secret)


class Resealed(NamedTuple):
    """How many secrets were encrypted again, and how many none of the keys decrypts."""

    resealed: int = 0
    unreadable: int = 0


async def reseal_secrets(database: Database, box: FernetSecretBox) -> Resealed:
    """Encrypts every stored secret with the newest key of the box. What it cannot decrypt is left as it is."""
    total, last = Resealed(), ""
    while True:
        async with database.write.begin() as connection:
            rows = await _locked(connection, last)
            for row in rows:
                done = await _reseal(connection, row, box)
                total = Resealed(total.resealed + done.resealed, total.unreadable + done.unreadable)
        if not rows:
            return total
        last = rows[-1].id


async def _locked(connection: AsyncConnection, after: str) -> list[Row[Any]]:
    of = webhook_endpoints.c
    statement = select(of.id, *SEALED).order_by(of.id).limit(SLICE).with_for_update()
    return list(await connection.execute(statement.where(of.id > after) if after else statement))


async def _reseal(connection: AsyncConnection, row: Row[Any], box: FernetSecretBox) -> Resealed:
    changed, unreadable = {}, 0
    for column in SEALED:
        sealed = row._mapping[column]
        try:
            resealed = None if sealed is None else box.reseal(sealed)
        except NotConfigured:
            unreadable += 1
            continue
        if resealed != sealed:
            changed[column.name] = resealed
    if changed:
        of_row = update(webhook_endpoints).where(webhook_endpoints.c.id == row.id)
        await connection.execute(of_row.values(changed))
    return Resealed(len(changed), unreadable)
