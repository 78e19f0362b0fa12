"""The tables. Every owned row carries its tenant; indexes begin with what a query filters by."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adapters.database.asset_tables import (
    assets,
    device_action_comments,
    device_action_numbers,
    device_action_people,
    device_actions,
    movements,
)
from adapters.database.catalogue_tables import catalogue_events, configuration_parts, configurations, products
from adapters.database.columns import Key, Uuid, metadata
from adapters.database.columns import amounts as _amounts
from adapters.database.columns import discount as _discount
from adapters.database.columns import flags as _flags
from adapters.database.columns import identity as _id
from adapters.database.columns import part_of as _part_of
from adapters.database.columns import specification as _specification
from adapters.database.columns import tenant as _tenant
from adapters.database.custom_field_tables import ArticleColumn, FieldValues, custom_fields
from adapters.database.customer_tables import customers
from adapters.database.employee_tables import employees, hris_syncs
from adapters.database.kit_tables import kit_devices, kits, tags
from adapters.database.ledger_tables import events, idempotency_keys, jobs, status_times
from adapters.database.price_option_tables import price_options
from adapters.database.signing_tables import public_keys, quote_attachments, signatures, signed_documents
from adapters.database.types import (
    TextTuple,
    UtcDateTime,
    VendorAlternatives,
    VendorEmployee,
    Word,
)
from domain.access import ActorKind, Environment
from domain.catalogue import ProductType
from domain.outbound import HardwareType, SendTo
from domain.quote_statuses import (
    DecisionStatus,
    FulfilmentStatus,
    LineDecision,
    OfferStatus,
    QuoteOfferStatus,
    QuoteStatus,
    RecipientStatus,
)
from domain.taxes import TaxRounding
from domain.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus

__all__ = [
    "assets",
    "catalogue_events",
    "configuration_parts",
    "configurations",
    "custom_fields",
    "customers",
    "device_action_comments",
    "device_action_numbers",
    "device_action_people",
    "device_actions",
    "employees",
    "events",
    "hris_syncs",
    "idempotency_keys",
    "jobs",
    "kit_devices",
    "kits",
    "metadata",
    "movements",
    "price_options",
    "products",
    "public_keys",
    "quote_attachments",
    "signatures",
    "signed_documents",
    "status_times",
    "tags",
]

# What this database is for: one made by `quotegraph demo` says so, and demo touches no other.
notes = Table(
    "notes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

companies = Table(
    "companies",
    metadata,
    _id(),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("api_enabled", Boolean, nullable=False),
    Column("country", String(2)),
    Column("legal_number", Text),
    Column("contact_email", Text),
    Column("phone", Text),
    Column("tax_rounding", Word(TaxRounding, 8), nullable=False, server_default="PER_RATE"),
)

# `last_event` and `last_order_id` are counters: whoever raises one holds the row until its transaction ends.
tenants = Table(
    "tenants",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    Column("environment", Word(Environment, 4), nullable=False),
    Column("last_event", BigInteger, nullable=False, server_default=text("0")),
    Column("last_order_id", BigInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("company_id", "environment"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("prefix", String(16), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("company_id", ForeignKey("companies.id")),
    Column("environment", Word(Environment, 4), nullable=False),
    Column("scopes", TextTuple, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
)

quotes = Table(
    "quotes",
    metadata,
    _id(),
    _tenant(),
    Column("order_id", Key, nullable=False),
    Column("status", Word(QuoteStatus, 12), nullable=False),
    Column("po_number", Text),
    Column("requester_email", Text, nullable=False),
    Column("requester_name", Text),
    Column("notification_emails", TextTuple, nullable=False),
    Column("priced_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("offer_status", Word(QuoteOfferStatus, 10), nullable=False, server_default="DRAFT"),
    Column("decision_status", Word(DecisionStatus, 10), nullable=False, server_default="PENDING"),
    Column("fulfilment_status", Word(FulfilmentStatus, 12), nullable=False, server_default="NONE"),
    Column("expires_at", UtcDateTime),
    Column("expired_from", Word(QuoteOfferStatus, 10)),
    Column("closing_reason", Text),
    Column("notes", Text),
    Column("public_notes", Text),
    Column("body", Text),
    Column("project_reference", Text),
    Column("assignee_email", Text),
    Column("assignee_name", Text),
    Column("tags", TextTuple, nullable=False, server_default="[]"),
    Column("required_signatures", Integer, nullable=False, server_default=text("1")),
    Column("signature_count", Integer, nullable=False, server_default=text("0")),
    Column("project_approval_requested_at", UtcDateTime),
    Column("project_approved_at", UtcDateTime),
    Index(None, "decision_status", "offer_status", "expires_at"),
    Column("customer_id", Uuid),
    Column("custom_fields", FieldValues, nullable=False, server_default="[]"),
    Column("title", Text),
    Column("remarks", Text),
    # What quotes are found by, casefolded.
    Column("assignee_key", Key),
    Column("project_key", Key),
    Column("client_name", Text),
    Column("abm_id", Text),
    *_flags("auto_quote", "accepts_documents", "prices_include_tax"),
    Column("currency", String(3)),
    *_discount(),
    Column("shipping_name", Text),
    *_amounts("shipping", "subtotal", "discount_total", "shipping_total", "tax_total", "total", "option_price"),
    Column("accepted_option_id", Text),
    Column("tax_rounding", Word(TaxRounding, 8), nullable=False, server_default="PER_RATE"),
    UniqueConstraint("tenant_id", "order_id"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "customer_id", "created_at", "id"),
    Index(None, "tenant_id", "assignee_key", "created_at", "id"),
    Index(None, "tenant_id", "project_key", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "tenant_id", "status", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "order_id"),
)

quote_items = Table(
    "quote_items",
    metadata,
    _id(),
    _tenant(),
    _part_of("quotes", "quote_id"),
    Column("position", Integer, nullable=False),
    Column("status", Word(OfferStatus, 10), nullable=False),
    Column("decision", Word(LineDecision, 20), nullable=False),
    Column("product_type", Word(ProductType, 20), nullable=False),
    Column("product_id", ForeignKey("products.id")),
    Column("configuration_id", ForeignKey("configurations.id")),
    Column("quantity", Integer, nullable=False),
    Column("comments", Text),
    *_specification(),
    Column("price_minor", BigInteger),
    Column("price_currency", String(3)),
    Column("closing_offer_id", Uuid),
    Column("agreed_price_minor", BigInteger),
    Column("agreed_price_currency", String(3)),
    Column("agreed_at", UtcDateTime),
    Column("agreed_by_kind", Word(ActorKind, 10)),
    Column("agreed_by_id", Text),
    Column("agreed_by_name", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("taxable", Boolean, nullable=False, server_default=text("true")),
    Column("tax_rate", Integer, nullable=False, server_default=text("0")),
    *_discount(),
    Column("discount_currency", String(3)),
    *_amounts("subtotal", "discount_total", "tax_total", "total"),
    Column("total_currency", String(3)),
    Column("article", ArticleColumn),
    Column("internal_notes", Text),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    Index(None, "quote_id", "position", "id"),
)

alternatives = Table(
    "alternatives",
    metadata,
    _id(),
    _tenant(),
    _part_of("quotes", "quote_id"),
    _part_of("quote_items", "item_id"),
    Column("position", Integer, nullable=False),
    Column("status", Word(OfferStatus, 10), nullable=False),
    Column("description", Text),
    Column("is_exact_match", Boolean, nullable=False),
    Column("image_url", Text),
    *_specification(),
    Column("price_minor", BigInteger),
    Column("price_currency", String(3)),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "item_id", "position", "id"),
    Index(None, "quote_id"),
)

vendor_orders = Table(
    "vendor_orders",
    metadata,
    _id(),
    _tenant(),
    _part_of("quotes", "quote_id"),
    _part_of("quote_items", "item_id"),
    Column("status", Word(VendorOrderStatus, 20), nullable=False),
    Column("send_to", Word(SendTo, 10), nullable=False),
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
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "quote_id", "id"),
    Index(None, "item_id", "id"),
)

recipients = Table(
    "recipients",
    metadata,
    _id(),
    _tenant(),
    _part_of("quotes", "quote_id"),
    _part_of("quote_items", "item_id"),
    Column("position", Integer, nullable=False),
    Column("status", Word(RecipientStatus, 10), nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("email_key", Key),
    Column("country", String(2), nullable=False),
    Column("phone_number", Text),
    Column("address", Text),
    Column("storage", Boolean, nullable=False),
    Column("hire_date", Date),
    Column("tracking_code", Text),
    Column("tracking_link", Text),
    Column("serial_number", Text),
    Column("invoice_number", Text),
    Column("vendor_order_id", ForeignKey("vendor_orders.id")),
    Column("serial_numbers", TextTuple, nullable=False, server_default=text("'[]'")),
    Column("destination", Word(SendTo, 10), nullable=False, server_default=text("'EMPLOYEE'")),
    Column("city", Text),
    Column("post_code", Text),
    Column("address_extra", Text),
    Column("government_id", Text),
    Index(None, "item_id", "position", "id"),
    Index(None, "quote_id", "country"),
    Index(None, "email_key", "id"),
    Index(None, "vendor_order_id", "position", "id"),
)

# When each node first reached each status: a projection of the changes in `events`.
