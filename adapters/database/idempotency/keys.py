"""Takes the idempotency key of a caller, or returns what an earlier call with it did, and stores the outcome."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, null, select

from adapters.database.core.set_writes import UpdateRows
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import upsert_into
from adapters.database.idempotency.outcomes import dump_outcome, load_outcome
from adapters.database.idempotency.tables import idempotency_keys
from domain.ports.unit_of_work import IdempotencyClash, Outcome
from domain.shared.access import IdempotencyKey

_EXPIRED = "expired_before"
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_OUTCOME = UpdateRows(idempotency_keys, ("outcome",), key=("api_key_id", "key"))


async def take(
    connection: Transaction, caller: str, key: IdempotencyKey, now: datetime, kept: timedelta | None
) -> Outcome | None:
    """Inserts the key, or returns the stored outcome of the earlier call with it, for as long as keys are `kept` (None:
    forever). Raises: IdempotencyClash.

    The row is inserted first, so that a concurrent duplicate waits for this one to end.
    """
    row = {
        "api_key_id": caller,
        "key": key.key,
        "mutation": key.mutation,
        "input_hash": key.input_hash,
        "created_at": now,
    }
    expired_before = _LONG_AGO if kept is None else now - kept
    taken = await connection.execute(_insert_or_renew(connection.dialect.name), {**row, _EXPIRED: expired_before})
    return None if taken.rowcount else await _earlier_outcome(connection, caller, key)


async def store_outcome(connection: Transaction, caller: str, key: IdempotencyKey, outcome: Outcome) -> None:
    """Stores the outcome with its key."""
    await connection.write(_OUTCOME, [{"api_key_id": caller, "key": key.key, "outcome": dump_outcome(outcome)}])


@cache
def _insert_or_renew(dialect: str) -> Any:
    """Inserts a key, or takes one that has expired and is not purged yet as if it were new."""
    insert, of = upsert_into(idempotency_keys, dialect), idempotency_keys.c
    new = {name: insert.excluded[name] for name in ("mutation", "input_hash", "created_at")}
    return insert.on_conflict_do_update(
        index_elements=[of.api_key_id, of.key],
        set_={**new, "outcome": null()},
        where=of.created_at < bindparam(_EXPIRED, type_=of.created_at.type),
    )


async def _earlier_outcome(connection: Transaction, caller: str, key: IdempotencyKey) -> Outcome:
    of = idempotency_keys.c
    mine = select(of.mutation, of.input_hash, of.outcome).where(of.api_key_id == caller, of.key == key.key)
    row = (await connection.execute(mine)).one()
    if (row.mutation, row.input_hash) != (key.mutation, key.input_hash):
        raise IdempotencyClash("This idempotency key was used before with other input. Use a new key.")
    return load_outcome(row.outcome)
