"""What is different behind PgBouncer in transaction mode: each transaction, also that of a single statement, may run on
another connection to PostgreSQL.

No statement stays prepared, as the next transaction would not find it. Nothing is set for a session, which others would
get, and PgBouncer refuses most parameters at the start of one: a transaction sets what it needs for itself.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import URL

PARAMETER = "pgbouncer"
# asyncpg sends an unnamed statement once more, together with its values, if it may keep none.
UNPREPARED: Mapping[str, Any] = {"statement_cache_size": 0}


def is_behind_pgbouncer(url: URL) -> bool:
    """Whether the address of a database says `?pgbouncer=true`."""
    return url.query.get(PARAMETER) == "true"


def without_parameter(url: URL) -> URL:
    """Returns the address as the driver knows it."""
    return url.difference_update_query([PARAMETER])


def setting_for_transaction(session: Mapping[str, str]) -> str:
    """Returns a statement that gives the settings of a session to the current transaction only."""
    return "SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in session.items())
