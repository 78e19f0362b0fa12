"""Loaders over the rows of the small schema. They remember what they were asked, and can be told to fail."""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import orjson
from graphql import GraphQLError

from resolvers.context import Context
from resolvers.execution.json_subtrees import (
    ConstantNode,
    EdgeNode,
    IdNode,
    ObjectNode,
    ScalarNode,
    SubtreeFields,
    SubtreeNode,
)
from tests.execution.zoo_rows import LIONS, MANY, ONE, TABLES


class Broken(Exception):
    """A loader or a resolver was told to fail."""


class Odd:
    """What no scalar knows."""

    def __repr__(self) -> str:
        return "odd"


def portion(*key: Any) -> float:
    """A number from 0 to 1 that is always the same for a key."""
    return zlib.crc32(repr(key).encode()) / 2**32


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, always at the same keys: how often for a key, and for which loaders altogether."""

    number: int = 0
    rate: float = 0.0
    loaders: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rate or self.loaders)

    def spoil(self, loader: str, keys: Sequence[Any], values: list[Any]) -> list[Any]:
        """What a loader gives instead. Raises: Broken."""
        match self.loaders.get(loader):
            case "raises":
                raise Broken(loader)
            case "one short":
                return values[:-1]
        return [self._spoiled(loader, key, value) for key, value in zip(keys, values, strict=True)]

    def _spoiled(self, loader: str, key: Any, value: Any) -> Any:
        if portion(self.number, loader, key) >= self.rate:
            return value
        way = portion("way", self.number, loader, key)
        if way < 0.3:
            return Broken(f"{loader} {key}")
        if way < 0.6 or isinstance(value, list) or value is None:
            return None
        odd = [None, 2**40, "odd", Odd()][int(way * 1000) % 4]
        if isinstance(value, int):
            return odd
        name = value._fields[int(portion("which", self.number, loader, key) * len(value._fields))]
        return value._replace(**{name: odd})

    def check(self, *place: Any) -> None:
        """Raises: Broken, or a GraphQLError with a code."""
        if portion(self.number, *place) < self.rate:
            if portion("way", self.number, *place) < 0.5:
                raise Broken(str(place))
            raise GraphQLError("Not today.", extensions={"code": "CONFLICT"})


class Narrow:
    """A row that has nothing but what was asked for."""

    def __init__(self, row: Any, attributes: frozenset[str]) -> None:
        self.__dict__.update({name: getattr(row, name) for name in attributes if hasattr(row, name)})


@dataclass(slots=True)
class Zoo:
    """Answers loaders from the tables, and remembers what it was asked."""

    faults: Faults = Faults()
    calls: list[tuple[str, list[Any], frozenset[str] | None]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    total: int = 0

    async def load(
        self, loader: str, keys: Sequence[Any], _reach: Any, attributes: frozenset[str] | None = None
    ) -> Sequence[Any]:
        assert len(set(keys)) == len(keys), "a key is asked for once"
        self.calls.append((loader, list(keys), attributes))
        values = self.faults.spoil(loader, keys, [rows_of(loader, key) for key in keys])
        return values if attributes is None else [narrowed(value, attributes) for value in values]

    async def count(self, loader: str, keys: Sequence[Any], _reach: Any) -> Sequence[int]:
        return self.faults.spoil(f"count {loader}", keys, [len(rows_of("lions_of", key.keeper)) for key in keys])

    async def json_subtrees(self, edge: EdgeNode, keys: Sequence[Any], _reach: Any) -> Mapping[Any, str] | None:
        """As PostgreSQL does it; what could fail is left to rows."""
        if self.faults:
            return None
        self.calls.append((edge.loader, list(keys), None))
        found = {key: rows_of(edge.loader, key) for key in keys}
        return {key: orjson.dumps(written_link(edge, it)).decode() for key, it in found.items() if it}

    @property
    def loads(self) -> Counter[str]:
        return Counter(loader for loader, _, _ in self.calls)


def narrowed(value: Any, attributes: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [narrowed(it, attributes) for it in value]
    return value if value is None or isinstance(value, Exception) else Narrow(value, attributes)


def rows_of(loader: str, key: Any) -> Any:
    if loader in ONE:
        return next((row for row in TABLES[loader] if row.id == key), None)
    if loader == "lion_pages":
        rows = [row for row in LIONS if row.keeper_id == key.keeper and (not key.from_ or row.id >= key.from_)]
        return sorted(rows, reverse=key.order == "FALLING")[: key.first]
    table, attribute = MANY[loader]
    return [row for row in TABLES[table] if getattr(row, attribute) == key]


def written(fields: SubtreeFields, row: Any) -> dict[str, Any] | None:
    return None if row is None else {name: written_value(it, row) for name, it in fields}


def written_value(it: SubtreeNode, row: Any) -> Any:
    match it:
        case ConstantNode(text):
            return text
        case IdNode(prefix):
            return prefix + row.id
        case ScalarNode(attribute):
            return getattr(row, attribute)
        case ObjectNode(attribute, fields):
            return written(fields, row if attribute is None else getattr(row, attribute))
        case EdgeNode():
            key = getattr(row, it.key)
            return written_link(it, ([] if it.many else None) if key is None else rows_of(it.loader, key))


def written_link(it: EdgeNode, found: Any) -> Any:
    return [written(it.fields, row) for row in found] if it.many else written(it.fields, found)


def a_context(zoo: Zoo, json_subtrees: bool = False) -> Context:
    services: Any = SimpleNamespace(reader=zoo)
    caller: Any = SimpleNamespace(tenant_scope=None)
    return Context(services, caller, json_subtrees=json_subtrees)
