"""Takes the idempotency key of a caller, or returns what an earlier call with it did, and stores the outcome."""

from datetime import datetime

from sqlalchemy import select

from adapters.database.core.set_writes import UpdateRows
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import insert_missing
from adapters.database.idempotency.outcomes import dump_outcome, load_outcome
from adapters.database.idempotency.tables import idempotency_keys
from domain.ports.unit_of_work import IdempotencyClash, Outcome
from domain.shared.access import IdempotencyKey

_OUTCOME = UpdateRows(idempotency_keys, ("outcome",), key=("api_key_id", "key"))


async def take(connection: Transaction, caller: str, key: IdempotencyKey, now: datetime) -> Outcome | None:
    """Inserts the key, or returns the stored outcome of the earlier call with it. Raises: IdempotencyClash.

    The row is inserted first, so that a concurrent duplicate waits for this one to end.
    """
    row = {
        "api_key_id": caller,
        "key": key.key,
        "mutation": key.mutation,
        "input_hash": key.input_hash,
        "created_at": now,
    }
    inserted = await connection.execute(insert_missing(idempotency_keys, connection.dialect.name), row)
    return None if inserted.rowcount else await _earlier_outcome(connection, caller, key)


async def store_outcome(connection: Transaction, caller: str, key: IdempotencyKey, outcome: Outcome) -> None:
    """Stores the outcome with its key."""
    await connection.write(_OUTCOME, [{"api_key_id": caller, "key": key.key, "outcome": dump_outcome(outcome)}])


async def _earlier_outcome(connection: Transaction, caller: str, key: IdempotencyKey) -> Outcome:
    of = idempotency_keys.c
    mine = select(of.mutation, of.input_hash, of.outcome).where(of.api_key_id == caller, of.key == key.key)
    row = (await connection.execute(mine)).one()
    if (row.mutation, row.input_hash) != (key.mutation, key.input_hash):
        raise IdempotencyClash("This idempotency key was used before with other input. Use a new key.")
    return load_outcome(row.outcome)
