"""The filters of lists by what connected system their objects come from."""

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    String,
    TableClause,
    Text,
    bindparam,
    cast,
    column,
    literal_column,
    select,
)

from adapters.database.core.column_types import in_keys
from adapters.database.core.columns import Uuid
from adapters.database.core.loader_specs import Filter

# The columns of the table of origins (`adapters/database/connections/tables.py`).
_ORIGINS = TableClause(
    "origins",
    column("node_id", Uuid),
    column("tenant_id", Integer()),
    column("system", String()),
    column("connection_id", Uuid),
    column("is_stale", Boolean()),
)
_OF = _ORIGINS.c


def from_elsewhere(node_id: ColumnElement[str]) -> dict[str, Filter]:
    """Matches objects that come from one of some systems, from a connection, from any of them or from none."""

    def whose(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        mine = select(_OF.node_id).where(_OF.node_id == node_id, *conditions)
        return mine.correlate(node_id.table).exists()

    def of_system(name: str, dialect: str) -> ColumnElement[bool]:
        return whose(in_keys(_OF.system, dialect, name))

    def of_connection(name: str, _dialect: str) -> ColumnElement[bool]:
        return whose(_OF.connection_id == bindparam(name, type_=_OF.connection_id.type))

    def always(condition: ColumnElement[bool]) -> Filter:
        return Filter(lambda _name, _dialect: condition)

    return {
        "origin_system": Filter(of_system, lambda systems: [str(it) for it in systems]),
        "origin_connection": Filter(of_connection, str),
        "origin_stale": always(whose(_OF.is_stale)),
        "origin_fresh": always(whose(~_OF.is_stale)),
        "has_origin": always(whose()),
        "has_no_origin": always(~whose()),
    }


def from_elsewhere_for_each(node_id: ColumnElement[str]) -> dict[str, Filter]:
    """Matches objects that all companies share by the origins that one of them has. A filter's value is a pair: its
    tenant, and what is wanted."""
    tenant = cast(_OF.tenant_id, Text)

    def whose(of_tenant: ColumnElement[str], *conditions: ColumnElement[bool]) -> Filter:
        def condition(name: str, dialect: str) -> ColumnElement[bool]:
            same = (_OF.node_id == node_id, in_keys(of_tenant, dialect, name), *conditions)
            return select(_OF.node_id).where(*same).correlate(node_id.table).exists()

        return Filter(condition, lambda pair: [f"{pair[0]}:{it}" for it in pair[1]])

    def of(wanted: ColumnElement[str]) -> ColumnElement[str]:
        return tenant + literal_column("':'", Text) + cast(wanted, Text)

    anything = tenant + literal_column("':'", Text)
    return {
        "own_origin_system": whose(of(_OF.system)),
        "own_origin_connection": whose(of(_OF.connection_id)),
        "own_origin_stale": whose(anything, _OF.is_stale),
        "own_origin_fresh": whose(anything, ~_OF.is_stale),
    }
