"""Column types and conditions that give the same answers on SQLite and PostgreSQL."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Dialect,
    String,
    TableValuedAlias,
    Text,
    any_,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

_as_text = json.JSONEncoder(separators=(",", ":")).encode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# asyncpg stores the last time of Python as infinity, and returns it without a time zone.
LAST_TIME = datetime.max.replace(microsecond=999_998, tzinfo=UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A time with microseconds. SQLite has no such type and stores microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        value = min(value, LAST_TIME)
        if dialect.name == "postgresql":
            return value
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name == "postgresql":
            return value  # type: ignore[no-any-return]
        return _EPOCH + timedelta(microseconds=value)


class Json(TypeDecorator[Any]):
    """A small JSON value stored as text, which both databases return unchanged."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _as_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self.load(value)

    def load(self, stored: str) -> Any:
        """Returns the stored value."""
        return json.loads(stored)


class TextTuple(Json):
    """A tuple of texts."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return tuple(json.loads(stored))


class Word(TypeDecorator[StrEnum]):
    """A value of a domain enum."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum], length: int) -> None:
        super().__init__(length)
        self.words = words

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


class KeyList(TypeDecorator[Sequence[Any]]):
    """A list of keys as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, integers: bool = False) -> None:
        super().__init__()
        self.integers = integers

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        table = BigInteger() if self.integers else Text()
        return dialect.type_descriptor(ARRAY(table) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        keys = list(value or ())
        return keys if dialect.name == "postgresql" else json.dumps(keys)


def in_keys(
    column: ColumnElement[Any], dialect: str, name: str = "keys", integers: bool = False
) -> ColumnElement[bool]:
    """Returns the condition that `column` is in a list parameter. The statement is the same for any number of keys."""
    keys = bindparam(name, type_=KeyList(integers))
    if dialect == "postgresql":
        return column == any_(keys)
    return column.in_(select(func.json_each(keys).table_valued("value").c.value))


def each_key(dialect: str, integers: bool = False) -> TableValuedAlias:
    """Returns a list parameter as a table with one `value` in each row."""
    keys, value = bindparam("keys", type_=KeyList(integers)), column("value", BigInteger() if integers else Text())
    if dialect == "postgresql":
        return func.unnest(keys).table_valued(value).render_derived(name="keys")
    return func.json_each(keys).table_valued(value, name="keys")
