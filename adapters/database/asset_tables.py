"""The tables of assets."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, String, Table, Text

from adapters.database.columns import Key, identity, metadata, tenant
from adapters.database.types import UtcDateTime, Word
from domain.assets import AssetStatus
from domain.catalogue import ProductType

# `serial` and `search` are casefolded in Python, so that both databases find the same (design: Writing).
assets = Table(
    "assets",
    metadata,
    identity(),
    tenant(),
    Column("serial_number", Text, nullable=False),
    Column("serial_key", Key, nullable=False, unique=True),
    Column("status", Word(AssetStatus, 10), nullable=False),
    Column("device_type", Word(ProductType, 20)),
    Column("country", String(2), nullable=False),
    Column("description", Text),
    Column("employee_name", Text),
    Column("employee_email", Text),
    Column("employee_key", Key),
    Column("condition", Text),
    Column("price_minor", BigInteger),
    Column("price_currency", String(3)),
    Column("purchase_source", Text),
    Column("purchase_order", Text),
    Column("assigned_date", Date),
    Column("completion_date", UtcDateTime),
    Column("recipient_id", ForeignKey("recipients.id", ondelete="SET NULL"), unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("serial", Key, nullable=False),
    Column("search", Key, nullable=False),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "tenant_id", "status", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "employee_key", "created_at", "id"),
    Index(None, "serial"),
)
