"""How lists of quotes and of their recipients are narrowed."""

from operator import eq

from sqlalchemy import ColumnElement, TableClause, bindparam, column, select

from adapters.database.core.column_types import UtcDateTime, in_keys
from adapters.database.core.columns import Uuid
from adapters.database.core.loader_specs import Filter, compares, equals_in_any_case, one_of, times
from adapters.database.core.origin_filters import from_elsewhere
from adapters.database.node_metadata.store import has_metadata, part_has_metadata
from adapters.database.quotes import tables
from adapters.database.tags.store import has_tag

_OF, _ITEM, _RECIPIENT = tables.quotes.c, tables.quote_items.c, tables.recipients.c


def _having_country(name: str, dialect: str) -> ColumnElement[bool]:
    return _OF.id.in_(select(_RECIPIENT.quote_id).where(in_keys(_RECIPIENT.country, dialect, name)))


def _part_called(quote_id: ColumnElement[str], external_id: ColumnElement[str]) -> Filter:
    """Matches quotes with a part that has an external ID."""

    def condition(name: str, _dialect: str) -> ColumnElement[bool]:
        same = external_id == bindparam(name, type_=external_id.type)
        return _OF.id.in_(select(quote_id).where(same))

    return Filter(condition)


# The columns of the table of changes that are asked of connected systems (`adapters/database/connections/tables.py`).
_CHANGES = TableClause("origin_changes", column("quote_id", Uuid), column("settled_at", UtcDateTime()))
_PENDING = (
    select(_CHANGES.c.quote_id)
    .where(_CHANGES.c.quote_id == _OF.id, _CHANGES.c.settled_at.is_(None))
    .correlate(tables.quotes)
    .exists()
)

QUOTE_FILTERS: dict[str, Filter] = {
    "customer": compares(_OF.customer_id, eq),
    "project": equals_in_any_case(_OF.project_key),
    "assignee": equals_in_any_case(_OF.assignee_key),
    "tag": has_tag(_OF.id),
    "status": one_of(_OF.status),
    **from_elsewhere(_OF.id),
    "has_pending_change": Filter(lambda _name, _dialect: _PENDING),
    "has_no_pending_change": Filter(lambda _name, _dialect: ~_PENDING),
    "external_id": compares(_OF.external_id, eq),
    "metadata": has_metadata(_OF.id),
    "item_external_id": _part_called(_ITEM.quote_id, _ITEM.external_id),
    "item_metadata": part_has_metadata(_OF.id, _ITEM.id, _ITEM.quote_id),
    "recipient_external_id": _part_called(_RECIPIENT.quote_id, _RECIPIENT.external_id),
    "recipient_metadata": part_has_metadata(_OF.id, _RECIPIENT.id, _RECIPIENT.quote_id),
    "country": Filter(_having_country, list),
    **times(_OF.created_at, _OF.updated_at),
}
RECIPIENT_FILTERS: dict[str, Filter] = {
    "status": one_of(_RECIPIENT.status),
    "country": one_of(_RECIPIENT.country),
    "external_id": compares(_RECIPIENT.external_id, eq),
    "metadata": has_metadata(_RECIPIENT.id),
    **times(_RECIPIENT.created_at, _RECIPIENT.updated_at),
}
