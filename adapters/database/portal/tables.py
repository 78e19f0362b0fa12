"""The tables of public keys, signatures, attachments, signed documents and customer documents."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from adapters.database.core.column_types import Json, TextTuple, UtcDateTime, Word
from adapters.database.core.columns import Key, Uuid, created_at, identity, metadata, part_of, tenant, updated_at
from domain.portal.signatures import SignaturePurpose

# A quote's newest key is valid; older ones are revoked and kept for the events that refer to them.
public_keys = Table(
    "public_keys",
    metadata,
    identity(),
    tenant(),
    part_of("quotes", "quote_id"),
    Column("key", Text, nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Index(None, "quote_id", "id"),
)

signatures = Table(
    "signatures",
    metadata,
    identity(),
    tenant(),
    part_of("quotes", "quote_id"),
    Column("purpose", Word(SignaturePurpose, 10), nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("email_key", Key, nullable=False),
    Column("address", Text, nullable=False),
    Column("user_agent", Text),
    Column("document_hash", String(64), nullable=False),
    Column("documents", Json, nullable=False),
    Column("superseded", Boolean, nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
    Column("price_option", Text),
    Column("alternatives", TextTuple, nullable=False, server_default=text("'[]'")),
    created_at(),
    updated_at(),
    Index(None, "quote_id", "id"),
)

quote_attachments = Table(
    "quote_attachments",
    metadata,
    identity(),
    tenant(),
    part_of("quotes", "quote_id"),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("sha256", String(64)),
    Column("requires_signature", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    updated_at(),
    Index(None, "quote_id", "position"),
)

# The signed bytes: later changes of the quote, or of the PDF template, do not affect them.
signed_documents = Table(
    "signed_documents",
    metadata,
    Column("quote_id", Uuid, ForeignKey("quotes.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    tenant(),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# The files that customers have uploaded.
customer_documents = Table(
    "customer_documents",
    metadata,
    identity(),
    tenant(),
    part_of("quotes", "quote_id"),
    Column("name", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "quote_id", "id"),
)
