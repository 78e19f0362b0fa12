"""The filters of lists by what connected system their objects come from."""

from typing import Any

from sqlalchemy import ColumnElement, String, TableClause, bindparam, column, select

from adapters.database.core.columns import Uuid
from adapters.database.core.loader_specs import Filter

# The columns of the table of origins (`adapters/database/connections/tables.py`).
_ORIGINS = TableClause("origins", column("node_id", Uuid), column("system", String()), column("connection_id", Uuid))


def from_elsewhere(node_id: ColumnElement[str]) -> dict[str, Filter]:
    """Matches objects that come from a system, or from a connection."""

    def by(wanted: ColumnElement[Any]) -> Filter:
        def condition(name: str, _dialect: str) -> ColumnElement[bool]:
            same = (_ORIGINS.c.node_id == node_id) & (wanted == bindparam(name, type_=wanted.type))
            return select(_ORIGINS.c.node_id).where(same).correlate(node_id.table).exists()

        return Filter(condition, str)

    return {"origin_system": by(_ORIGINS.c.system), "origin_connection": by(_ORIGINS.c.connection_id)}
