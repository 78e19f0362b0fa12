"""The table of tags for filters, derived from the nodes' own columns."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, delete, insert, select

from adapters.database.core.loader_specs import Filter
from adapters.database.core.transactions import Transaction
from adapters.database.tags import tables
from domain.shared.parsers import fold


def has_tag(node_id: ColumnElement[str]) -> Filter:
    """Matches nodes with the tag, without regard to case."""
    columns = tables.tags.c
    return Filter(
        lambda name, _dialect: node_id.in_(
            select(columns.node_id).where(columns.tag == bindparam(name, type_=columns.tag.type))
        ),
        fold,
    )


async def write_tags(connection: Transaction, tenant_id: int, node_id: str, tags: Sequence[str]) -> None:
    """Replaces the tags of a node in the table."""
    table = tables.tags
    await connection.execute(delete(table).where(table.c.node_id == node_id))
    if tags:
        found = [{"tenant_id": tenant_id, "node_id": node_id, "tag": fold(tag)} for tag in tags]
        await connection.execute(insert(table), found)
