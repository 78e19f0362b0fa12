"""The product's own schema and services, over a database of demo data, with a reader that can be told to fail."""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import Database
from adapters.database.core.reader import SqlReader
from adapters.database.history.events import SqlEventLog
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from adapters.signals.signals import Signals
from app.external import NoExternalServices
from app.wiring import LOADERS, utc_now
from domain.ports.dependencies import Dependencies
from domain.shared.access import Caller, Environment, Scope, TenantScope
from domain.shared.ids import global_id, new_id
from domain.shared.jobs import DEFAULT_RETRY_POLICY
from resolvers.context import Services
from resolvers.ports import Reader
from tests.execution.documents import NOTHING
from tests.execution.zoo_loaders import Broken, portion

OPERATOR = Caller("test", "Test", Environment.LIVE, None, None, frozenset(map(str, Scope)))


@asynccontextmanager
async def services_over(database: Database) -> AsyncIterator[Services]:
    """What operations need, over a database; nothing outside answers."""
    async with Signals(database) as signals:
        ledger = SqlUnitOfWorkFactory(database, lambda _event: [], utc_now)
        queue = SqlJobQueue(database, DEFAULT_RETRY_POLICY.lease)
        deps = Dependencies(ledger.begin, queue, NoExternalServices(), utc_now, new_id)
        yield Services(SqlReader(database, LOADERS), SqlEventLog(database), signals, deps)


async def a_customers_key(database: Database) -> Caller:
    """A caller with every scope in the live environment of one company."""
    wanted = select(tenants.c.id, tenants.c.company_id).where(tenants.c.environment == "LIVE")
    async with database.read.connect() as connection:
        tenant_id, company_id = (await connection.execute(wanted.order_by(tenants.c.id))).first()  # type: ignore[misc]
    return replace(OPERATOR, tenant_id=tenant_id, company_id=company_id)


@dataclass(frozen=True, slots=True)
class ReadFaults:
    """What goes wrong in reading, always at the same keys: one loader altogether, or keys now and then."""

    number: int = 0
    rate: float = 0.0
    loader: str = ""

    def __bool__(self) -> bool:
        return bool(self.rate or self.loader)

    def __call__(self, loader: str, keys: Sequence[Any], values: Sequence[Any]) -> Sequence[Any]:
        if loader == self.loader:
            if self.number % 3 == 0:
                return values[:-1]
            raise Broken(loader)
        return [self._one(loader, key, value) for key, value in zip(keys, values, strict=True)]

    def _one(self, loader: str, key: Any, value: Any) -> Any:
        if portion(self.number, loader, key) >= self.rate:
            return value
        return None if portion("way", self.number, loader, key) < 0.5 else Broken(f"{loader} {key}")


@dataclass(frozen=True, slots=True)
class FaultyReader:
    """A reader of which some reads fail. With faults there are no JSON subtrees, which fail as a whole."""

    reader: Reader
    faults: ReadFaults

    async def load(
        self, loader: str, keys: Sequence[Any], tenant_scope: TenantScope, attributes: frozenset[str] | None = None
    ) -> Sequence[Any]:
        return self.faults(loader, keys, await self.reader.load(loader, keys, tenant_scope, attributes))

    async def json_subtrees(
        self, edge: Any, keys: Sequence[Any], tenant_scope: TenantScope
    ) -> Mapping[Any, str] | None:
        return None if self.faults else await self.reader.json_subtrees(edge, keys, tenant_scope)

    async def count(self, loader: str, keys: Sequence[Any], tenant_scope: TenantScope) -> Sequence[int]:
        return self.faults(f"count of {loader}", keys, await self.reader.count(loader, keys, tenant_scope))


def with_faults(services: Services, faults: ReadFaults) -> Services:
    return replace(services, reader=FaultyReader(services.reader, faults)) if faults else services


WRONG = ["", "nonsense", global_id("Quote", "01900000-0000-7000-8000-00000000dead"), "Quote_1", "ñ"]
SCALARS = {
    "DateTime": ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "yesterday"],
    "Date": ["2026-01-31", "2026-02-31"],
    "Decimal": ["10", "1450.00", "x"],
    "CountryCode": ["UY", "uruguay", "Atlantis"],
    "CurrencyCode": ["USD", "EUR", "XXX"],
}


@dataclass(slots=True)
class KnownValues:
    """What the graph has told so far, to be asked for again: ids by their type, cursors, and texts by their name."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def learn(self, data: Any, name: str = "") -> None:
        if isinstance(data, dict):
            for key, value in data.items():
                self.learn(value, key)
        elif isinstance(data, list):
            for value in data:
                self.learn(value, name)
        elif isinstance(data, str):
            type_, _, rest = data.partition("_")
            found = self.ids.setdefault(type_, []) if len(rest) == 36 else self.texts.setdefault(name, [])
            if data not in found and len(found) < 50:
                found.append(data)

    def values(self, place: str, type_: str, chance: random.Random) -> Any:
        """A value for an argument or a field of an input, more often good than not."""
        name = place.rpartition(".")[2]
        match type_.rstrip("!"):
            case "ID":
                return self._id(place, chance)
            case "Int" if name in ("first", "last"):
                # One of the two, or neither.
                if name == "last" and chance.random() < 0.8:
                    return None
                return chance.choice([1, 2, 3, 5, 100]) if chance.random() < 0.97 else chance.choice([0, 101, -1])
            case "String" if name in ("after", "before"):
                return self._text("cursor", chance) if chance.random() < (0.15 if name == "after" else 0.05) else None
            case "Int":
                return chance.choice([1, 2, 3])
            case "String" | "EmailAddress" | "URL":
                return self._text(name, chance)
            case scalar if scalar in SCALARS:
                return chance.choice(SCALARS[scalar])
        return NOTHING

    def _id(self, place: str, chance: random.Random) -> str:
        if chance.random() < 0.05 or not self.ids:
            return chance.choice(WRONG)
        owner = place.lower().removesuffix(".id").removesuffix("id").removesuffix("by").rpartition(".")[2]
        fitting = [it for it in self.ids if it.lower() == owner]
        return chance.choice(self.ids[fitting[0] if fitting else chance.choice(list(self.ids))])

    def _text(self, name: str, chance: random.Random) -> str:
        if chance.random() < 0.1 or not self.texts:
            return chance.choice(["", "nonsense", "ñ", "a%b_c"])
        found = self.texts.get(name) or chance.choice(list(self.texts.values()))
        return chance.choice(found)
