"""A connection in a database, to a system in memory, which is read once after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from adapters.database.core.engine import Database
from domain.catalogue.products import ProductType, Specification
from domain.connections.connections import Connection, ConnectionSecrets, credentials_text
from domain.connections.records import (
    ForeignAlternative,
    ForeignItem,
    ForeignPerson,
    ForeignQuote,
    ForeignRecipient,
    Unread,
)
from domain.connections.systems import Collection, Credentials
from domain.ports.connections import Connecting, never
from domain.ports.dependencies import Dependencies
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.statuses import OfferStatus
from domain.shared.access import Environment
from domain.shared.ids import RowId
from domain.shared.jobs import Again, Job, JobStatus, JobType
from domain.use_cases.connections.syncing import sync_connection
from tests.builders import NOW
from tests.databases import LIVE, dependencies_on, rows_of
from tests.fakes.read_systems import FakeSystem, FakeSystems
from tests.fakes.storage import Clock
from tests.fakes.webhooks import PlainSecretBox

SECRETS = ConnectionSecrets(f"sealed {credentials_text(Credentials('token'))}", "0" * 64, "sealed token")
CHANGED = datetime(2026, 5, 1, 12, tzinfo=UTC)


def a_record(external_id: str, **given) -> ForeignQuote:
    record = ForeignQuote(
        external_id,
        f"Q-{external_id}",
        CHANGED - timedelta(days=1),
        CHANGED,
        requester=ForeignPerson("Ana", "ana@acme.example"),
        currency="EUR",
        items=(
            ForeignItem(
                "i1",
                specification=Specification("Apple", "MacBook Pro"),
                product_type=ProductType.LAPTOP,
                quantity=2,
                price=Decimal("1000.50"),
                status=OfferStatus.SOURCED,
                recipients=(ForeignRecipient("r1", "Leo", "UY", "leo@acme.example"),),
                alternatives=(ForeignAlternative("a1", Specification("Dell", "XPS"), price=Decimal(900)),),
            ),
        ),
    )
    return replace(record, **given)


@dataclass
class Reading:
    """A connection in a database, and the system that it is to."""

    database: Database
    connection: Connection
    system: FakeSystem = field(default_factory=FakeSystem)
    clock: Clock = field(default_factory=Clock)
    is_outage: Callable[[BaseException], bool] = never
    full_interval: timedelta = timedelta()

    @property
    def deps(self) -> Dependencies:
        deps = dependencies_on(self.database)
        systems = Connecting(FakeSystems(self.system), full_interval=self.full_interval, is_outage=self.is_outage)
        return replace(deps, connecting=systems, secret_box=PlainSecretBox(), now=self.clock)

    @property
    def job(self) -> Job:
        key, payload = f"connection:{self.connection.id}", {"connectionId": self.connection.id}
        of = ("1", self.connection.tenant_id, Environment.LIVE, JobType.SYNC_CONNECTION, key, payload)
        return Job(*of, JobStatus.WAITING, 1, NOW, None, None, None, None, NOW, None)

    async def read(self, *quotes: ForeignQuote | Unread) -> Again | None:
        """Read the system once, as far as it goes; with these quotes, if there are any."""
        if quotes:
            self.system.records[Collection.QUOTES] = list(quotes)
        self.clock.move(minutes=5)
        return await sync_connection(self.deps, self.job)

    async def full(self) -> Again | None:
        now = await self.now
        async with self.deps.unit_of_work(LIVE) as work:
            await work.connections.save(now._replace(sync_full=True))
            await work.commit()
        return await self.read()

    @property
    async def now(self) -> Connection:
        async with self.deps.unit_of_work(LIVE) as work:
            found = await work.connections.find(RowId(self.connection.id))
            assert found is not None
            return found

    async def quote(self, external_id: str) -> QuoteAggregate | None:
        async with self.deps.unit_of_work(LIVE) as work:
            found = await work.origins.of_records(self.connection.id, ("Quote",), [external_id])
            return await work.quotes.lock(found[0].node_id) if found else None

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(it) for it in await rows_of(self.database, sql)]

    async def events(self) -> list[str]:
        return [it for (it,) in await self.rows("SELECT type FROM events ORDER BY number")]
