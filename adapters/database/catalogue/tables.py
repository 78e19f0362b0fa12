"""The tables of the catalogue, which is every company's, of what happened to it, and of each company's kits."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from adapters.database.catalogue.specifications import specification_columns
from adapters.database.core.column_types import TextTuple, UtcDateTime, Word
from adapters.database.core.columns import Key, Uuid, created_at, identity, metadata, part_of, tenant, updated_at
from adapters.database.history.column_types import FieldChanges
from domain.catalogue.products import ProductType
from domain.history.catalogue_events import CatalogueEventType
from domain.shared.access import ActorType

products = Table(
    "products",
    metadata,
    identity(),
    Column("product_type", Word(ProductType, 20), nullable=False),
    Column("brand", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("search", Key, nullable=False),
    Column("brand_key", Key),
    Column("sku", Text),
    Column("image_url", Text),
    created_at(),
    updated_at(),
    # The unique values of a product, casefolded: brand and model, and SKU.
    Column("name_key", Key),
    Column("sku_key", Key),
    Index(None, "name_key", unique=True),
    Index(None, "sku_key", unique=True),
    Index(None, "brand_key"),
    Index(None, "search", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
)

configurations = Table(
    "configurations",
    metadata,
    identity(),
    part_of("products", "product_id"),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    *(Column(name, Text) for name in ("os", "cpu", "ram", "storage", "screen_size", "resolution", "connection_type")),
    Column("sku", Text),
    Column("sku_key", Key),
    created_at(),
    updated_at(),
    Index(None, "sku_key", unique=True),
    Index(None, "product_id", "position"),
)

# The parts of each configuration, for filters: `key` is the name and the casefolded value. Derived from its columns.
configuration_parts = Table(
    "configuration_parts",
    metadata,
    Column("configuration_id", Uuid, ForeignKey("configurations.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("value", Text, nullable=False),
    Column("key", Key, nullable=False),
    Index(None, "key", "configuration_id"),
)

catalogue_events = Table(
    "catalogue_events",
    metadata,
    identity(),
    part_of("products", "product_id"),
    Column("type", Word(CatalogueEventType, 30), nullable=False),
    Column("node_type", String(20), nullable=False),
    Column("node_id", Uuid, nullable=False),
    Column("actor_kind", Word(ActorType, 10), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("field_changes", FieldChanges, nullable=False),
    Index(None, "product_id", "occurred_at", "id"),
)

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
    Column("product_id", Uuid, ForeignKey("products.id")),
    Column("configuration_id", Uuid, ForeignKey("configurations.id")),
    Column("quantity", Integer, nullable=False),
    *specification_columns(),
    created_at(),
    updated_at(),
    Index(None, "kit_id", "position"),
)
