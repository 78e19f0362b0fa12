"""The table of price options."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from adapters.database.core.column_types import UtcDateTime, Word
from adapters.database.core.columns import identity, metadata, part_of, tenant
from domain.quotes.price_options import PriceOptionStatus
from domain.shared.access import ActorKind

price_options = Table(
    "price_options",
    metadata,
    identity(),
    tenant(),
    part_of("quotes", "quote_id"),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("upfront_minor", BigInteger, nullable=False),
    Column("price_currency", String(3), nullable=False),
    Column("status", Word(PriceOptionStatus, 10), nullable=False),
    Column("accepted_at", UtcDateTime),
    Column("accepted_by_kind", Word(ActorKind, 10)),
    Column("accepted_by_id", Text),
    Column("accepted_by_name", Text),
    Index(None, "quote_id", "position", "id"),
)
