"""The table of customers, and the column type of addresses."""

import json
from typing import Any

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from adapters.database.core.column_types import Json, UtcDateTime
from adapters.database.core.columns import Key, identity, metadata, tenant
from domain.shared.addresses import Address


class AddressColumn(Json):
    """An address in its parts."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return Address(*json.loads(stored))


customers = Table(
    "customers",
    metadata,
    identity(),
    tenant(),
    Column("name", Text, nullable=False),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("company_name", Text),
    Column("email", Text),
    Column("phone_number", Text),
    Column("address", AddressColumn),
    Column("external_id", Key),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("search", Key, nullable=False),
    UniqueConstraint("tenant_id", "external_id"),
    Index(None, "tenant_id", "search", "id"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "search", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "external_id"),
)
