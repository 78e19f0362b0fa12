"""One transaction for all reads and writes of a mutation; events and their jobs are written at its end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property, partial

from adapters.database.access.store import SqlAccessTokenStore, SqlApiKeyStore
from adapters.database.catalogue.kits import SqlKits
from adapters.database.catalogue.products import SqlCatalogue
from adapters.database.companies.company import SqlTenants
from adapters.database.companies.custom_fields import SqlCustomFields
from adapters.database.companies.customers import SqlCustomers
from adapters.database.connections.changes import SqlActionChanges, SqlConnectionNotices, SqlOriginChanges
from adapters.database.connections.store import SqlConnectionProblems, SqlConnections, SqlOrigins
from adapters.database.core.engine import Database
from adapters.database.core.outages import is_rolled_back
from adapters.database.core.transactions import Transaction
from adapters.database.fulfilment.vendor_orders import SqlVendorOrders
from adapters.database.history import events
from adapters.database.idempotency import keys
from adapters.database.inventory.assets import SqlAssets
from adapters.database.inventory.device_actions import SqlDeviceActions
from adapters.database.inventory.movements import SqlMovements
from adapters.database.jobs import queue
from adapters.database.members.store import SqlMembers
from adapters.database.people.employees import SqlEmployees
from adapters.database.portal.public_keys import SqlPublicKeys
from adapters.database.portal.signatures import SqlSignatures
from adapters.database.quotes.store import SqlQuotes
from adapters.database.stream_tickets.store import SqlStreamTicketStore
from adapters.database.webhooks.deliveries import SqlWebhookDeliveries
from adapters.database.webhooks.store import SqlWebhooks
from domain.ports.access_stores import AccessTokenStore, ApiKeyStore
from domain.ports.change_stores import ActionChangeStore, ConnectionNoticeStore, OriginChangeStore
from domain.ports.connection_stores import ConnectionProblemStore, ConnectionStore, OriginStore
from domain.ports.stores import (
    AssetStore,
    Catalogue,
    CustomerStore,
    CustomFieldStore,
    DeviceActionStore,
    EmployeeStore,
    KitStore,
    MemberStore,
    MovementStore,
    PublicKeyStore,
    QuoteStore,
    SignatureStore,
    StreamTicketStore,
    TenantStore,
    VendorOrderStore,
)
from domain.ports.unit_of_work import Outcome, RolledBack, UnitOfWork
from domain.ports.webhook_stores import WebhookDeliveryStore, WebhookStore
from domain.shared.access import IdempotencyKey, TenantScope
from domain.shared.email_limits import EmailBudget
from domain.shared.events import NewEvent
from domain.shared.jobs import EMAILS, Job, NewJob

log = logging.getLogger(__name__)

# For so long others are told of a commit only after it was noted with its key, so that who is told and reads with that
# key finds it on a replica. A database that takes longer delays them no further, in seconds.
NOTED_IN = 1.0


class SqlUnitOfWork:
    """Implements the `UnitOfWork` port over one connection; stores are created on use. `jobs_for` returns the jobs of
    an event."""

    def __init__(
        self,
        connection: Transaction,
        tenant_scope: TenantScope,
        jobs_for: Callable[[NewEvent], list[NewJob]],
        now: datetime,
        promise: tuple[str, IdempotencyKey] | None,
        count_emails: Callable[[int], None],
        keys_kept: timedelta | None,
    ) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope
        self._jobs_for = jobs_for
        self._now = now
        self._promise = promise
        self._count_emails = count_emails
        self._keys_kept = keys_kept
        self._events: list[NewEvent] = []
        self._jobs: list[tuple[int, NewJob]] = []
        self._retried = False
        self.is_committed = False
        # Once it is committed: whose subscribers and workers it concerns; None where it concerns nobody.
        self.news: set[int] | None = None

    @cached_property
    def quotes(self) -> QuoteStore:
        return SqlQuotes(self._connection, self._tenant_scope)

    @cached_property
    def catalogue(self) -> Catalogue:
        return SqlCatalogue(self._connection)

    @cached_property
    def kits(self) -> KitStore:
        return SqlKits(self._connection, self._tenant_scope)

    @cached_property
    def customers(self) -> CustomerStore:
        return SqlCustomers(self._connection, self._tenant_scope)

    @cached_property
    def custom_fields(self) -> CustomFieldStore:
        return SqlCustomFields(self._connection, self._tenant_scope)

    @cached_property
    def vendor_orders(self) -> VendorOrderStore:
        return SqlVendorOrders(self._connection, self._tenant_scope)

    @cached_property
    def assets(self) -> AssetStore:
        return SqlAssets(self._connection, self._tenant_scope)

    @cached_property
    def device_actions(self) -> DeviceActionStore:
        return SqlDeviceActions(self._connection, self._tenant_scope)

    @cached_property
    def movements(self) -> MovementStore:
        return SqlMovements(self._connection, self._tenant_scope)

    @cached_property
    def employees(self) -> EmployeeStore:
        return SqlEmployees(self._connection, self._tenant_scope)

    @cached_property
    def members(self) -> MemberStore:
        return SqlMembers(self._connection, self._tenant_scope)

    @cached_property
    def tenants(self) -> TenantStore:
        return SqlTenants(self._connection, self._tenant_scope)

    @cached_property
    def public_keys(self) -> PublicKeyStore:
        return SqlPublicKeys(self._connection, self._tenant_scope)

    @cached_property
    def signatures(self) -> SignatureStore:
        return SqlSignatures(self._connection, self._tenant_scope)

    @cached_property
    def webhooks(self) -> WebhookStore:
        return SqlWebhooks(self._connection, self._tenant_scope)

    @cached_property
    def webhook_deliveries(self) -> WebhookDeliveryStore:
        return SqlWebhookDeliveries(self._connection)

    @cached_property
    def connections(self) -> ConnectionStore:
        return SqlConnections(self._connection, self._tenant_scope)

    @cached_property
    def origins(self) -> OriginStore:
        return SqlOrigins(self._connection, self._tenant_scope)

    @cached_property
    def connection_problems(self) -> ConnectionProblemStore:
        return SqlConnectionProblems(self._connection)

    @cached_property
    def origin_changes(self) -> OriginChangeStore:
        return SqlOriginChanges(self._connection, self._tenant_scope)

    @cached_property
    def action_changes(self) -> ActionChangeStore:
        return SqlActionChanges(self._connection, self._tenant_scope)

    @cached_property
    def connection_notices(self) -> ConnectionNoticeStore:
        return SqlConnectionNotices(self._connection, self._tenant_scope)

    @cached_property
    def api_keys(self) -> ApiKeyStore:
        return SqlApiKeyStore(self._connection, self._tenant_scope)

    @cached_property
    def access_tokens(self) -> AccessTokenStore:
        return SqlAccessTokenStore(self._connection, self._tenant_scope)

    @cached_property
    def stream_tickets(self) -> StreamTicketStore:
        return SqlStreamTicketStore(self._connection)

    async def replayed(self) -> Outcome | None:
        """Returns the stored outcome of an earlier call with the same idempotency key, or None. Raises:
        IdempotencyClash."""
        if self._promise is None:
            return None
        return await keys.take(self._connection, *self._promise, self._now, self._keys_kept)

    def record(self, event: NewEvent) -> None:
        self._events.append(event)

    async def job(self, job_id: str) -> Job | None:
        return await queue.find(self._connection, job_id, self._tenant_scope)

    async def job_of_key(self, dedupe_key: str) -> Job | None:
        return await queue.find_by_key(self._connection, dedupe_key, self._tenant_scope)

    async def retry_job(self, job_id: str, at: datetime) -> Job | None:
        job = await queue.retry(self._connection, job_id, at, self._tenant_scope)
        self._retried = job is not None
        return job

    async def discard_job(self, job_id: str, at: datetime) -> bool:
        return await queue.discard(self._connection, job_id, at, self._tenant_scope)

    async def give_up_job(self, job: Job, error: str) -> None:
        await queue.give_up(self._connection, job, error, self._now)

    def enqueue(self, tenant_id: int, job: NewJob) -> None:
        self._jobs.append((tenant_id, job))

    async def withdraw_job(self, dedupe_key: str) -> bool:
        return await queue.withdraw(self._connection, dedupe_key, self._now)

    async def commit(self, outcome: Outcome | None = None) -> None:
        if self._promise is not None and outcome is not None:
            await keys.store_outcome(self._connection, *self._promise, outcome)
        caused = [(event.tenant_id, job) for event in self._events for job in self._jobs_for(event)]
        self._count_emails(sum(job.kind in EMAILS for _, job in caused))
        await queue.enqueue(self._connection, [*self._jobs, *caused], self._now)
        await events.append(self._connection, self._events)
        await self._connection.commit()
        self.is_committed = True
        if self._events or self._jobs or self._retried:
            self.news = {event.tenant_id for event in self._events}


class SqlUnitOfWorkFactory:
    """Opens units of work. `committed` is called after each commit with the tenants that have new events. Before that
    `wrote`, unless it is slow, has noted the key that has committed, if there is one. Idempotency keys are kept for
    `keys_kept` (None: forever)."""

    def __init__(
        self,
        database: Database,
        jobs_for: Callable[[NewEvent], list[NewJob]],
        now: Callable[[], datetime],
        committed: Callable[[set[int]], None] = lambda _: None,
        emails: EmailBudget | None = None,
        wrote: Callable[[str], Awaitable[None]] | None = None,
        keys_kept: timedelta | None = timedelta(hours=24),
    ) -> None:
        self._wrote = wrote
        self._keys_kept = keys_kept
        self._emails = emails
        self._database = database
        self._jobs_for = jobs_for
        self._now = now
        self._committed = committed

    @asynccontextmanager
    async def begin(
        self, tenant_scope: TenantScope, caller_key: str | None = None, idempotency: IdempotencyKey | None = None
    ) -> AsyncIterator[UnitOfWork]:
        promise = (idempotency.owner or caller_key, idempotency) if caller_key and idempotency else None
        counted: list[int] = []
        try:
            async with self._database.transactions.begin(self._now) as connection:
                count = partial(self._count_emails, caller_key, counted)
                now, kept = connection.moment, self._keys_kept
                work = SqlUnitOfWork(connection, tenant_scope, self._jobs_for, now, promise, count, kept)
                yield work
        except Exception as failure:
            if is_rolled_back(failure):
                log.info("a transaction was rolled back in favour of another: %s", type(failure).__name__)
                # They are counted again when it is run again.
                self._count_less(caller_key, counted)
                raise RolledBack from failure
            raise
        noting: Sequence[asyncio.Future[None]] = ()
        if work.is_committed and caller_key and self._wrote is not None:
            noting = [asyncio.ensure_future(self._wrote(caller_key))]
            await asyncio.wait(noting, timeout=NOTED_IN)
        if work.news is not None:
            self._committed(work.news)
        await asyncio.gather(*noting)

    def _count_emails(self, caller_key: str | None, counted: list[int], count: int) -> None:
        """Raises: TooManyEmails, before anything is committed."""
        if caller_key is not None and self._emails is not None:
            self._emails.take(caller_key, count)
            counted.append(count)

    def _count_less(self, caller_key: str | None, counted: Sequence[int]) -> None:
        if caller_key is not None and self._emails is not None:
            self._emails.give_back(caller_key, sum(counted))
