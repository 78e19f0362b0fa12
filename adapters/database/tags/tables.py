"""The table of tags, which anything can carry."""

from sqlalchemy import Column, Index, Table

from adapters.database.core.columns import Key, Uuid, metadata, tenant

# The casefolded tags of each node, for filters: derived from the node's own column.
tags = Table(
    "tags",
    metadata,
    tenant(),
    Column("node_id", Uuid, primary_key=True),
    Column("tag", Key, primary_key=True),
    Index(None, "tenant_id", "tag", "node_id"),
    Index(None, "tag", "node_id"),
)
