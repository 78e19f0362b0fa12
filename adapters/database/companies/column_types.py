"""Column types of addresses, and of what quotes have for custom fields."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Dialect

from adapters.database.core.column_types import Json
from domain.companies.custom_fields import VALUE_TYPES, FieldType
from domain.shared.addresses import Address


class AddressColumn(Json):
    """An address."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return Address(*json.loads(stored))


class FieldValues(Json):
    """The custom field values of a quote."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        kept = [[it.field_id, str(it.kind), _stored(it.value)] for it in value or ()]
        return json.dumps(kept, separators=(",", ":"))

    def load(self, stored: str) -> Any:
        return tuple(_value(*kept) for kept in json.loads(stored))


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(field_id: str, kind: FieldType, kept: Any) -> Any:
    value = kept
    if kind == FieldType.DATE:
        value = date.fromisoformat(kept)
    elif kind == FieldType.CHECKLIST:
        value = tuple(kept)
    elif kind == FieldType.ADDRESS:
        value = Address(*kept)
    return VALUE_TYPES[FieldType(kind)](field_id, FieldType(kind), value)
