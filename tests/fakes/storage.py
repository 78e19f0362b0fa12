"""The dependencies of the use cases in memory: storage, jobs and external services.

As in the database, the changes of a unit of work are stored at `commit` or not at all.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.access.access_tokens import AccessToken
from domain.access.api_keys import CompanyKey
from domain.catalogue.kits import KitAggregate
from domain.catalogue.products import Configuration, Product
from domain.companies.company import Tenant
from domain.companies.custom_fields import CustomField
from domain.companies.customers import Customer
from domain.connections.changes import ActionChange, OriginChange
from domain.connections.connections import Connection, ConnectionSecrets
from domain.connections.notices import StoredNotice
from domain.connections.origins import Origin
from domain.connections.problems import ConnectionProblem
from domain.fulfilment.vendor_api import CompanyDetails
from domain.fulfilment.vendor_orders import VendorOrder
from domain.inventory.assets import Asset
from domain.inventory.device_actions import Comment, DeviceAction
from domain.inventory.movements import Movement
from domain.members.members import Member
from domain.people.employees import Employee
from domain.portal.public_keys import PublicKey
from domain.portal.signatures import QuoteAttachment, Signature
from domain.portal.uploads import CustomerDocument
from domain.ports.access_stores import AccessTokenStore, ApiKeyStore
from domain.ports.change_stores import ActionChangeStore, ConnectionNoticeStore, OriginChangeStore
from domain.ports.connection_stores import ConnectionProblemStore, ConnectionStore, OriginStore
from domain.ports.connections import Connecting
from domain.ports.dependencies import Dependencies
from domain.ports.secrets import SecretBox
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
from domain.ports.unit_of_work import IdempotencyClash, Outcome, UnitOfWork
from domain.ports.webhook_stores import WebhookDeliveryStore, WebhookStore
from domain.ports.webhooks import Webhooks
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.statuses import StatusTime
from domain.shared.access import Environment, IdempotencyKey, TenantScope
from domain.shared.events import NewEvent
from domain.shared.ids import new_id
from domain.shared.jobs import Again, Job, JobStatus, JobType, LeaseLost, NewJob, RetryPolicy
from domain.shared.lanes import Service, Turn, service_of, shares
from domain.stream_tickets.tickets import StreamTicket
from domain.use_cases.worker.dispatch import jobs_for
from domain.webhooks.deliveries import WebhookAttempt, WebhookDelivery
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint
from tests.builders import NOW, TENANT
from tests.fakes.access import MemoryAccessTokens, MemoryApiKeys
from tests.fakes.companies import MemoryCalendar, MemoryCatalogue, MemoryCustomers, MemoryCustomFields, MemoryKits
from tests.fakes.connected_systems import (
    FakeSystems,
    MemoryActionChanges,
    MemoryChangeWaiter,
    MemoryConnectionNotices,
    MemoryOriginChanges,
)
from tests.fakes.connections import MemoryConnectionProblems, MemoryConnections, MemoryOrigins
from tests.fakes.external import FakeExternalServices
from tests.fakes.inventory import MemoryAssets, MemoryDeviceActions, MemoryEmployees, MemoryMovements
from tests.fakes.members import MemoryMembers
from tests.fakes.portal import FakePdfRenderer, MemoryPublicKeys, MemorySignatures
from tests.fakes.quotes import MemoryQuotes, MemoryVendorOrders
from tests.fakes.tenants import MemoryStreamTickets, MemoryTenants
from tests.fakes.webhook_deliveries import FakeReceiver, MemoryWebhookBacklog, MemoryWebhookDeliveries
from tests.fakes.webhooks import MemoryWebhooks, PlainSecretBox


class Clock:
    """A clock that only changes by `move`."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Memory:
    """The stored data."""

    quotes: dict[str, QuoteAggregate] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    configurations: dict[str, Configuration] = field(default_factory=dict)
    orders: dict[str, VendorOrder] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    employees: list[Employee] = field(default_factory=list)
    actions: dict[str, DeviceAction] = field(default_factory=dict)
    action_numbers: dict[tuple[int, int], int] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    movements: dict[str, Movement] = field(default_factory=dict)
    tenants: dict[int, Tenant] = field(default_factory=dict)
    kits: dict[str, KitAggregate] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    custom_fields: dict[str, CustomField] = field(default_factory=dict)
    promises: dict[tuple[str, str], tuple[IdempotencyKey, Outcome]] = field(default_factory=dict)
    events: list[NewEvent] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    public_keys: list[PublicKey] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    attachments: list[QuoteAttachment] = field(default_factory=list)
    handed_in: list[CustomerDocument] = field(default_factory=list)
    signed_documents: dict[str, bytes] = field(default_factory=dict)
    webhook_endpoints: dict[str, WebhookEndpoint] = field(default_factory=dict)
    webhook_secrets: dict[str, EndpointSecrets] = field(default_factory=dict)
    webhook_deliveries: dict[str, WebhookDelivery] = field(default_factory=dict)
    webhook_attempts: list[WebhookAttempt] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    stream_tickets: list[StreamTicket] = field(default_factory=list)
    api_keys: dict[str, CompanyKey] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    secret_hashes: dict[str, str] = field(default_factory=dict)
    status_times: list[StatusTime] = field(default_factory=list)
    connections: dict[str, Connection] = field(default_factory=dict)
    connection_secrets: dict[str, ConnectionSecrets] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    connection_problems: dict[tuple[str, ...], ConnectionProblem] = field(default_factory=dict)
    origin_changes: dict[str, OriginChange] = field(default_factory=dict)
    action_changes: dict[str, ActionChange] = field(default_factory=dict)
    connection_notices: dict[str, StoredNotice] = field(default_factory=dict)
    last_order_id: int = 0
    company_details: CompanyDetails | None = None
    contact_email: str | None = "it@austral.example"
    commits: int = 0

    def keep(self, quote: QuoteAggregate) -> QuoteAggregate:
        self.quotes[quote.quote.id] = quote
        return quote

    @property
    def event_types(self) -> list[str]:
        return [event.type.value for event in self.events]

    @property
    def job_keys(self) -> list[str]:
        return [job.dedupe_key for job in self.jobs.values()]

    def enqueue(self, tenant_id: int, new: NewJob, at: datetime) -> Job:
        same = next((job for job in self.jobs.values() if job.dedupe_key == new.dedupe_key), None)
        if same is not None and not new.wakes:
            return same
        if same is not None:
            waits = same.status == JobStatus.WAITING
            attempts = same.attempts if waits else 1
            self.jobs[same.id] = same._replace(status=JobStatus.WAITING, run_at=at, attempts=attempts, finished_at=None)
            return self.jobs[same.id]
        environment = self.tenants[tenant_id].environment
        waiting = (JobStatus.WAITING, 0, at, None, None, None, None, at, None)
        job = Job(new_id(), tenant_id, environment, new.kind, new.dedupe_key, new.payload, *waiting)
        self.jobs[job.id] = job
        return job


class MemoryUnitOfWork:
    """A `UnitOfWork` over `Memory`. It implements some of its stores itself."""

    def __init__(
        self, memory: Memory, tenant_scope: TenantScope, now: datetime, promise: tuple[str, IdempotencyKey] | None
    ) -> None:
        self._memory = memory
        self._reach = tenant_scope
        self._now = now
        self._promise = promise
        self._writes: list[Callable[[], object]] = []
        self._events: list[NewEvent] = []
        self.quotes: QuoteStore = MemoryQuotes(self)
        self.catalogue: Catalogue = MemoryCatalogue(self)
        self.kits: KitStore = MemoryKits(self)
        self.customers: CustomerStore = MemoryCustomers(self)
        self.custom_fields: CustomFieldStore = MemoryCustomFields(self)
        self.vendor_orders: VendorOrderStore = MemoryVendorOrders(self)
        self.assets: AssetStore = MemoryAssets(self)
        self.device_actions: DeviceActionStore = MemoryDeviceActions(self)
        self.movements: MovementStore = MemoryMovements(self)
        self.employees: EmployeeStore = MemoryEmployees(self)
        self.members: MemberStore = MemoryMembers(self)
        self.tenants: TenantStore = MemoryTenants(self)
        self.public_keys: PublicKeyStore = MemoryPublicKeys(self)
        self.signatures: SignatureStore = MemorySignatures(self)
        self.webhooks: WebhookStore = MemoryWebhooks(self)
        self.stream_tickets: StreamTicketStore = MemoryStreamTickets(self)
        self.api_keys: ApiKeyStore = MemoryApiKeys(self)
        self.access_tokens: AccessTokenStore = MemoryAccessTokens(self)
        self.connections: ConnectionStore = MemoryConnections(self)
        self.origins: OriginStore = MemoryOrigins(self)
        self.connection_problems: ConnectionProblemStore = MemoryConnectionProblems(self)
        self.origin_changes: OriginChangeStore = MemoryOriginChanges(self)
        self.action_changes: ActionChangeStore = MemoryActionChanges(self)
        self.connection_notices: ConnectionNoticeStore = MemoryConnectionNotices(self)
        self.webhook_deliveries: WebhookDeliveryStore = MemoryWebhookDeliveries(self)

    @property
    def memory(self) -> Memory:
        return self._memory

    def at_commit(self, write: Callable[[], object]) -> None:
        self._writes.append(write)

    def sees(self, tenant_id: int) -> bool:
        if self._reach.tenant_id is not None:
            return tenant_id == self._reach.tenant_id
        return self._memory.tenants[tenant_id].environment == self._reach.environment

    @property
    def environment(self) -> Environment:
        return self._reach.environment

    async def replayed(self) -> Outcome | None:
        if self._promise is None:
            return None
        caller, key = self._promise
        earlier = self._memory.promises.get((caller, key.key))
        if earlier is not None and earlier[0] != key:
            raise IdempotencyClash
        return None if earlier is None else replace(earlier[1], is_replay=True)

    def record(self, event: NewEvent) -> None:
        self._events.append(event)

    async def job(self, job_id: str) -> Job | None:
        job = self._memory.jobs.get(job_id)
        return job if job is not None and self.sees(job.tenant_id) else None

    async def job_of_key(self, dedupe_key: str) -> Job | None:
        return next((it for it in self._memory.jobs.values() if it.dedupe_key == dedupe_key), None)

    async def retry_job(self, job_id: str, at: datetime) -> Job | None:
        if (job := await self.job(job_id)) is None or job.status != JobStatus.DEAD:
            return None
        woken = job._replace(status=JobStatus.WAITING, attempts=1, run_at=at, finished_at=None, lease_until=None)
        self.at_commit(lambda: self._memory.jobs.update({job_id: woken}))
        return woken

    async def discard_job(self, job_id: str, at: datetime) -> bool:
        if (job := await self.job(job_id)) is None or job.status != JobStatus.DEAD:
            return False
        discarded = job._replace(status=JobStatus.DISCARDED, finished_at=at)
        self.at_commit(lambda: self._memory.jobs.update({job_id: discarded}))
        return True

    async def give_up_job(self, job: Job, error: str) -> None:
        stored = self._memory.jobs[job.id]
        if stored.attempts != job.attempts:
            raise LeaseLost
        dead = stored._replace(last_error=error, status=JobStatus.DEAD, finished_at=self._now)
        self.at_commit(lambda: self._memory.jobs.update({job.id: dead}))

    def enqueue(self, tenant_id: int, job: NewJob) -> None:
        self.at_commit(lambda: self._memory.enqueue(tenant_id, job, self._now + job.delay))

    async def withdraw_job(self, dedupe_key: str) -> bool:
        job = next(it for it in self._memory.jobs.values() if it.dedupe_key == dedupe_key)
        done = job._replace(status=JobStatus.DONE, finished_at=self._now)
        if free := job.status == JobStatus.WAITING and job.attempts == 0:
            self.at_commit(lambda: self._memory.jobs.update({job.id: done}))
        return free

    async def commit(self, outcome: Outcome | None = None) -> None:
        memory = self._memory
        for write in self._writes:
            write()
        if self._promise is not None and outcome is not None:
            caller, key = self._promise
            memory.promises[caller, key.key] = (key, outcome)
        for event in self._events:
            memory.events.append(event)
            for job in jobs_for(event):
                memory.enqueue(event.tenant_id, job, self._now + job.delay)
        memory.commits += 1


class MemoryJobs:
    """A `JobQueue` over `Memory`. Leases do not expire; claiming a job again ends its earlier lease."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory or Memory()
        self._served: dict[Service, int] = {}

    async def claim(self, owner: str, now: datetime, free: Mapping[Service, int]) -> list[Job]:
        waiting = (it for it in self._memory.jobs.values() if it.status == JobStatus.WAITING and it.run_at <= now)
        due = sorted(waiting, key=lambda it: (it.run_at, it.id))
        claimed: list[Job] = []
        for service, number in free.items():
            turns: dict[tuple[JobType, int], Turn] = {}
            for job in due:
                if service_of(job.kind, job.environment) == service:
                    turn = Turn(job.kind, job.tenant_id, job.environment, job.run_at)
                    turns.setdefault((job.kind, job.tenant_id), turn)
            for turn, share in shares(turns.values(), number, self._served.get(service, 0)).items():
                self._served[service] = turn.tenant_id
                mine = [it for it in due if (it.kind, it.tenant_id) == (turn.kind, turn.tenant_id)]
                claimed += [it._replace(attempts=it.attempts + 1, lease_owner=owner) for it in mine[:share]]
        return [self._keep(it) for it in claimed]

    async def renew(self, jobs: Sequence[Job], now: datetime) -> list[Job]:
        return [it for it in jobs if self._memory.jobs[it.id].attempts != it.attempts]

    async def mark_sent(self, job: Job, at: datetime | None) -> None:
        self._keep(self._mine(job)._replace(sent_at=at))

    async def finish(self, job: Job, now: datetime) -> None:
        stored = self._mine(job)._replace(last_error=None, failures=0)
        woken = stored.run_at != job.run_at
        self._keep(stored if woken else stored._replace(status=JobStatus.DONE, finished_at=now))

    async def repeat(self, job: Job, again: Again) -> None:
        stored = self._mine(job)
        woken = stored.run_at != job.run_at
        failures = stored.failures + 1 if again.error else stored.failures if again.waits else 0
        run_at = stored.run_at if woken else again.at
        self._keep(stored._replace(run_at=run_at, last_error=again.error or again.waits, failures=failures))

    async def postpone(self, job: Job, error: str, until: datetime) -> None:
        stored = self._mine(job)
        self._keep(stored._replace(last_error=error, run_at=until, failures=stored.failures + 1))

    def _mine(self, job: Job) -> Job:
        stored = self._memory.jobs[job.id]
        if stored.attempts != job.attempts:
            raise LeaseLost
        return stored

    def _keep(self, job: Job) -> Job:
        self._memory.jobs[job.id] = job
        return job


@dataclass
class World:
    """An installation in memory with two companies, whose live tenants are `TENANT` and `TENANT + 1`."""

    memory: Memory = field(default_factory=Memory)
    external: FakeExternalServices = field(default_factory=FakeExternalServices)
    clock: Clock = field(default_factory=Clock)
    retry_policy: RetryPolicy = field(default_factory=RetryPolicy)
    pdf_renderer: FakePdfRenderer = field(default_factory=FakePdfRenderer)
    webhook_receiver: FakeReceiver = field(default_factory=FakeReceiver)
    webhooks: Webhooks = field(init=False)
    secret_box: SecretBox = field(default_factory=PlainSecretBox)
    systems: FakeSystems = field(default_factory=FakeSystems)
    waiter: MemoryChangeWaiter = field(init=False)

    def __post_init__(self) -> None:
        self.waiter = MemoryChangeWaiter(self.memory)
        self.webhooks = self.webhook_receiver.webhooks(MemoryWebhookBacklog(self.memory))
        for number, code in enumerate(("AUSTRAL", "NORDLICHT"), TENANT):
            company_id = f"0190a5b0-0000-7000-8000-{number:012x}"
            self.memory.tenants[number] = Tenant(number, company_id, Environment.LIVE, code, code.title())

    @property
    def deps(self) -> Dependencies:
        memory = self.memory

        @asynccontextmanager
        async def begin(
            tenant_scope: TenantScope, caller_key: str | None = None, idempotency: IdempotencyKey | None = None
        ) -> AsyncIterator[UnitOfWork]:
            promise = (idempotency.owner or caller_key, idempotency) if caller_key and idempotency else None
            yield MemoryUnitOfWork(memory, tenant_scope, self.clock(), promise)

        return Dependencies(
            begin,
            MemoryJobs(memory),
            self.external,
            self.clock,
            new_id,
            self.retry_policy,
            self.pdf_renderer,
            expiry_check=MemoryCalendar(memory),
            secret_box=self.secret_box,
            webhooks=self.webhooks,
            changes=self.waiter,
            connecting=Connecting(self.systems),
        )
