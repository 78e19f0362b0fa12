"""The table of custom fields, and the column types of what quotes and lines have beyond what each has."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Column, Dialect, Index, Table, Text, UniqueConstraint, text

from adapters.database.core.column_types import Json, TextTuple, UtcDateTime, Word
from adapters.database.core.columns import Key, identity, metadata, tenant
from domain.companies.custom_fields import VALUE_TYPES, FieldKind
from domain.quotes.item_details import Article, ItemProperty, WeightUnit
from domain.shared.addresses import Address


class FieldValues(Json):
    """What a quote has for custom fields."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        kept = [[it.field_id, str(it.kind), _stored(it.value)] for it in value or ()]
        return json.dumps(kept, separators=(",", ":"))

    def load(self, stored: str) -> Any:
        return tuple(_value(*kept) for kept in json.loads(stored))


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(field_id: str, kind: FieldKind, kept: Any) -> Any:
    value = kept
    if kind == FieldKind.DATE:
        value = date.fromisoformat(kept)
    elif kind == FieldKind.CHECKLIST:
        value = tuple(kept)
    elif kind == FieldKind.ADDRESS:
        value = Address(*kept)
    return VALUE_TYPES[FieldKind(kind)](field_id, FieldKind(kind), value)


class ArticleColumn(Json):
    """What is known of an article."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        *known, properties = json.loads(stored)
        article = Article._make([*known, tuple(ItemProperty(*it) for it in properties)])
        return article._replace(weight_unit=WeightUnit(article.weight_unit) if article.weight_unit else None)


custom_fields = Table(
    "custom_fields",
    metadata,
    identity(),
    tenant(),
    Column("name", Text, nullable=False),
    Column("kind", Word(FieldKind, 10), nullable=False),
    Column("options", TextTuple, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("customer_sees", Boolean, nullable=False),
    Column("customer_edits", Boolean, nullable=False, server_default=text("false")),
    Column("archived_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("name_key", Key, nullable=False),
    UniqueConstraint("tenant_id", "name_key"),
    Index(None, "tenant_id", "name_key", "id"),
    Index(None, "name_key", "id"),
)
