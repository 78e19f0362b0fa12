"""The table by which objects are found by their metadata."""

from sqlalchemy import Column, Index, String, Table

from adapters.database.core.columns import Uuid, metadata, tenant

# For each entry of an object two digests, that of its key and that of its key and value: derived from the object's own
# column, for filters. Values of connected systems may be too long to be indexed.
metadata_digests = Table(
    "metadata_digests",
    metadata,
    tenant(),
    Column("node_id", Uuid, primary_key=True),
    Column("digest", String(32), primary_key=True),
    Index(None, "digest", "node_id"),
)
