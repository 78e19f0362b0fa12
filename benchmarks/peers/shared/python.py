"""What the Python peers share: the statements of statements.sql over asyncpg, who may ask, and where to listen."""

import hashlib
import os
from pathlib import Path
from typing import Any

import asyncpg

HERE = Path(__file__).parent
PORT = int(os.environ["PORT"])
TYPE_DEFS = (HERE / "schema.graphql").read_text()
DIGITS = {"JPY": 0, "KWD": 3}


def _statements() -> dict[str, str]:
    parts = (HERE / "statements.sql").read_text().split("-- name: ")[1:]
    return {name.strip(): text.strip() for name, _, text in (part.partition("\n") for part in parts)}


STATEMENTS = _statements()


async def open_pool() -> asyncpg.Pool:
    """Ten connections, as the others have; asyncpg prepares and keeps statements by itself."""
    host, name, user = (os.environ[it] for it in ("PGHOST", "PGDATABASE", "PGUSER"))
    return await asyncpg.create_pool(host=host, database=name, user=user, min_size=10, max_size=10)


async def callers(pool: asyncpg.Pool) -> dict[str, asyncpg.Record]:
    """Everyone who may ask, by the hash of the key."""
    return {row["hash"]: row for row in await pool.fetch(STATEMENTS["keys"])}


def caller(known: dict[str, Any], authorization: str | None) -> Any | None:
    """Who asks, from the Authorization header; None for nobody."""
    scheme, _, key = (authorization or "").partition(" ")
    return known.get(hashlib.sha256(key.encode()).hexdigest()) if scheme == "Bearer" else None


def money(minor: int | None, currency: str | None) -> dict[str, str | None] | None:
    """An amount as the graph has it."""
    if minor is None:
        return None
    digits = DIGITS.get(currency or "", 2)
    return {"amount": f"{minor / 10**digits:.{digits}f}", "currencyCode": currency}


def row_id(global_id: str) -> str:
    return global_id.rpartition("_")[2]
