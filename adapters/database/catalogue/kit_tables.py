"""The tables of kits, and of the tags that anything can carry."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from adapters.database.core.column_types import TextTuple, UtcDateTime, Word
from adapters.database.core.columns import Key, Uuid, identity, metadata, part_of, specification, tenant
from domain.catalogue.products import ProductType

kits = Table(
    "kits",
    metadata,
    identity(),
    tenant(),
    Column("name", Text, nullable=False),
    Column("region", Text),
    Column("tags", TextTuple, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("search", Key, nullable=False),
    Index(None, "tenant_id", "search", "id"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "search", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
)

kit_devices = Table(
    "kit_devices",
    metadata,
    identity(),
    tenant(),
    part_of("kits", "kit_id"),
    Column("position", Integer, nullable=False),
    Column("product_type", Word(ProductType, 20), nullable=False),
    Column("product_id", ForeignKey("products.id")),
    Column("configuration_id", ForeignKey("configurations.id")),
    Column("quantity", Integer, nullable=False),
    *specification(),
    Index(None, "kit_id", "position"),
)

# The tags of each node, casefolded, to find it by: a projection of the node's own column.
tags = Table(
    "tags",
    metadata,
    tenant(),
    Column("node_id", Uuid, primary_key=True),
    Column("tag", Key, primary_key=True),
    Index(None, "tenant_id", "tag", "node_id"),
    Index(None, "tag", "node_id"),
)
