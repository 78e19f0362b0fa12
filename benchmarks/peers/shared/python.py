"""Shared by the Python servers: the statements of statements.sql with asyncpg, authentication, and the port."""

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
    """Opens ten connections, as the other servers; asyncpg caches prepared statements."""
    host, name, user = (os.environ[it] for it in ("PGHOST", "PGDATABASE", "PGUSER"))
    return await asyncpg.create_pool(host=host, database=name, user=user, min_size=10, max_size=10)


async def callers(pool: asyncpg.Pool) -> dict[str, asyncpg.Record]:
    """Returns all callers, by the hash of their key."""
    return {row["hash"]: row for row in await pool.fetch(STATEMENTS["keys"])}


def caller(known: dict[str, Any], authorization: str | None) -> Any | None:
    """Returns the caller of an Authorization header, or None."""
    scheme, _, key = (authorization or "").partition(" ")
    return known.get(hashlib.sha256(key.encode()).hexdigest()) if scheme == "Bearer" else None


def money(minor: int | None, currency: str | None) -> dict[str, str | None] | None:
    """Returns an amount in the form of the API."""
    if minor is None:
        return None
    digits = DIGITS.get(currency or "", 2)
    return {"amount": f"{minor / 10**digits:.{digits}f}", "currencyCode": currency}


def row_id(global_id: str) -> str:
    return global_id.rpartition("_")[2]
