"""The table of vendor orders."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text, text

from adapters.database.core.column_types import TextTuple, UtcDateTime, Word
from adapters.database.core.columns import Uuid, flags, identity, metadata, part_of, tenant
from adapters.database.fulfilment.column_types import VendorAlternatives, VendorCandidate, VendorEmployee
from domain.fulfilment.vendor_api import HardwareType
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from domain.quotes.recipients import Destination

vendor_orders = Table(
    "vendor_orders",
    metadata,
    identity(),
    tenant(),
    part_of("quotes", "quote_id"),
    part_of("quote_items", "item_id"),
    Column("status", Word(VendorOrderStatus, 20), nullable=False),
    Column("send_to", Word(Destination, 10), nullable=False),
    Column("country", String(2), nullable=False),
    Column("employee_email", Text),
    Column("hardware_type", Word(HardwareType, 30)),
    Column("amount", Integer, nullable=False),
    Column("vendor_order_id", Text),
    Column("order_number", Text),
    Column("problem", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("vendor_status", Text),
    Column("quoted_price_minor", BigInteger),
    Column("quoted_price_currency", String(3)),
    Column("eta", Date),
    Column("min_eta", Date),
    Column("max_eta", Date),
    Column("delivered_on", Date),
    Column("tracking_code", Text),
    Column("tracking_link", Text),
    Column("serial_numbers", TextTuple, nullable=False, server_default=text("'[]'")),
    Column("alternatives", VendorAlternatives, nullable=False, server_default=text("'[]'")),
    Column("attention", Word(VendorAttention, 30)),
    Column("asked", Word(VendorAction, 10)),
    Column("asked_price_minor", BigInteger),
    Column("asked_price_currency", String(3)),
    Column("asked_group_id", Text),
    Column("asked_candidate_id", Text),
    Column("employee", VendorEmployee),
    Column("selected", VendorCandidate),
    Column("notice", Text),
    *flags("is_price_request"),
    Column("price_basis", String(64)),
    Column("batch_id", Uuid),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "quote_id", "id"),
    Index(None, "item_id", "id"),
)
